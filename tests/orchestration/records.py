"""Short ways to write down a conversation as the log returns it."""

from dataclasses import dataclass, field

from shared import ids
from shared.event_log.documents import SummaryDocument
from shared.event_log.head import Head, Steer, TurnOnFloor, VersionedHead
from shared.event_log.shapes import Record
from shared.protocol.cards import TurnParked
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnQueued,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import (
    COACH,
    SYSTEM,
    ErrorInfo,
    Part,
    Participant,
    Readers,
    TextPart,
    ToolCallPart,
    ToolStatus,
    Trust,
    Usage,
)

ADA = Participant(kind="person", id="tenant.ada", name="Ada")
_HEAD = Head(owner=ADA.id, created_at="", updated_at="")


@dataclass(slots=True)
class Notes:
    """Events in the order they are said; `seq` is counted."""

    events: list[StoredEvent] = field(default_factory=list[StoredEvent])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    summary: SummaryDocument | None = None
    head: Head = _HEAD

    @property
    def seq(self) -> int:
        return len(self.events)

    def _add(self, event: StoredEvent) -> "Notes":
        self.events.append(event.model_copy(update={"seq": len(self.events) + 1}))
        return self

    def question(self, turn: str, text: str) -> "Notes":
        return self._add(
            MessageCreated(
                actor=ADA, author=ADA, message_id=ids.question_message(turn), turn_id=turn, parts=(TextPart(text=text),)
            )
        )

    def steer(self, into: str, turn: str, text: str) -> "Notes":
        """Put a message into a running turn: it waits in the head. Unused, it becomes the turn `turn`."""
        message = ids.question_message(turn)
        self._add(
            MessageCreated(
                actor=ADA, author=ADA, message_id=message, turn_id=turn, parts=(TextPart(text=text),), steers=into
            )
        )
        waiting = Steer(turn_id=turn, asker=ADA.id, question_seq=self.seq, characters=len(text))
        self.head = self.head.model_copy(update={"steers": (*self.head.steers, waiting)})
        return self

    def active(self, turn: str) -> "Notes":
        on_floor = TurnOnFloor(turn_id=turn, asker=ADA.id, question_seq=1, started=0, deadline=120)
        self.head = self.head.model_copy(update={"active_turn": on_floor})
        return self

    def parked(self, turn: str) -> "Notes":
        return self._add(TurnParked(actor=SYSTEM, turn_id=turn))

    def queued(self, turn: str) -> "Notes":
        return self._add(TurnQueued(actor=ADA, turn_id=turn, position=1))

    def started(self, turn: str, replaces: str | None = None, question_of: str | None = None) -> "Notes":
        question_id = ids.question_message(question_of) if question_of else None
        return self._add(TurnStarted(actor=SYSTEM, turn_id=turn, replaces=replaces, question_id=question_id))

    def step(
        self,
        turn: str,
        number: int,
        text: str = "",
        *calls: str,
        steered_by: tuple[str, ...] = (),
        arguments: str = "{}",
        untrusted_from: tuple[str, ...] = (),
        usage: Usage | None = None,
    ) -> "Notes":
        """Say a model step; `steered_by` names the turns its steers would have become."""
        parts: list[Part] = [TextPart(text=text)] if text else []
        parts += [
            ToolCallPart(call_id=ids.call(turn, number, n), server="crm", tool=tool, arguments=arguments)
            for n, tool in enumerate(calls)
        ]
        return self._add(
            MessageCompleted(
                actor=COACH,
                author=COACH,
                message_id=ids.step_message(turn, number),
                turn_id=turn,
                step=number,
                parts=tuple(parts),
                finish="tools" if calls else "stop",
                steered_by=tuple(ids.question_message(own) for own in steered_by),
                untrusted_from=untrusted_from,
                usage=usage,
            )
        )

    def called(self, call_id: str, *, idempotent: bool = False) -> "Notes":
        return self._add(
            ToolCallStarted(
                actor=COACH,
                call_id=call_id,
                turn_id=ids.parse_call(call_id).turn_id,
                server="crm",
                tool="find",
                arguments="{}",
                lease_until="",
                idempotent=idempotent,
            )
        )

    def result(
        self,
        call_id: str,
        text: str,
        status: ToolStatus = "completed",
        reference: str | None = None,
        *,
        trust: Trust = "trusted",
        readers: Readers = "everyone",
    ) -> "Notes":
        self.texts[call_id] = text
        return self._add(
            ToolCallCompleted(
                actor=COACH,
                call_id=call_id,
                turn_id=ids.parse_call(call_id).turn_id,
                server="crm",
                tool="find",
                status=status,
                preview=text[:10],
                result_ref=reference,
                ms=1,
                trust=trust,
                readers=readers,
            )
        )

    def end(self, turn: str, code: ErrorCode | None = None) -> "Notes":
        error = ErrorInfo(code=code, fault=FAULT_OF[code], message="No.", retryable=False) if code else None
        return self._add(
            ChatResponse(actor=COACH, turn_id=turn, status="failed" if error else "completed", error=error)
        )

    def turn(self, turn: str, question: str, answer: str) -> "Notes":
        """Say a whole turn: question, answer, end."""
        return self.question(turn, question).started(turn).step(turn, 0, answer).end(turn)

    def summarised(self, through_seq: int, text: str, untrusted_from: tuple[str, ...] | None = None) -> "Notes":
        self.summary = SummaryDocument(through_seq=through_seq, text=text, untrusted_from=untrusted_from)
        return self

    def record(self) -> Record:
        return Record(
            head=VersionedHead(head=self.head.model_copy(update={"seq": self.seq}), etag="1"),
            events=tuple(self.events),
            live=None,
            manifest=None,
            summary=self.summary,
            private_texts=self.texts,
        )
