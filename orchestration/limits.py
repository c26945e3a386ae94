"""What one turn may use: pure rules over what the log says of it. Hitting one makes the next model step the last."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.repeats import Effects, Standing
from shared.event_log.shapes import Record
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import ToolCallPart

PREVIEW_CHARACTERS = 600
"""How much of a call's result the log shows to people."""
MAX_CALLS = 40
"""Tool calls per turn."""
MAX_SAME_CALLS = 2
"""How often a turn may make the same call with the same arguments."""
MAX_ASKED_AT_ONCE = 60
"""Calls of one model step that are kept at all; what is beyond is a model gone wild."""
MAX_ARGUMENT_CHARACTERS = 100_000
MAX_ARGUMENT_BYTES = 300_000
"""What the arguments of one step's calls may take together; with the longest text, what Web PubSub takes at once."""
_SHOWN_ARGUMENT_CHARACTERS = 1_000
MAX_TURN_TOKENS = 400_000
"""Tokens, read and written, after which a turn must come to its answer."""
LAST_WORDS_S = 30.0
"""So long before its deadline a turn is told to come to its answer."""

TOO_MANY = "Not made: this question has used all its tool calls. Answer with what you have."
TOO_LONG = f"Not made: its arguments have more than {MAX_ARGUMENT_CHARACTERS} characters. Call it with less."
TOO_LONG_TOGETHER = "Not made: the arguments of all these calls are too long together. Make fewer calls at a time."
SAME_AGAIN = "Not made: you made this call with the same arguments before; its results are above. Use them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A call the model asked for, and what stands in place of its result if it is not made."""

    part: ToolCallPart
    standing: Standing | None


def reached(record: Record, turn_id: str, now: datetime) -> ErrorCode | None:
    """Return the limit the turn has reached before its next model step."""
    steps = list(_steps(record, turn_id))
    if sum(len(_calls(step)) for step in steps) >= MAX_CALLS:
        return ErrorCode.LIMIT_CALLS
    if sum(_tokens(step) for step in steps) >= MAX_TURN_TOKENS:
        return ErrorCode.LIMIT_TOKENS
    active = record.head.head.active_turn
    if steps and active is not None and now.timestamp() > active.deadline - LAST_WORDS_S:
        return ErrorCode.LIMIT_TIME
    return None


def screened(record: Record, turn_id: str, asked: Sequence[ToolCallPart]) -> tuple[Screened, ...]:
    """Return the calls of a step in order, those that are not made with what stands in their place."""
    if not asked:
        return ()
    before = [call for step in _steps(record, turn_id) for call in _calls(step)]
    same = Counter(_identity(call) for call in before)
    made = len(before)
    effects = Effects(record, turn_id)
    result: list[Screened] = []
    left = MAX_ARGUMENT_BYTES
    for call in asked[:MAX_ASKED_AT_ONCE]:
        standing = effects.standing(call)
        kept = _cut(call, left)
        left -= _stored_bytes(kept.arguments)
        if kept is not call:
            standing = _refused(TOO_LONG if len(call.arguments) > MAX_ARGUMENT_CHARACTERS else TOO_LONG_TOGETHER)
        elif made >= MAX_CALLS:
            standing = _refused(TOO_MANY)
        elif same[_identity(call)] >= MAX_SAME_CALLS:
            standing = _refused(SAME_AGAIN)
        elif standing is None:
            made += 1
            same[_identity(call)] += 1
        result.append(Screened(part=kept, standing=standing))
    return tuple(result)


def _refused(words: str) -> Standing:
    return Standing(status="denied", text=words)


def _steps(record: Record, turn_id: str) -> Iterator[MessageCompleted]:
    return (e for e in record.events if isinstance(e, MessageCompleted) and e.turn_id == turn_id)


def _calls(step: MessageCompleted) -> list[ToolCallPart]:
    return [part for part in step.parts if isinstance(part, ToolCallPart)]


def _cut(call: ToolCallPart, left: int) -> ToolCallPart:
    """Keep the beginning of arguments nobody may make a call with; short ones take nobody's room."""
    size = len(call.arguments)
    fits = size <= MAX_ARGUMENT_CHARACTERS and _stored_bytes(call.arguments) <= left
    if fits or size <= _SHOWN_ARGUMENT_CHARACTERS:
        return call
    return call.model_copy(update={"arguments": call.arguments[:_SHOWN_ARGUMENT_CHARACTERS] + " …"})


def _stored_bytes(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


def _identity(call: ToolCallPart) -> tuple[str, str, str]:
    return (call.server, call.tool, call.arguments)


def _tokens(step: MessageCompleted) -> int:
    return step.usage.input_tokens + step.usage.output_tokens if step.usage else 0
