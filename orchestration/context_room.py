"""A room as the model reads it: who said what around the coach's turns. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestration.context_turns import Turns
from shared import room_frames
from shared.answers import text_of
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.events import StoredEvent

WINDOW = 50
"""So many messages beside the coach's turns are told, the newest; what the question replies to comes on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The messages of a group by id, as they read now, and which message each coach's answer belongs to."""

    messages: Mapping[str, MessageCreated]
    answers: Mapping[str, MessageCompleted]

    def line(self, message: MessageCreated) -> str:
        """Return a person's message as one line of data."""
        return room_frames.line(message, self._replied_to(message))

    def around(self, turns: Turns, question: MessageCreated | None) -> list[tuple[int, str, str]]:
        """Return what was said beside turns of the coach: where it stands (`seq`), its name, its line."""
        beside = sorted((m for m in self.messages.values() if _is_beside(turns, m)), key=lambda message: message.seq)
        thread = {message.message_id for message in self._thread(question)}
        newest = {message.message_id for message in beside[-WINDOW:]}
        said = [
            (message.seq, message.message_id, self.line(message))
            for message in beside
            if message.message_id in newest | thread
        ]
        shared = [
            (event.seq, f"{event.message_id}.shared", room_frames.shared_line(event.actor, text_of(event.parts)))
            for event in turns.shared
        ]
        return sorted([*said, *shared])

    def _replied_to(self, message: MessageCreated) -> int | None:
        if message.reply_to is None:
            return None
        found = self.messages.get(message.reply_to) or self.answers.get(message.reply_to)
        return found.seq if found else None

    def _thread(self, question: MessageCreated | None) -> Iterator[MessageCreated]:
        """Go up the replies that led to the question."""
        met: set[str] = set()
        at = question
        while at is not None and at.message_id not in met:
            met.add(at.message_id)
            yield at
            at = self.messages.get(at.reply_to) if at.reply_to else None


def voices_of(turns: Turns, events: Sequence[StoredEvent]) -> Voices:
    """Return who said what."""
    answers = {event.message_id: event for event in events if isinstance(event, MessageCompleted)}
    return Voices(messages=turns.messages, answers=answers)


def _is_beside(turns: Turns, message: MessageCreated) -> bool:
    """Tell whether the message is no part of a turn that is told with its answer."""
    turn = turns.by_id.get(message.turn_id) if message.turn_id else None
    return message.steers is None and (turn is None or turn.started is None)
