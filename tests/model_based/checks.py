"""What must hold of every conversation, whatever was done in it."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.answers import filled, text_of
from shared.event_log.head import Head
from shared.protocol.durable import ChatResponse, MessageCompleted, ToolCallCompleted
from shared.protocol.events import STORED_EVENT, StoredEvent
from shared.protocol.shapes import ToolCallPart
from tests.model_based.fold import picture, shown_after
from tests.model_based.outcome import Outcome
from tests.model_based.person import Client, Frame, events_in
from tests.model_based.prediction import Stopping
from tests.model_based.reference import IllegalEventError, Rules, replayed
from tests.model_based.run import Run
from tests.model_based.scenario import TOOL, statuses
from tests.model_based.streams import streams


def wrongs(run: Run, tool_calls: list[dict[str, Any]]) -> list[str]:
    """Return everything that is wrong with a conversation that is over."""
    assert run.head is not None
    try:
        states = replayed(run.events)
    except IllegalEventError as error:
        return [f"the log breaks a rule: {error}"]
    told = _as_told(run.events)
    _forget_later_titles(run)
    found = [*_answers(run.outcomes, states), *_fates(run.outcomes, states[-1]), *_floor(run.head, states[-1])]
    found += [*_ends(run.events, states[-1]), *_effects(run.events, tool_calls)]
    for client in run.clients:
        found += [*_live_events(client, told), *streams(client, told), *_folds(client, told)]
    return found


def _forget_later_titles(run: Run) -> None:
    """Take away titles that came after the log was read: one is written some time after a turn's end."""
    read = run.events[-1].seq if run.events else 0
    for visit in (visit for client in run.clients for visit in client.visits):
        visit.frames[:] = [f for f in visit.frames if f["type"] != "title.updated" or f["seq"] <= read]


def _answers(outcomes: list[Outcome], states: list[Rules]) -> Iterator[str]:
    """Every answer is the one that the rules give in a state the conversation had between sending and answering."""
    for outcome in outcomes:
        if outcome.fate == "unknown":
            continue
        between = [state for state in states[outcome.sent_at : outcome.answered_at + 1] if state.settled]
        possible = {outcome.meaning.meets(state) for state in between}
        if outcome.answer not in possible:
            yield f"{outcome.meaning} was answered {outcome.answer}; the rules say {sorted(possible, key=str)}"


def _fates(outcomes: list[Outcome], state: Rules) -> Iterator[str]:
    """What was accepted is there; what was only ever refused is not."""
    fates: dict[str, set[str]] = {}
    for outcome in outcomes:
        if not isinstance(outcome.meaning, Stopping):
            fates.setdefault(outcome.meaning.turn, set()).add(outcome.fate)
    for turn, fate in fates.items():
        there = turn in state.questions or turn in state.begun
        if "accepted" in fate and not there:
            yield f"{turn} was accepted and is not there"
        if there and not fate & {"accepted", "unknown"}:
            yield f"{turn} was refused and is there"


def _floor(head: Head, state: Rules) -> Iterator[str]:
    """In the end nobody runs or waits, by the head as by the rules."""
    if head.active_turn or head.queue or head.steers or head.claim or head.parked:
        yield f"the floor is not free: {head}"
    if state.active or state.queue or state.steers or state.owed:
        yield f"the log leaves {state.active or state.queue or state.steers or state.owed} open"
    last = head.last_turn.turn_id if head.last_turn else None
    if (head.while_busy, head.countable, last) != (state.while_busy, len(state.questions), state.last):
        yield f"the head says {(head.while_busy, head.countable, last)}, the log otherwise"


