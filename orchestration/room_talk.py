"""What was said in a room for all to hear, and whether the coach may put in a word: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.ambient import QUIET_SECONDS, may_speak_by
from shared.answers import text_of
from shared.event_log.head import Head
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.events import StoredEvent
from shared.protocol.group import MessageDeleted, MessageEdited, MessageShared
from shared.protocol.shapes import COACH, Participant

_ANSWERS = frozenset({"stop", "length", "stopped"})
_CLOCKS_DIFFER_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something said; `at` in epoch seconds, `to_person`: it is addressed to one of the others."""

    seq: int
    message_id: str
    author: Participant
    at: float
    text: str
    to_person: bool = False

    @property
    def by_coach(self) -> bool:
        return self.author.id == COACH.id


def lines_of(events: Sequence[StoredEvent]) -> tuple[Line, ...]:
    """Return what everyone heard, in order: as edited, without what was taken back."""
    gone = {event.message_id for event in events if isinstance(event, MessageDeleted)}
    edits = {event.message_id: event.parts for event in events if isinstance(event, MessageEdited)}
    authors = {event.message_id: event.author.id for event in events if isinstance(event, MessageCreated)}
    lines: list[Line] = []
    for event in events:
        if not isinstance(event, MessageCreated | MessageCompleted | MessageShared) or not _heard(event):
            continue
        text = text_of(edits.get(event.message_id, event.parts)).strip()
        if event.message_id in gone or not text:
            continue
        lines.append(
            Line(
                seq=event.seq,
                message_id=event.message_id,
                author=event.author if isinstance(event, MessageCreated) else COACH,
                at=datetime.fromisoformat(event.at).timestamp(),
                text=text,
                to_person=isinstance(event, MessageCreated) and _to_person(event, authors),
            )
        )
    return tuple(lines)


def may_speak(head: Head, lines: Sequence[Line], after: int, now: float) -> bool:
    """Tell whether the coach may speak after the message at `after`: if nobody has since, and it is not in the way.

    It never speaks into a quick exchange of two people, nor twice in a row, nor where somebody was spoken to.
    """
    if not may_speak_by(head, now) or not lines:
        return False
    last = lines[-1]
    if last.seq != after or last.by_coach or last.to_person:
        return False
    return now - last.at >= QUIET_SECONDS - _CLOCKS_DIFFER_SECONDS and not _in_exchange(lines)


def asked_with(events: Sequence[StoredEvent], principal: str) -> str | None:
    """Return the manifest the person was answered with last, on a question of theirs; None if there is none here."""
    askers = {event.turn_id: event.author.id for event in events if isinstance(event, MessageCreated)}
    answers = [event for event in events if isinstance(event, MessageCompleted) and event.manifest_id]
    mine = [event.manifest_id for event in answers if askers.get(event.turn_id) == principal]
    return mine[-1] if mine else None


def _in_exchange(lines: Sequence[Line]) -> bool:
    """Tell whether the last words answer somebody else's within the gap: two people were just talking."""
    if len(lines) == 1:
        return False
    before, last = lines[-2:]
    return not before.by_coach and before.author.id != last.author.id and last.at - before.at < QUIET_SECONDS


def _heard(event: MessageCreated | MessageCompleted | MessageShared) -> bool:
    if isinstance(event, MessageShared):
        return True
    if isinstance(event, MessageCompleted) and event.finish not in _ANSWERS:
        return False
    return event.audience is None


def _to_person(event: MessageCreated, authors: dict[str, str]) -> bool:
    replied = authors.get(event.reply_to or "")
    mentioned = any(name != COACH.id for name in event.mentions)
    return mentioned or (replied is not None and replied != event.author.id)
