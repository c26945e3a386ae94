"""What came of a call, as status and text for the model."""

import mcp_types as types

from shared.tools.catalog import ServerSpec
from shared.tools.failures import Judgement, Meaning
from shared.tools.outcome import NotExecuted, OutcomeStatus
from shared.tools.results import Attachment, base64_size, result_text

_NEEDS_INPUT = "The tool asked for an answer from a person, which is not possible here. It did not finish."

type CallResult = types.CallToolResult | types.InputRequiredResult | Judgement


def told(result: CallResult, server: ServerSpec) -> tuple[OutcomeStatus, str, bool]:
    """Return status, text, and whether the server itself flagged the result as an error.

    Raises:
        NotExecuted: the tool is known not to have run.

    """
    match result:
        case Judgement(meaning=Meaning.NOT_EXECUTED):
            raise NotExecuted(result.text)
        case Judgement(meaning=Meaning.UNKNOWN):
            return "unknown", result.text, False
        case Judgement():
            return "failed", result.text, False
        case types.InputRequiredResult():
            return "failed", _NEEDS_INPUT, False
        case types.CallToolResult():
            texts = [block.text for block in result.content if isinstance(block, types.TextContent)]
            attachments = [found for block in result.content if (found := _attachment(block))]
            text = result_text(texts, result.structured_content, attachments, server.max_result_bytes)
            return ("failed", text, True) if result.is_error else ("completed", text, False)


def _attachment(block: types.ContentBlock) -> Attachment | None:
    match block:
        case types.TextContent():
            return None
        case types.ImageContent() | types.AudioContent():
            return Attachment(kind=block.type, media_type=block.mime_type, size=base64_size(block.data))
        case types.ResourceLink():
            return Attachment(kind="link", media_type=block.mime_type, size=block.size, uri=block.uri)
        case types.EmbeddedResource():
            held = block.resource
            size = (
                len(held.text.encode("utf-8", "surrogatepass"))
                if isinstance(held, types.TextResourceContents)
                else base64_size(held.blob)
            )
            return Attachment(kind="resource", media_type=held.mime_type, size=size, uri=held.uri)
