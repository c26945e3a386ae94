"""What the log says of a call's cards: which are open, what was decided, and with what the call goes on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared import ids
from shared.event_log.shapes import Record
from shared.protocol.cards import CardClosed, CardOpened
from shared.stored import Stored
from shared.tools.outcome import Continuation, InputAnswer, InputRequest

_ACTIONS = {"accepted": "accept", "declined": "decline"}


class Kept(Stored):
    """What a card keeps for its call, never on the wire.

    `round` is the call's round that asked, `key` the server's name for what it wants to know, `state` the server's
    own, `schema_hash` that of the tool's arguments when an approval was asked for. A `live` card's call waits for
    it in a running process; it cannot be gone on with by another.
    """

    round: int = 0
    key: str | None = None
    state: str | None = None
    schema_hash: str | None = None
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of a call; `values` is JSON text of what a form was filled in with."""

    opened: CardOpened
    kept: Kept
    closed: CardClosed | None
    values: str | None

    @property
    def number(self) -> int:
        return int(self.opened.question_id.rpartition(".q")[2])


def cards_of(record: Record, call_id: str) -> tuple[Card, ...]:
    """Return all cards of the call in the order they were opened."""
    opened = [e for e in record.events if isinstance(e, CardOpened) and e.call_id == call_id]
    closed = {e.question_id: e for e in record.events if isinstance(e, CardClosed) and e.call_id == call_id}
    texts = record.private_texts
    found = (
        Card(
            opened=card,
            kept=Kept.model_validate_json(texts.get(ids.opened(card.question_id), "{}")),
            closed=closed.get(card.question_id),
            values=texts.get(ids.closed(card.question_id)),
        )
        for card in opened
    )
    return tuple(sorted(found, key=lambda card: card.number))


def waited_for(cards: Sequence[Card]) -> tuple[Card, ...]:
    """Return the open cards the call waits for off the floor."""
    return tuple(card for card in cards if card.closed is None and not card.kept.live)


def approval_in(cards: Sequence[Card]) -> Card | None:
    return next((card for card in reversed(cards) if card.opened.kind == "approval"), None)


def latest_sign_in(cards: Sequence[Card]) -> Card | None:
    """Return the sign-in the call asked for last, unless it asked for something else since."""
    asked = [card for card in cards if card.opened.kind != "approval" and not card.kept.live]
    return asked[-1] if asked and asked[-1].opened.kind == "sign_in" else None


def round_of(cards: Sequence[Card]) -> int:
    """Return the number of the call's next round: one more than the last that asked a person for something."""
    rounds = [card.kept.round for card in cards if card.opened.kind != "approval" and not card.kept.live]
    return max(rounds) + 1 if rounds else 0


def continuation_of(cards: Sequence[Card]) -> Continuation | None:
    """Return the answers to what the server asked last, with its state; None when it asked for nothing."""
    inputs = [card for card in cards if card.opened.kind in {"form", "url"} and not card.kept.live]
    if not inputs:
        return None
    last = max(card.kept.round for card in inputs)
    batch = [card for card in inputs if card.kept.round == last]
    return Continuation(answers=tuple(answer_of(card) for card in batch), state=batch[0].kept.state)


def answer_of(card: Card) -> InputAnswer:
    """Return what the person said, as the server gets it; who does not answer in time has walked away."""
    action = _ACTIONS.get(card.closed.outcome if card.closed else "")
    key = card.kept.key or ""
    if action == "accept":
        return InputAnswer(key=key, action="accept", values=card.values)
    return InputAnswer(key=key, action="decline" if action == "decline" else "cancel")


def answered_before(cards: Sequence[Card], requests: Sequence[InputRequest]) -> tuple[InputAnswer, ...] | None:
    """Return the answers the person gave to just these requests before; None when any of them is new."""
    known = {
        (card.kept.key, card.opened.message, card.opened.response_schema, card.opened.url): answer_of(card)
        for card in cards
        if card.opened.kind in {"form", "url"} and card.closed is not None
    }
    answers = [known.get((each.key, each.message, each.schema, each.url)) for each in requests]
    found = tuple(answer for answer in answers if answer is not None)
    return found if found and len(found) == len(answers) else None
