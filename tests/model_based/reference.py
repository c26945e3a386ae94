"""The rules of a conversation as a pure model: which event may follow in the log, and what holds after it.

It takes the engine's pace from the log (when a turn ends, when a steer is read) and decides everything else itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from shared.answers import text_of
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    SettingsUpdated,
    TitleUpdated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnQueued,
    TurnStarted,
    TurnStopping,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ToolCallPart, TurnStatus
from shared.protocol.shapes import WhileBusy as WhileBusyValue

LONGEST_QUEUE = 5
MOST_STEERS = 10


class IllegalEventError(AssertionError):
    """An event that may not stand where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message as stored; `steered` names the turn it was put into, `edits` the one whose question it rewrites."""

    turn: str
    text: str
    steered: str | None = None
    edits: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A conversation after its first `seq` events. `owed` is what the batch begun must still hold, in order."""

    seq: int = 0
    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    begun: frozenset[str] = frozenset()
    ended: dict[str, TurnStatus] = field(default_factory=dict[str, TurnStatus])
    answers: dict[str, str] = field(default_factory=dict[str, str])
    stopped: frozenset[str] = frozenset()
    active: str | None = None
    last: str | None = None
    queue: tuple[str, ...] = ()
    steers: tuple[str, ...] = ()
    while_busy: WhileBusyValue = "queue"
    titled: bool = False
    named: bool = False
    steps: frozenset[str] = frozenset()
    calls: dict[str, str] = field(default_factory=dict[str, str])
    owed: tuple[tuple[str, str, int], ...] = ()

    @property
    def settled(self) -> bool:
        """Whether a head can have looked like this: no batch is half told."""
        return not self.owed

    @property
    def stopping(self) -> bool:
        return self.active in self.stopped

    def takes_steer(self) -> bool:
        return self.active is not None and not self.stopping and len(self.steers) < MOST_STEERS

    def question_of(self, turn: str) -> Question | None:
        """Return what a turn answers; a regenerated one answers what the turn it replaces did."""
        while turn in self.answers:
            turn = self.answers[turn]
        return self.questions.get(turn)

    def answered_by(self, turn: str) -> str:
        """Return the turn that answered this turn's question: itself, or the one it was put into."""
        question = self.questions[turn]
        return turn if question.steered is None or turn in self.begun else question.steered


def replayed(events: Iterable[StoredEvent]) -> list[Rules]:
    """Return the state before the first event and after each.

    Raises:
        IllegalEventError: naming the event that breaks a rule.

    """
    states = [Rules()]
    for event in events:
        states.append(_after(states[-1], event))
    return states


def _after(state: Rules, event: StoredEvent) -> Rules:
    _require(event.seq == state.seq + 1, event, f"follows {state.seq}")
    state = replace(state, seq=event.seq)
    match event:
        case TurnStarted() | TurnQueued() | TitleUpdated() if state.owed:
            return _owed(state, event)
        case _:
            _require(not state.owed, event, f"stands where {state.owed[:1]} belongs")
    match event:
        case MessageCreated():
            return _asked(state, event)
        case TurnStarted():
            return _regenerated(state, event)
        case TurnStopping():
            _require(event.turn_id == state.active and not state.stopping, event, "stops what does not run")
            return replace(state, stopped=state.stopped | {event.turn_id})
        case SettingsUpdated():
            _require(event.while_busy != state.while_busy, event, "sets what is set")
            return replace(state, while_busy=event.while_busy)
        case TitleUpdated(source="model"):
            answered = {"completed", "exhausted"} & set(state.ended.values())
            _require(bool(answered) and not state.named, event, "names what has no answer yet, or a name")
            return replace(state, named=True)
        case MessageCompleted():
            return _said(state, event)
        case ToolCallStarted() | ToolCallCompleted():
            return _called(state, event)
        case ChatResponse():
            return _ended(state, event)
        case _:
            raise IllegalEventError(f"{event.type} at {event.seq} comes out of nowhere")


def _require(holds: bool, event: StoredEvent, what: str) -> None:  # noqa: FBT001 - a condition, as in `assert`
    if not holds:
        raise IllegalEventError(f"{event.type} at {event.seq} {what}")