def _ends(events: tuple[StoredEvent, ...], state: Rules) -> Iterator[str]:
    """Every turn ended, each in a way its question allows."""
    read = {each for event in events if isinstance(event, MessageCompleted) for each in event.steered_by}
    for turn, question in state.questions.items():
        if (turn in state.ended) == (f"{turn}.q" in read):
            yield f"{turn} ended: {turn in state.ended}, read by a running turn: {f'{turn}.q' in read}"
        if turn in state.ended and turn not in state.begun and state.ended[turn] != "stopped":
            yield f"{turn} ({question}) never ran and ended as {state.ended[turn]}"
    for turn in state.begun:
        question = state.question_of(turn)
        assert question is not None
        put = [other.text for other in state.questions.values() if other.steered in {turn, question.turn}]
        allowed = statuses(question.text, put, stopping=turn in state.stopped)
        if state.ended.get(turn) not in allowed:
            yield f"{turn} ({question.text}, {put}) ended as {state.ended.get(turn)}, not as one of {sorted(allowed)}"


def _effects(events: tuple[StoredEvent, ...], tool_calls: list[dict[str, Any]]) -> Iterator[str]:
    """A call has its effect once at most, and one that went well has it."""
    asked: dict[str, str] = {}
    for event in events:
        for part in event.parts if isinstance(event, MessageCompleted) else ():
            if isinstance(part, ToolCallPart):
                asked[part.call_id] = str(json.loads(part.arguments)["note"])
    went_well = Counter(
        asked[event.call_id] for event in events if isinstance(event, ToolCallCompleted) and event.status == "completed"
    )
    done = Counter(
        str(row["arguments"].get("note")) for row in tool_calls if row["executed"] and row["tool"] == TOOL[1]
    )
    for note, calls in Counter(asked.values()).items():
        if not went_well[note] <= done[note] <= calls:
            yield f"{calls} calls for {note!r}, {went_well[note]} went well, {done[note]} effects"


def _as_told(events: tuple[StoredEvent, ...]) -> dict[int, Frame]:
    """Return the log as clients are told it, by `seq`."""
    answers = {event.message_id: event for event in events if isinstance(event, MessageCompleted)}
    told: dict[int, Frame] = {}
    for event in events:
        full = filled(event, answers.get(event.message_id or "")) if isinstance(event, ChatResponse) else event
        told[event.seq] = full.model_dump(mode="json")
    return told


def _live_events(client: Client, told: dict[int, Frame]) -> Iterator[str]:
    """Every event told is the one stored, and who stays is told all of them live."""
    for visit in client.visits:
        for event in (event for frame in visit.frames for event in events_in(frame)):
            given = STORED_EVENT.validate_python(event).model_dump(mode="json")
            if given != told.get(int(event["seq"])):
                yield f"told {given}, stored {told.get(int(event['seq']))}"
        live = {int(frame["seq"]) for frame in visit.frames if [frame] == events_in(frame)}
        opened = next((frame for frame in visit.frames if frame["type"] == "session.created"), None)
        if visit.settled and opened is not None:
            missing = set(range(opened["through_seq"] + 1, len(told) + 1)) - live
            if missing:
                yield f"never told live: {[(seq, told[seq]['type']) for seq in sorted(missing)]}"


def _folds(client: Client, told: dict[int, Frame]) -> Iterator[str]:
    live = shown_after(visit.frames for visit in client.visits)
    stored = [told[seq] for seq in sorted(told)]
    whole: Frame = {"type": "snapshot", "events": stored}
    if picture(live) != picture(log := shown_after([[whole]])):
        yield f"a client shows {picture(live)}, the log {picture(log)}"


def story(run: Run) -> str:
    """Return the conversation for a person to read: what was said to it, and what it kept."""
    lines = [
        f"conversation {run.session_id}",
        *(f"  after {o.sent_at:3}: {o.meaning} -> {o.answer} (by {o.answered_at})" for o in run.outcomes),
    ]
    for event in run.events:
        words = text_of(event.parts) if isinstance(event, MessageCompleted) else getattr(event, "status", "")
        lines.append(f"  {event.seq:3} {event.type} {getattr(event, 'turn_id', '')} {words}")
    return "\n".join(lines)
