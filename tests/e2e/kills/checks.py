"""What must hold after any cell, whatever went wrong in it."""

import asyncio
import time
from collections import Counter
from typing import Any

from shared.audience import Reader, for_reader
from shared.protocol.beside import AnswerChecked, ChartCreated
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    TitleUpdated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import ToolCallPart
from tests.e2e.audit import Audit
from tests.e2e.kills.cell import ANSWER, SECOND_THOUGHTS, Cell
from tests.e2e.kills.fold import Event, text_of
from tests.e2e.kills.live import LiveClient

WRITES = "log_activity"
LATE_S = 8
PUBLISHED_S = 15


async def check(cell: Cell, *, overtaken: bool = False, deaf: bool = False) -> ChatResponse:
    """Hold the conversation against every invariant; returns the terminal event of the first turn.

    A step that an `overtaken` execution wrote may read otherwise than what the next one had streamed by then. Clients
    are `deaf` where sends failed for good: text that is not told live is told when it is complete.
    """
    log = await _titled(cell)
    log.assert_sound()
    ends = _one_turn_per_question(cell, log)
    _floor_is_free(log)
    _went_on_by_itself(cell, ends)
    calls = await cell.doors.calls(cell.marker)
    _calls_are_closed(log)
    _one_effect_per_call(log, calls)
    for client in cell.clients:
        await _everything_was_published(client, log)
        _client_saw_it_all(client, log, await cell.read_again(client))
        _nothing_of_others_was_read(client, log)
        assert overtaken or client.fold.misread == [], "live text that the message did not turn out to have"
        assert deaf or client.fold.unheard(client.principal) == [], "text that was not told while it was written"
    answers = [end["response"] for end in cell.client.fold.durable if _answered(end)]
    assert set(answers) <= {ANSWER, SECOND_THOUGHTS}
    if cell.outside is not None:
        assert {event["type"] for event in cell.outside.events} == {"connection.ack"}, "a stranger got something"
    return ends[0]


async def _titled(cell: Cell) -> Audit:
    """Return the log when nothing will be added to it: a title comes behind the end of the first answered turn."""
    ends = time.monotonic() + LATE_S
    log = await cell.log()
    while _awaits_title(log) and time.monotonic() < ends:
        await asyncio.sleep(0.1)
        log = await cell.log()
    return log


def _awaits_title(log: Audit) -> bool:
    answered = any(isinstance(event, ChatResponse) and event.status == "completed" for event in log.events)
    return answered and log.head.group is None and log.head.title_by == "first_words" and log.head.title_tries == 0


def _one_turn_per_question(cell: Cell, log: Audit) -> list[ChatResponse]:
    asked = [event for event in log.events if isinstance(event, MessageCreated)]
    assert [event.client_message_id for event in asked] == cell.asked
    turns = [event.turn_id for event in asked]
    assert [event.turn_id for event in log.events if isinstance(event, TurnStarted)] == turns
    ends = [event for event in log.events if isinstance(event, ChatResponse)]
    assert [end.turn_id for end in ends] == turns, "one terminal event each, in the order of the questions"
    said = [event for event in log.events if not isinstance(event, TitleUpdated | ChartCreated | AnswerChecked)]
    assert said[-1] == ends[-1], "nothing but what is made of an answer follows the last terminal event"
    return ends


def _floor_is_free(log: Audit) -> None:
    assert log.head.active_turn is None
    assert log.head.queue == ()
    assert log.head.claim is None


def _went_on_by_itself(cell: Cell, ends: list[ChatResponse]) -> None:
    """What was delivered again did all of it; the sweeper is for what nothing is left of."""
    swept = [line for line in cell.stack.output.splitlines() if "sweeper" in line]
    assert [line for line in swept if any(end.turn_id in line for end in ends)] == []


def _calls_are_closed(log: Audit) -> None:
    asked = [part.call_id for part in _asked(log)]
    completed = [event.call_id for event in log.events if isinstance(event, ToolCallCompleted)]
    started = [event.call_id for event in log.events if isinstance(event, ToolCallStarted)]
    assert sorted(completed) == sorted(asked)
    assert Counter(started) <= Counter(asked)


def _asked(log: Audit) -> list[ToolCallPart]:
    steps = (event for event in log.events if isinstance(event, MessageCompleted))
    return [part for step in steps for part in step.parts if isinstance(part, ToolCallPart)]


def _one_effect_per_call(log: Audit, calls: list[dict[str, Any]]) -> None:
    """A tool that may not be called twice ran once if its call is said to be completed, else once or not at all."""
    for event in log.events:
        if not isinstance(event, ToolCallCompleted) or not event.server:
            continue
        ran = sum(call["executed"] for call in calls if call["tool"] == event.tool)
        if event.tool == WRITES:
            assert ran <= 1, f"the effect happened {ran} times"
        if event.status == "completed":
            assert ran >= 1, "a call that never ran is said to be completed"


async def _everything_was_published(client: LiveClient, log: Audit) -> None:
    """Whoever appended an event is not done until it is sent: nothing is left to a client's `sync`."""
    wanted = {event.seq for event in log.events if event.seq > client.opened_at}
    await client.until(lambda: {event["seq"] for event in client.live_durable()} >= wanted, PUBLISHED_S)


def _client_saw_it_all(client: LiveClient, log: Audit, read_again: list[Event]) -> None:
    """What was folded from live events is what a newcomer folds, and what the log says to this person."""
    fold, reader = client.fold, Reader(principal=client.principal)
    assert fold.durable == read_again
    told = [event if log.head.group is None else for_reader(event, reader) for event in log.events]
    assert [_without_response(event) for event in fold.durable] == [_as_wire(event) for event in told]
    said = {event["message_id"]: text_of(event) for event in fold.durable if event["type"] == "message.completed"}
    for end in (event for event in fold.durable if event["type"] == "chat_response"):
        assert end["response"] == (said[end["message_id"]] if end["message_id"] else "")


def _answered(event: Event) -> bool:
    return event["type"] == "chat_response" and event["status"] == "completed"


def _nothing_of_others_was_read(client: LiveClient, log: Audit) -> None:
    """Whose step it is not, got not one word of it while it was written."""
    steps = {event.message_id: event for event in log.events if isinstance(event, MessageCompleted)}
    for message_id in client.fold.live:
        step = steps.get(message_id)
        if step is not None and step.audience is not None and step.others_see == "nothing":
            assert client.principal in step.audience, "text of somebody else's answer"


def _as_wire(event: VisibleEvent) -> Event:
    return _without_response(event.model_dump(mode="json"))


def _without_response(event: Event) -> Event:
    """The answer's text is filled in when the terminal event is sent."""
    return {name: value for name, value in event.items() if name != "response"}


async def as_told(cell: Cell, end: ChatResponse, told: tuple[str, ...], ran: int | None) -> None:
    """Hold the end against what this cell is to end as; `ran` is how often its tool has run then, if certain."""
    assert end.status == "completed"
    assert tuple(tool.status for tool in end.tool_feedback) == told
    if ran is not None:
        await _comes_to(cell, ran)


async def _comes_to(cell: Cell, ran: int) -> None:
    """Wait until the tool ran so often: what was held or delayed runs when the turn has long ended."""
    ends = time.monotonic() + LATE_S
    times = await _times(cell)
    while times < ran and time.monotonic() < ends:
        await asyncio.sleep(0.1)
        times = await _times(cell)
    assert times == ran


async def _times(cell: Cell) -> int:
    return sum(call["executed"] for call in await cell.doors.calls(cell.marker))
