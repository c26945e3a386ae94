"""Short ways to write down a conversation as the log returns it."""

from dataclasses import dataclass, field

from shared import ids
from shared.event_log.head import Head, VersionedHead
from shared.event_log.shapes import Record
from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    TurnQueued,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, SYSTEM, ErrorInfo, Part, Participant, TextPart, ToolCallPart, ToolStatus

ADA = Participant(kind="person", id="tenant.ada", name="Ada")
_HEAD = VersionedHead(head=Head(owner=ADA.id, created_at="", updated_at=""), etag="1")


@dataclass(slots=True)
class Notes:
    """Events in the order they are said; `seq` is counted."""

    events: list[StoredEvent] = field(default_factory=list[StoredEvent])
    texts: dict[str, str] = field(default_factory=dict[str, str])

    def _add(self, event: StoredEvent) -> "Notes":
        self.events.append(event.model_copy(update={"seq": len(self.events) + 1}))
        return self

    def question(self, turn: str, text: str) -> "Notes":
        return self._add(
            MessageCreated(
                actor=ADA, author=ADA, message_id=ids.question_message(turn), turn_id=turn, parts=(TextPart(text=text),)
            )
        )

    def queued(self, turn: str) -> "Notes":
        return self._add(TurnQueued(actor=ADA, turn_id=turn, position=1))

    def started(self, turn: str) -> "Notes":
        return self._add(TurnStarted(actor=SYSTEM, turn_id=turn))

    def step(self, turn: str, number: int, text: str = "", *calls: str) -> "Notes":
        parts: list[Part] = [TextPart(text=text)] if text else []
        parts += [
            ToolCallPart(call_id=ids.call(turn, number, n), server="crm", tool=tool, arguments="{}")
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
            )
        )

    def result(self, call_id: str, text: str, status: ToolStatus = "completed") -> "Notes":
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
                ms=1,
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

    def record(self) -> Record:
        return Record(head=_HEAD, events=tuple(self.events), live=None, manifest=None, private_texts=self.texts)
