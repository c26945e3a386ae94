"""The part of the fold that concerns one model step: its text by attempt and offset, and its tool calls."""

from collections.abc import Callable
from dataclasses import replace

from shared.answers import text_of
from shared.protocol.durable import MessageCompleted, ToolCallCompleted, ToolCallStarted
from shared.protocol.ephemeral import MessageDelta, MessageStarted
from shared.protocol.shapes import LiveText, ToolCallPart
from tests.support.folded import Call, Piece, Step, Turn


def in_step(turn: Turn, message_id: str, number: int, change: Callable[[Step], Step]) -> Turn:
    """Change one step of a turn, made in its place if it is new."""
    known = any(step.message_id == message_id for step in turn.steps)
    steps = turn.steps if known else (*turn.steps, Step(message_id=message_id, step=number))
    changed = (change(step) if step.message_id == message_id else step for step in steps)
    return replace(turn, steps=tuple(sorted(changed, key=lambda step: step.step)))


def started(step: Step, event: MessageStarted) -> Step:
    """Begin an attempt: it resets the text, unless this or a later attempt is known already."""
    if step.complete or event.attempt <= step.attempt:
        return step
    return replace(step, attempt=event.attempt, text="", ahead=())


def delta(step: Step, event: MessageDelta) -> Step:
    """Take one piece of text: in place, kept when it is early, dropped when it is old."""
    if step.complete or event.attempt < step.attempt:
        return step
    if event.attempt > step.attempt:
        step = replace(step, attempt=event.attempt, text="", ahead=())
    return _fill(replace(step, ahead=(*step.ahead, Piece(offset=event.offset, text=event.text))))


def checkpoint(step: Step, live: LiveText) -> Step:
    """Take the saved text of a running step when it is further than what was streamed."""
    if step.complete or live.attempt < step.attempt:
        return step
    if live.attempt == step.attempt and len(live.text) <= len(step.text):
        return step
    ahead = step.ahead if live.attempt == step.attempt else ()
    return _fill(replace(step, attempt=live.attempt, text=live.text, ahead=ahead))


def completed(step: Step, event: MessageCompleted) -> Step:
    """Replace what was streamed by the whole step; calls already known keep their progress."""
    asked = [part for part in event.parts if isinstance(part, ToolCallPart)]
    known = {call.call_id: call for call in step.calls}
    calls = [known.pop(part.call_id, None) or _requested(part) for part in asked]
    return replace(
        step,
        text=text_of(event.parts),
        complete=True,
        finish=event.finish,
        calls=(*calls, *known.values()),
        ahead=(),
    )


def call_started(turn: Turn, event: ToolCallStarted) -> Turn:
    """Note that a call runs."""

    def run(call: Call) -> Call:
        return replace(call, status="running", arguments=event.arguments) if call.status == "requested" else call

    return _in_call(turn, event, event.arguments, run)


def call_completed(turn: Turn, event: ToolCallCompleted) -> Turn:
    """Note how a call ended."""
    return _in_call(turn, event, "", lambda call: replace(call, status=event.status, preview=event.preview))


def closed(step: Step) -> Step:
    """Return the step as it stays once its turn has ended: an open call will not get an outcome any more."""
    calls = tuple(
        replace(call, status="cancelled") if call.status in {"requested", "running"} else call for call in step.calls
    )
    return replace(step, complete=True, ahead=(), calls=calls)


def _requested(part: ToolCallPart) -> Call:
    return Call(call_id=part.call_id, server=part.server, tool=part.tool, arguments=part.arguments)


def _in_call(
    turn: Turn, event: ToolCallStarted | ToolCallCompleted, arguments: str, change: Callable[[Call], Call]
) -> Turn:
    """Change a call where it stands; the id `<turn>.<step>.<i>` of an unknown one says where it belongs."""
    message_id = event.call_id.rpartition(".")[0]
    number = message_id.rpartition(".")[2]
    unknown = Call(call_id=event.call_id, server=event.server, tool=event.tool, arguments=arguments)

    def within(step: Step) -> Step:
        known = any(call.call_id == event.call_id for call in step.calls)
        calls = step.calls if known else (*step.calls, unknown)
        return replace(step, calls=tuple(change(c) if c.call_id == event.call_id else c for c in calls))

    return in_step(turn, message_id, int(number) if number.isdecimal() else 0, within)


def _fill(step: Step) -> Step:
    """Append the pieces whose place has come; within one attempt what overlaps is the same text."""
    text, ahead = step.text, list(step.ahead)
    ahead.sort(key=lambda piece: piece.offset)
    while ahead and ahead[0].offset <= len(text):
        piece = ahead.pop(0)
        text += piece.text[len(text) - piece.offset :]
    return replace(step, text=text, ahead=tuple(ahead))
