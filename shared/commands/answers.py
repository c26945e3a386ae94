"""Answering a card: what a `question.answer` may say, and what comes of it."""

import asyncio
import json
from typing import Any

from shared import ids
from shared.cards.schema import plain_problem_with
from shared.cards.settle import NO_SUCH_CARD, CardDesk, Decision, answer_card, card_of
from shared.clock import iso
from shared.commands.desk import CommandDesk
from shared.commands.door import Door
from shared.connection import Answer
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.cards import CardClosed, CardKind, CardOpened, CardOutcome
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import QuestionAnswer
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.shapes import Participant
from shared.turns import TurnEngine

CHANGED = "This question is not the one you answered. Look at it again."
DECIDED = "This question was answered before, in another way. That answer stands."
MAX_ANSWER_CHARACTERS = 32_000

_OUTCOMES: dict[CardKind, dict[str, CardOutcome]] = {
    "approval": {"approve": "approved", "deny": "denied", "cancel": "cancelled"},
    "form": {"accept": "accepted", "decline": "declined", "cancel": "cancelled"},
    "url": {"accept": "accepted", "decline": "declined", "cancel": "cancelled"},
    # Whether somebody has signed in is for the sign-in itself to say.
    "sign_in": {"decline": "declined", "cancel": "cancelled"},
}


async def answer(desk: CommandDesk, engine: TurnEngine, door: Door, command: QuestionAnswer) -> Answer:
    """Close the card with the answer, unless it was closed before, and let the turn go on.

    Raises:
        CommandRefused: there is no such card of this person's, its time is over, it was answered in another way, or
            the answer does not fit it; nothing was changed.
        Transient: the webhook is delivered again; a card is closed once.

    """
    conversation_id = door.conversation_id
    _, grant, card = await asyncio.gather(
        door.enter(),
        desk.people.grant(door.principal, desk.now()),
        card_of(desk.log, conversation_id, command.question_id),
    )
    if card.owner != door.principal:
        raise CommandRefused(NO_SUCH_CARD, code=ErrorCode.QUESTION_NOT_FOUND)
    if card.fence != command.fence:
        raise CommandRefused(CHANGED, code=ErrorCode.QUESTION_CHANGED)
    decision = checked(card, command, grant.participant())
    cards = CardDesk(log=desk.log, publisher=desk.publisher, now=desk.now)
    settled = await answer_card(cards, engine, conversation_id, command.question_id, decision)
    if not settled.first and not await _is_same(desk.log, settled.closed, decision):
        raise CommandRefused(DECIDED, code=ErrorCode.QUESTION_CLOSED)
    accepted = CommandAccepted(
        conversation_id=conversation_id,
        at=iso(desk.now()),
        command_id=command.command_id,
        turn_id=card.turn_id,
        seq=settled.closed.seq,
    )
    return Answer(event=accepted)


def checked(card: CardOpened, command: QuestionAnswer, by: Participant) -> Decision:
    """Return what the answer decides.

    Raises:
        CommandRefused: with `answer_invalid`, naming the field at fault.

    """
    outcome = _OUTCOMES[card.kind].get(command.answer)
    if outcome is None:
        raise _invalid(f"answer: {command.answer} is no answer to this kind of question ({card.kind})")
    if command.arguments is not None and (outcome != "approved" or card.response_schema is None):
        raise _invalid("arguments: they cannot be changed here")
    if command.values is not None and (outcome != "accepted" or card.kind != "form"):
        raise _invalid("values: there is nothing to fill in here")
    values = command.values
    if card.kind == "form" and outcome == "accepted":
        values = _fitting("values", card, values or {})
    arguments = None if command.arguments is None else _fitting("arguments", card, command.arguments)
    return Decision(
        outcome=outcome,
        by=by,
        arguments=None if arguments is None or _is_proposed(card, arguments) else _text(arguments),
        values=None if values is None else _text(values),
        note=(command.note or "").strip() or None,
    )


def _fitting(name: str, card: CardOpened, value: dict[str, Any]) -> dict[str, Any]:
    if len(_text(value)) > MAX_ANSWER_CHARACTERS:
        raise _invalid(f"{name}: more than {MAX_ANSWER_CHARACTERS} characters")
    problem = plain_problem_with(card.response_schema or "{}", value)
    if problem is not None:
        raise _invalid(problem)
    return value


def _is_proposed(card: CardOpened, arguments: dict[str, Any]) -> bool:
    """Tell whether nothing was changed."""
    return bool(json.loads(card.arguments or "{}") == arguments)


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _invalid(problem: str) -> CommandRefused:
    return CommandRefused(f"{problem}. Nothing was changed.", code=ErrorCode.ANSWER_INVALID)


async def _is_same(log: EventLog, closed: CardClosed, decision: Decision) -> bool:
    """Tell whether the card was closed by this very answer, sent before."""
    then = (closed.outcome, closed.actor.id, closed.arguments, closed.note)
    now = (decision.outcome, decision.by.id, decision.arguments, decision.note)
    if then != now:
        return False
    return await log.private_text(closed.conversation_id, ids.closed(closed.question_id)) == decision.values
