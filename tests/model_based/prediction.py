"""What a command must be answered with, by the state it meets."""

from dataclasses import dataclass
from typing import Any

from shared.protocol.codes import ErrorCode
from tests.model_based.reference import LONGEST_QUEUE, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a sender is told: a refusal's `code`, or the turn, its place (0 runs) and the turn it was put into."""

    code: str | None = None
    turn: str | None = None
    position: int | None = None
    steers: str | None = None

    @classmethod
    def told(cls, event: dict[str, Any]) -> "Answer":
        if event["type"] == "error":
            return cls(code=event["code"])
        assert event["type"] == "command.accepted", event
        return cls(turn=event["turn_id"], position=event.get("position"), steers=event.get("steers"))


def _refused(code: ErrorCode) -> Answer:
    return Answer(code=code.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question under its turn's id; `edits` names the turn whose question it rewrites."""

    turn: str
    text: str
    steer: bool = False
    edits: str | None = None

    def meets(self, state: Rules) -> Answer:
        if self.edits is not None and self.edits not in state.questions:
            return _refused(ErrorCode.MESSAGE_NOT_FOUND)
        known = state.questions.get(self.turn)
        if known is not None:
            return _there(state, self.turn) if known.text == self.text else _refused(ErrorCode.MESSAGE_CONFLICT)
        if self.edits is not None and state.active is not None:
            return _refused(ErrorCode.TURN_RUNNING)
        if self.steer and state.takes_steer():
            return Answer(turn=self.turn, steers=state.active)
        if state.active is None:
            return Answer(turn=self.turn, position=0)
        if state.while_busy == "reject":
            return _refused(ErrorCode.TURN_RUNNING)
        if len(state.queue) >= LONGEST_QUEUE:
            return _refused(ErrorCode.QUEUE_FULL)
        return Answer(turn=self.turn, position=len(state.queue) + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringAgain:
    """A new turn for the question that the turn `replaces` answered."""

    turn: str
    replaces: str

    def meets(self, state: Rules) -> Answer:
        if self.replaces not in state.begun:
            return _refused(ErrorCode.MESSAGE_NOT_FOUND)
        if self.turn in state.begun:
            return _there(state, self.turn)
        if state.active is not None:
            return _refused(ErrorCode.TURN_RUNNING)
        if self.replaces != state.last:
            return _refused(ErrorCode.MESSAGE_NOT_FOUND)
        return Answer(turn=self.turn, position=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    turn: str

    def meets(self, state: Rules) -> Answer:
        known = self.turn in (state.active, *state.queue, *state.steers) or self.turn in state.ended
        return Answer(turn=self.turn) if known else _refused(ErrorCode.TURN_NOT_FOUND)


type Meaning = Asking | AnsweringAgain | Stopping


def _there(state: Rules, turn: str) -> Answer:
    """Return the answer to what was accepted before: where it stands now."""
    if turn == state.active:
        return Answer(turn=turn, position=0)
    if turn in state.queue:
        return Answer(turn=turn, position=state.queue.index(turn) + 1)
    return Answer(turn=turn, steers=state.questions[turn].steered if turn in state.steers else None)
