"""What the model gets to read: a pure, deterministic function of the log and the pinned manifest.

Order is prompt-cache friendly: tools (sorted in the manifest), instructions, history, the current turn. A call and
its result stay together; a filtered message never comes back; old turns go first when the budget is short.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.answers import text_of
from shared.event_log.documents import Manifest
from shared.event_log.shapes import Record
from shared.model import AssistantText, InputItem, ModelTool, ToolRequest, ToolResult, UserText
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    TurnStarted,
)
from shared.protocol.shapes import ToolCallPart
from shared.tools.names import model_name

BUDGET_CHARACTERS = 200_000
"""About 50,000 tokens; leaves room for the answer in every current model."""
TRIMMED_RESULT_CHARACTERS = 2_000
NO_RESULT = "No result: this call did not finish. Say so if the answer depends on it."


@dataclass(slots=True)
class _Block:
    """The events of one turn."""

    order: int
    question: MessageCreated | None = None
    steps: list[MessageCompleted] = field(default_factory=list[MessageCompleted])
    results: dict[str, ToolCallCompleted] = field(default_factory=dict[str, ToolCallCompleted])
    ended: ChatResponse | None = None

    def is_poison(self) -> bool:
        error = self.ended.error if self.ended else None
        return error is not None and error.code in {ErrorCode.CONTENT_FILTERED, ErrorCode.MODEL_REFUSED_REQUEST}


def history(record: Record, turn_id: str, budget: int = BUDGET_CHARACTERS) -> tuple[InputItem, ...]:
    """Return the model's input for the next step of `turn_id`, at most about `budget` characters."""
    blocks = _blocks(record)
    current = blocks.pop(turn_id, _Block(order=0))
    told = [block for block in blocks.values() if block.ended is not None and not block.is_poison()]
    told.sort(key=lambda block: block.order)
    now = _items(current, record.private_texts)
    left = budget - _size(now)
    if left < 0:
        now = _trimmed(now, budget)
    kept: list[list[InputItem]] = []
    for block in reversed(told):
        items = _items(block, record.private_texts)
        left -= _size(items)
        if left < 0:
            break
        kept.append(items)
    return tuple(item for items in (*reversed(kept), now) for item in items)


def tools(manifest: Manifest) -> tuple[ModelTool, ...]:
    """Return the tools as the model sees them, in the manifest's order."""
    return tuple(
        ModelTool(name=tool.model_name, description=tool.description, parameters=tool.parameters)
        for tool in manifest.tools
    )


def _blocks(record: Record) -> dict[str, _Block]:
    blocks: dict[str, _Block] = {}
    for event in record.events:
        turn_id = getattr(event, "turn_id", None)
        if turn_id is None:
            continue
        block = blocks.setdefault(turn_id, _Block(order=event.seq))
        match event:
            case MessageCreated():
                block.question = event
            case TurnStarted():
                block.order = event.seq
            case MessageCompleted():
                block.steps.append(event)
            case ToolCallCompleted():
                block.results[event.call_id] = event
            case ChatResponse():
                block.ended = event
            case _:
                pass
    return blocks


def _items(block: _Block, texts: Mapping[str, str]) -> list[InputItem]:
    items: list[InputItem] = []
    if block.question is not None:
        items.append(UserText(text=text_of(block.question.parts)))
    for step in block.steps:
        if text := text_of(step.parts):
            items.append(AssistantText(text=text))
        calls = [part for part in step.parts if isinstance(part, ToolCallPart)]
        items += [
            ToolRequest(call_id=c.call_id, name=model_name(c.server, c.tool), arguments=c.arguments) for c in calls
        ]
        items += [ToolResult(call_id=c.call_id, output=_output(c, block, texts)) for c in calls]
    return items


def _output(call: ToolCallPart, block: _Block, texts: Mapping[str, str]) -> str:
    result = block.results.get(call.call_id)
    if result is None:
        return NO_RESULT
    text = texts.get(call.call_id, result.preview)
    return text if result.status == "completed" else f"[{result.status}] {text}"


def _size(items: Iterable[InputItem]) -> int:
    return sum(len(text) for item in items for text in _texts(item))


def _texts(item: InputItem) -> tuple[str, ...]:
    match item:
        case UserText(text=text) | AssistantText(text=text):
            return (text,)
        case ToolRequest(name=name, arguments=arguments):
            return (name, arguments)
        case ToolResult(output=output):
            return (output,)


def _trimmed(items: list[InputItem], budget: int) -> list[InputItem]:
    """Shorten the oldest tool results until the items fit; the question itself is never cut."""
    trimmed = list(items)
    for place, item in enumerate(trimmed):
        if _size(trimmed) <= budget:
            break
        if isinstance(item, ToolResult) and len(item.output) > TRIMMED_RESULT_CHARACTERS:
            short = item.output[:TRIMMED_RESULT_CHARACTERS] + "\n[shortened: the conversation is long]"
            trimmed[place] = ToolResult(call_id=item.call_id, output=short)
    return trimmed
