"""The reference fold of a client: a pure reducer over wire events, by the rules of `docs/protocol.md`.

Durable events apply in `seq` order; an early one waits for the hole in front of it. What a new connection delivers
before its snapshot waits for the snapshot. Text applies by attempt and offset; `message.completed` replaces it.
The same reducer folds the log, so that what a client saw live can be compared with what is stored.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from shared.answers import filled, text_of
from shared.protocol.beside import AnswerChecked, ChartCreated, SuggestionsOffered
from shared.protocol.cards import ToolCallProgress, TurnParked
from shared.protocol.durable import (
    ChatResponse,
    FeedbackRecorded,
    MessageCompleted,
    MessageCreated,
    SettingsUpdated,
    TitleUpdated,
    Withheld,
)
from shared.protocol.ephemeral import (
    AiState,
    AnswerOffered,
    BudgetWarning,
    CommandAccepted,
    ConnectionAck,
    ErrorEvent,
    ListUpdated,
    MessageDelta,
    MessageStarted,
    SessionCreated,
    Snapshot,
    SnapshotFields,
    SteerReturned,
    ToolsUpdated,
)
from shared.protocol.events import StoredEvent, VisibleEvent
from shared.protocol.group import (
    GroupUpdated,
    MessageDeleted,
    MessageEdited,
    MessageShared,
    Notice,
    ParticipantInvited,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRemoved,
    ParticipantRole,
    Presence,
    ReactionSet,
    ReadUpdated,
    SteerOffered,
    SteerTaken,
    Typing,
)
from shared.protocol.server_event import ServerEvent
from tests.support import fold_steps
from tests.support.fold_queue import floor, granted, in_turn, leave_queue
from tests.support.fold_turns import progress
from tests.support.folded import Folded, Question, Step, Turn


def begin_recovery(state: Folded) -> Folded:
    """Return the state at the start of a new connection: events wait for its snapshot."""
    return replace(state, recovered=False, parked=())


def receive(state: Folded, event: ServerEvent) -> Folded:
    """Fold one event of this conversation; what cannot be placed yet is kept in the state."""
    match event:
        case Snapshot() | SessionCreated():
            return _snapshot(state, event)
        case ConnectionAck() | CommandAccepted() | ErrorEvent() | SteerReturned():
            return state
        case AiState() | BudgetWarning() | ToolCallProgress() | ListUpdated() | ToolsUpdated():
            return state
        case Typing() | Presence() | ReadUpdated():
            return state
        case SteerOffered() | Notice() | SuggestionsOffered() | AnswerOffered():
            return state
        case _ if not state.recovered:
            return replace(state, parked=(*state.parked, event))
        case MessageStarted() | MessageDelta():
            return _live(state, event)
        case _:
            return _durable(state, event)


def has_gap(state: Folded) -> bool:
    """Tell whether something is missing in front of what is held: a durable event, or text of a running step."""
    steps = (step for turn in state.turns if turn.phase != "ended" for step in turn.steps)
    return bool(state.early) or any(step.ahead for step in steps)


def fold_log(conversation_id: str, events: Iterable[StoredEvent]) -> Folded:
    """Fold the events of the log (in `seq` order), with answers filled in as they are when told."""
    state = Folded(conversation_id=conversation_id, recovered=True)
    answers: dict[str, MessageCompleted] = {}
    for event in events:
        told = event
        if isinstance(event, MessageCompleted):
            answers[event.message_id] = event
        elif isinstance(event, ChatResponse):
            told = filled(event, answers.get(event.message_id or ""))
        state = receive(state, told)
    return state


def _durable(state: Folded, event: VisibleEvent) -> Folded:
    if event.seq <= state.last_seq or any(held.seq == event.seq for held in state.early):
        return state
    return _drain(replace(state, early=tuple(sorted((*state.early, event), key=lambda held: held.seq))))


def _drain(state: Folded) -> Folded:
    """Apply the held events that have come to be next."""
    while state.early and state.early[0].seq <= state.last_seq + 1:
        event = state.early[0]
        state = replace(state, early=state.early[1:])
        if event.seq > state.last_seq:
            state = replace(_apply(state, event), last_seq=event.seq)
    return state


def _snapshot(state: Folded, event: SnapshotFields) -> Folded:
    late = event.through_seq < state.last_seq
    for held in sorted(event.events, key=lambda each: each.seq):
        if held.seq > state.last_seq:
            state = _apply(state, held)
    state = replace(state, last_seq=max(state.last_seq, event.through_seq))
    if isinstance(event, SessionCreated) and event.title and not late:
        state = replace(state, title=event.title)
    state = _drain(state)
    if event.more:
        return state
    live = event.live
    if live is not None:
        state = _in_step(
            state, live.turn_id, live.message_id, live.step, lambda step: fold_steps.checkpoint(step, live)
        )
    state = floor(state, event)
    parked = state.parked
    state = replace(state, recovered=True, parked=())
    for waiting in parked:
        state = receive(state, waiting)
    return state


def _apply(state: Folded, event: VisibleEvent) -> Folded:
    match event:
        case Withheld() | SettingsUpdated() | FeedbackRecorded() | ChartCreated() | AnswerChecked():
            return state
        case GroupUpdated() | ReactionSet() | MessageEdited() | MessageDeleted() | MessageShared():
            return state
        case ParticipantInvited() | ParticipantJoined() | ParticipantLeft() | ParticipantRemoved() | ParticipantRole():
            return state
        case TitleUpdated(title=title):
            return replace(state, title=title)
        case SteerTaken():
            return in_turn(
                leave_queue(state, event.turn_id), event.turn_id, lambda t: replace(t, phase="waiting", position=0)
            )
        case MessageCreated():
            return _asked(state, event)
        case ChatResponse() | TurnParked():
            left = in_turn(leave_queue(state, event.turn_id), event.turn_id, lambda turn: progress(turn, event))
            return granted(left, event.next_turn_id)
        case _:
            return in_turn(state, event.turn_id, lambda turn: progress(turn, event))


def _asked(state: Folded, event: MessageCreated) -> Folded:
    question = Question(
        message_id=event.message_id,
        client_message_id=event.client_message_id,
        author=event.author.id,
        text=text_of(event.parts),
        seq=event.seq,
    )
    state = in_turn(state, event.turn_id or event.message_id, lambda turn: replace(turn, question=question))
    return replace(state, turns=tuple(sorted(state.turns, key=_place)))


def _place(turn: Turn) -> float:
    return float("inf") if turn.question is None else turn.question.seq


def _live(state: Folded, event: MessageStarted | MessageDelta) -> Folded:
    def change(step: Step) -> Step:
        return fold_steps.started(step, event) if isinstance(event, MessageStarted) else fold_steps.delta(step, event)

    state = _in_step(state, event.turn_id, event.message_id, event.step, change)

    def awake(turn: Turn) -> Turn:
        return replace(turn, phase="running", position=0) if turn.phase in {"waiting", "queued"} else turn

    return in_turn(state, event.turn_id, awake)


def _in_step(state: Folded, turn_id: str, message_id: str, number: int, change: Callable[[Step], Step]) -> Folded:
    def unless_ended(turn: Turn) -> Turn:
        return turn if turn.phase == "ended" else _step(turn, message_id, number, change)

    return in_turn(state, turn_id, unless_ended)


def _step(turn: Turn, message_id: str, number: int, change: Callable[[Step], Step]) -> Turn:
    return fold_steps.in_step(turn, message_id, number, change)
