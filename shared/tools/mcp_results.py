"""What came of a call, in the words the rest of the app has for it."""

import mcp_types as types

from shared.tools.catalog import ServerSpec
from shared.tools.failures import Judgement, Meaning
from shared.tools.mcp_input import input_needed
from shared.tools.outcome import CallOutcome, InputNeeded, NotExecuted, OutcomeStatus, SignInNeeded, ToolOutcome
from shared.tools.results import Attachment, base64_size, result_text

type CallResult = types.CallToolResult | types.InputRequiredResult | InputNeeded | Judgement


def told(result: CallResult, server: ServerSpec) -> CallOutcome:
    """Return the outcome, its time not yet filled in.

    Raises:
        NotExecuted: the tool is known not to have run.

    """
    match result:
        case InputNeeded():
            return result
        case types.InputRequiredResult():
            needed = input_needed(result, server)
            return _judged(needed, server) if isinstance(needed, Judgement) else needed
        case types.CallToolResult():
            texts = [block.text for block in result.content if isinstance(block, types.TextContent)]
            attachments = [found for block in result.content if (found := _attachment(block))]
            text = result_text(texts, result.structured_content, attachments, server.max_result_bytes)
            status: OutcomeStatus = "failed" if result.is_error else "completed"
            return ToolOutcome(status=status, text=text, is_error=bool(result.is_error), ms=0)
        case Judgement():
            return _judged(result, server)


def _judged(judgement: Judgement, server: ServerSpec) -> CallOutcome:
    match judgement.meaning:
        case Meaning.NOT_EXECUTED:
            raise NotExecuted(judgement.text)
        case Meaning.SIGNED_OUT if server.personal:
            return SignInNeeded(server=server.name)
        case Meaning.UNKNOWN:
            return ToolOutcome(status="unknown", text=judgement.text, is_error=False, ms=0)
        case _:
            return ToolOutcome(status="failed", text=judgement.text, is_error=False, ms=0)


def _attachment(block: types.ContentBlock) -> Attachment | None:
    match block:
        case types.TextContent():
            return None
        case types.ImageContent() | types.AudioContent():
            return Attachment(kind=block.type, media_type=block.mime_type, size=base64_size(block.data))
        case types.ResourceLink():
            return Attachment(kind="link", media_type=block.mime_type, size=block.size, uri=block.uri)
        case types.EmbeddedResource():
            return _resource(block.resource)


def _resource(held: types.TextResourceContents | types.BlobResourceContents) -> Attachment:
    if isinstance(held, types.TextResourceContents):
        size, text = len(held.text.encode("utf-8", "surrogatepass")), held.text
    else:
        size, text = base64_size(held.blob), ""
    return Attachment(kind="resource", media_type=held.mime_type, size=size, uri=held.uri, text=text)