def _owed(state: Rules, event: TurnStarted | TurnQueued | TitleUpdated) -> Rules:
    kind, turn, position = state.owed[0]
    state = replace(state, owed=state.owed[1:])
    match event:
        case TurnStarted() if (kind, turn) == (event.type, event.turn_id):
            _require(state.active is None, event, "takes a floor that is taken")
            _require(event.replaces == state.questions[turn].edits, event, f"replaces {event.replaces}")
            return replace(state, active=turn, begun=state.begun | {turn})
        case TurnQueued() if (kind, turn, position) == (event.type, event.turn_id, event.position):
            return state
        case TitleUpdated() if kind == event.type:
            return replace(state, titled=True)
        case _:
            raise IllegalEventError(f"{event.type} at {event.seq} stands where {(kind, turn, position)} belongs")


def _asked(state: Rules, event: MessageCreated) -> Rules:
    turn = str(event.turn_id)
    _require(turn not in state.questions, event, "was asked before")
    edits = None if event.replaces is None else state.answered_by(event.replaces.removesuffix(".q"))
    put = Question(turn=turn, text=text_of(event.parts), steered=event.steers, edits=edits)
    state = replace(state, questions={**state.questions, turn: put})
    title = () if state.titled else (("title.updated", "", 0),)
    if event.steers is not None:
        _require(event.steers == state.active and state.takes_steer(), event, "is put into a turn that cannot take it")
        return replace(state, steers=(*state.steers, turn))
    if state.active is None:
        return replace(state, owed=(("turn.started", turn, 0), *title))
    _require(event.replaces is None, event, "edits while a turn runs")
    _require(state.while_busy == "queue", event, "is asked while a turn runs")
    _require(len(state.queue) < LONGEST_QUEUE, event, "joins a queue that is full")
    queue = (*state.queue, turn)
    return replace(state, queue=queue, owed=(("turn.queued", turn, len(queue)), *title))


def _regenerated(state: Rules, event: TurnStarted) -> Rules:
    _require(state.active is None, event, "takes a floor that is taken")
    _require(event.replaces is not None and event.replaces == state.last, event, "does not replace the last turn")
    turn = event.turn_id
    _require(turn not in state.begun, event, "was begun before")
    answers = {**state.answers, turn: str(event.replaces)}
    return replace(state, active=turn, answers=answers, begun=state.begun | {turn})


def _said(state: Rules, event: MessageCompleted) -> Rules:
    _require(event.turn_id == state.active, event, "is of a turn that does not run")
    _require(event.message_id not in state.steps, event, "was said before")
    read = tuple(message.removesuffix(".q") for message in event.steered_by)
    _require(read == state.steers[: len(read)], event, f"reads {read}, waiting were {state.steers}")
    calls = {part.call_id: "asked" for part in event.parts if isinstance(part, ToolCallPart)}
    _require(not calls.keys() & state.calls.keys(), event, "asks for a call again")
    return replace(
        state,
        steers=state.steers[len(read) :],
        steps=state.steps | {event.message_id},
        calls=state.calls | calls,
    )


def _called(state: Rules, event: ToolCallStarted | ToolCallCompleted) -> Rules:
    _require(event.turn_id == state.active, event, "is of a turn that does not run")
    before, after = ({"asked"}, "started") if isinstance(event, ToolCallStarted) else ({"asked", "started"}, "done")
    _require(state.calls.get(event.call_id) in before, event, f"of a call that is {state.calls.get(event.call_id)}")
    return replace(state, calls={**state.calls, event.call_id: after})


def _ended(state: Rules, event: ChatResponse) -> Rules:
    turn = event.turn_id
    _require(turn not in state.ended, event, "ends its turn again")
    state = replace(state, ended={**state.ended, turn: event.status})
    if turn != state.active:
        _require(turn in (*state.queue, *state.steers), event, "ends what neither runs nor waits")
        _require(event.status == "stopped" and event.next_turn_id is None, event, "ends a waiting turn otherwise")
        queue = tuple(each for each in state.queue if each != turn)
        return replace(state, queue=queue, steers=tuple(each for each in state.steers if each != turn))
    still_open = [call for call, how in state.calls.items() if call.startswith(f"{turn}.") and how != "done"]
    _require(not still_open, event, f"leaves {still_open} open")
    line = (*state.steers, *state.queue)
    following = line[0] if line else None
    _require(event.next_turn_id == following, event, f"names {event.next_turn_id}, next is {following}")
    begun = () if following is None else (("turn.started", following, 0),)
    back = tuple(("turn.queued", each, place) for place, each in enumerate(line[1:], 1) if each in state.steers)
    return replace(state, active=None, last=turn, steers=(), queue=line[1:], owed=(*begun, *back))
