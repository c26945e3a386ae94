"""The part of the fold that concerns one turn: who has the floor, whose word it waits for, how it ended."""

from dataclasses import replace

from shared.protocol.cards import CardClosed, CardOpened, TurnParked, TurnResumed
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    ToolCallCompleted,
    ToolCallStarted,
    TurnQueued,
    TurnStarted,
    TurnStopping,
)
from tests.support import fold_steps
from tests.support.folded import Turn

type TurnEvent = (
    MessageCompleted
    | ToolCallStarted
    | ToolCallCompleted
    | TurnQueued
    | TurnStarted
    | TurnStopping
    | TurnParked
    | TurnResumed
    | CardOpened
    | CardClosed
    | ChatResponse
)


def progress(turn: Turn, event: TurnEvent) -> Turn:
    """Return the turn after an event of its own; one that has ended stays as it is."""
    if turn.phase == "ended":
        return turn
    match event:
        case MessageCompleted():
            return fold_steps.in_step(
                turn, event.message_id, event.step, lambda step: fold_steps.completed(step, event)
            )
        case ToolCallStarted():
            return fold_steps.call_started(turn, event)
        case ToolCallCompleted():
            return fold_steps.call_completed(turn, event)
        case CardOpened() | CardClosed():
            return _card(turn, event)
        case ChatResponse():
            return _ended(turn, event)
        case _:
            return _placed(turn, event)


def _placed(turn: Turn, event: TurnQueued | TurnStarted | TurnStopping | TurnParked | TurnResumed) -> Turn:
    match event:
        case TurnQueued(position=position):
            return replace(turn, phase="queued", position=position)
        case TurnStarted() | TurnResumed():
            return replace(turn, phase="stopping" if turn.phase == "stopping" else "running", position=0)
        case TurnParked():
            return replace(turn, phase="stopping" if turn.phase == "stopping" else "parked", position=0)
        case TurnStopping():
            return replace(turn, phase="stopping")


def _card(turn: Turn, event: CardOpened | CardClosed) -> Turn:
    others = tuple(card for card in turn.cards if card != event.question_id)
    return replace(turn, cards=(*others, event.question_id) if isinstance(event, CardOpened) else others)


def _ended(turn: Turn, event: ChatResponse) -> Turn:
    """End the turn and what it left open; text that was only streamed goes."""
    kept = tuple(fold_steps.closed(step) for step in turn.steps if step.complete or step.calls)
    error = event.error.code if event.error else None
    ended = replace(turn, phase="ended", position=0, steps=kept, cards=())
    return replace(ended, status=event.status, response=event.response, error=error)
