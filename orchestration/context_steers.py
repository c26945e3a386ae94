"""Messages put into a running turn: which its next step is given, and which a step was given. Pure folds."""

from orchestration.context_turns import Turns, turns_of
from shared import ids
from shared.event_log.head import Steer
from shared.event_log.shapes import Record
from shared.protocol.durable import MessageCompleted, MessageCreated


def pending_steers(record: Record, turn_id: str, step: int) -> tuple[Steer, ...]:
    """Return the messages put into the running turn that its next step, number `step`, is the first to be given.

    In the order they were written. The first step (0) gets none: they stay until the next. Their message ids
    (`ids.question_message(steer.turn_id)`) belong into the step's `steered_by`.
    """
    return _pending(turns_of(record), record, turn_id) if step and record.head.head.steers else ()


def next_steers(turns: Turns, record: Record, turn_id: str) -> tuple[MessageCreated, ...]:
    """Return the messages of the pending steers of the turn's next step."""
    turn = turns.by_id.get(turn_id)
    if turn is None or not turn.steps:
        return ()
    return tuple(turns.messages[_message(steer)] for steer in _pending(turns, record, turn_id))


def steers_of(turns: Turns, turn_id: str, step: MessageCompleted) -> list[MessageCreated]:
    """Return the messages that were put into the turn before this step, in the order they were written."""
    found = (turns.messages.get(message_id) for message_id in step.steered_by)
    return sorted((m for m in found if m is not None and _steers(turns, m, turn_id)), key=lambda m: m.seq)


def _pending(turns: Turns, record: Record, turn_id: str) -> tuple[Steer, ...]:
    active = record.head.head.active_turn
    turn = turns.by_id.get(turn_id)
    if active is None or active.turn_id != turn_id or turn is None:
        return ()
    used = {message_id for step in turn.steps for message_id in step.steered_by}
    waiting = sorted(record.head.head.steers, key=lambda steer: steer.question_seq)
    messages = ((steer, turns.messages.get(_message(steer))) for steer in waiting)
    return tuple(
        steer
        for steer, message in messages
        if message is not None and message.message_id not in used and _steers(turns, message, turn_id)
    )


def _message(steer: Steer) -> str:
    return ids.question_message(steer.turn_id)


def _steers(turns: Turns, message: MessageCreated, turn_id: str) -> bool:
    """Tell whether a message is part of that turn: not one that became a turn of its own, or was taken back."""
    own = turns.by_id.get(message.turn_id) if message.turn_id else None
    return message.steers == turn_id and (own is None or (own.started is None and own.ended is None))
