"""What a client notes down for the checker while it talks."""

import time
from dataclasses import dataclass, field

from bench.chaos_load import Burst, Question
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import DurableEvent, Withheld
from shared.protocol.ephemeral import ErrorEvent, SessionCreated
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import TurnStatus
from tests.support.history import ClientHistory, Send, SendOutcome, Visit


@dataclass(slots=True, kw_only=True)
class Asked:
    """A question on its way; times are CLOCK_MONOTONIC seconds, 0 for what has not happened."""

    question: Question
    conversation_id: str
    burst: int
    begun: float = field(default_factory=time.monotonic)
    tried: float = 0.0
    tries: int = 0
    done: float = 0.0
    outcome: SendOutcome = "unknown"
    status: TurnStatus | None = None

    @property
    def settled(self) -> bool:
        return self.outcome == "fail" or (self.outcome == "ok" and self.done > 0)


@dataclass(slots=True, kw_only=True)
class _OpenVisit:
    conversation_id: str
    first: int
    streaming: bool
    through: int | None = None
    live: set[int] = field(default_factory=set[int])


@dataclass(slots=True, kw_only=True)
class Notes:
    """Frames of all connections in order, the visits they belong to, and the fate of every question."""

    frames: list[ServerEvent] = field(default_factory=list[ServerEvent])
    asked: list[Asked] = field(default_factory=list[Asked])
    syncs: int = 0
    breaks: int = 0
    refusals: int = 0
    _visits: list[Visit] = field(default_factory=list[Visit])
    _created: set[str] = field(default_factory=set[str])
    _visit: _OpenVisit | None = None

    def ask(self, conversation_id: str, questions: Burst) -> list[Asked]:
        """Note questions that are about to be sent together."""
        burst = self.asked[-1].burst + 1 if self.asked else 1
        asked = [Asked(question=each, conversation_id=conversation_id, burst=burst) for each in questions]
        self.asked += asked
        return asked

    def of(self, question: Question) -> Asked:
        return next(asked for asked in self.asked if asked.question.name == question.name)

    def begin_visit(self, conversation_id: str, *, streaming: bool) -> None:
        """Begin a visit; one that is open and was not ended is over, unsettled."""
        self.end_visit(settled=False)
        self._visit = _OpenVisit(conversation_id=conversation_id, first=len(self.frames), streaming=streaming)

    def opened(self, conversation_id: str) -> None:
        """Note which conversation was made for the open visit."""
        self._created.add(conversation_id)
        if self._visit is not None:
            self._visit.conversation_id = conversation_id

    def end_visit(self, *, settled: bool) -> None:
        visit, self._visit = self._visit, None
        if visit is not None and visit.conversation_id:
            frames = tuple(self.frames[visit.first :])
            seen = Visit(
                conversation_id=visit.conversation_id, frames=frames, settled=settled, streaming=visit.streaming
            )
            self._visits.append(seen)

    def broken(self) -> None:
        """Note that the connection was lost."""
        self.breaks += 1
        self.end_visit(settled=False)

    def take(self, event: ServerEvent) -> None:
        self.frames.append(event)
        visit = self._visit
        if visit is None or event.conversation_id != visit.conversation_id:
            return
        if isinstance(event, SessionCreated) and visit.through is None:
            visit.through = event.through_seq
        elif isinstance(event, DurableEvent | Withheld):
            visit.live.add(event.seq)

    def all_told_live(self, last_seq: int) -> bool:
        """Tell whether every event since the visit's snapshot also arrived live."""
        visit = self._visit
        if visit is None or visit.through is None:
            return False
        return visit.live.issuperset(range(visit.through + 1, last_seq + 1))

    def answered(self, client_message_id: str | None, outcome: SendOutcome) -> None:
        for asked in self.asked:
            if asked.question.name == client_message_id and asked.outcome == "unknown":
                asked.outcome = outcome

    def refused(self, event: ErrorEvent) -> None:
        """Take an error: what is the sender's own fault ends the question, the rest is met by sending again."""
        self.refusals += 1
        if event.fault in {"user", "auth"} and event.code != ErrorCode.QUEUE_FULL:
            self.answered(event.client_message_id, "fail")

    def history(self, name: str) -> ClientHistory:
        self.end_visit(settled=False)
        sends = tuple(
            Send(
                conversation_id=asked.conversation_id,
                client_message_id=asked.question.name,
                text=asked.question.text,
                burst=asked.burst,
                answer=asked.question.answer,
                outcome=asked.outcome,
            )
            for asked in self.asked
        )
        return ClientHistory(name=name, created=frozenset(self._created), sends=sends, visits=tuple(self._visits))
