"""Short ways to write down what is said in a group."""

from shared import ids
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState
from shared.protocol.durable import MessageCreated, NarrowEvent
from shared.protocol.group import MessageDeleted, MessageEdited, MessageShared
from shared.protocol.shapes import Participant, TextPart
from tests.orchestration.records import ADA, Notes

BOB = Participant(kind="person", id="tenant.bob", name="Bob")
CEM = Participant(kind="person", id="tenant.cem", name="Cem")


class Room(Notes):
    """A conversation of several people and the coach."""

    def __init__(self) -> None:
        super().__init__()
        self.head = self.head.model_copy(update={"group": GroupState(members=3)})

    def says(
        self,
        who: Participant,
        text: str,
        message_id: str = "",
        *,
        turn: str | None = None,
        reply_to: str | None = None,
        to: tuple[str, ...] | None = None,
    ) -> "Room":
        """Say a message; with `turn` it asks the coach, with `to` it is whispered."""
        own = ids.question_message(turn) if turn else message_id or f"m{self.seq + 1}"
        self._add(
            MessageCreated(
                actor=who,
                author=who,
                message_id=own,
                turn_id=turn,
                parts=(TextPart(text=text),),
                reply_to=reply_to,
                audience=None if to is None else (who.id, *to),
            )
        )
        return self

    def edited(self, who: Participant, message_id: str, text: str) -> "Room":
        self._add(MessageEdited(actor=who, message_id=message_id, parts=(TextPart(text=text),)))
        return self

    def deleted(self, who: Participant, message_id: str) -> "Room":
        self._add(MessageDeleted(actor=who, message_id=message_id))
        return self

    def shared(self, who: Participant, turn: str, message_id: str, text: str) -> "Room":
        self._add(MessageShared(actor=who, message_id=message_id, turn_id=turn, parts=(TextPart(text=text),)))
        return self

    def hidden(self, *principals: str) -> "Room":
        """Hide the last event from everybody else."""
        last = self.events[-1]
        assert isinstance(last, NarrowEvent)
        self.events[-1] = last.model_copy(update={"audience": principals, "others_see": "nothing"})
        return self


def members(*people: Participant, gone: tuple[Participant, ...] = ()) -> tuple[MemberDocument, ...]:
    """Return the group's members, and those who left."""
    here = [MemberDocument(principal=p.id, name=p.name, role="member", state="member", epoch=1) for p in people]
    left = [MemberDocument(principal=p.id, name=p.name, role="member", state="left", epoch=2) for p in gone]
    return (*here, *left)


EVERYBODY = members(ADA, BOB, CEM)
