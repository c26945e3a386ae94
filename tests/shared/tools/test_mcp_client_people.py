"""Calls in which a person takes part: questions, pages to open, progress, and giving up. Real servers, both eras."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import pytest

from shared.tools.outcome import Continuation, InputAnswer, InputNeeded, InputRequest, ToolOutcome
from tests.shared.tools.calling import CALLER, called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import LEGACY, MODERN
from tests.shared.tools.sdk_server import PAGE, SdkServer, sdk_server

DAY = '{"day": "Monday"}'


@dataclass
class Observer:
    """Remembers what it is told, and answers as told."""

    answer: Callable[[InputRequest], InputAnswer] | None = None
    steps: list[tuple[float, float | None, str | None]] = field(
        default_factory=list[tuple[float, float | None, str | None]]
    )
    asked: list[InputRequest] = field(default_factory=list[InputRequest])
    broken: bool = False

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        self.steps.append((progress, total, message))
        if self.broken:
            raise RuntimeError("the hub is away")

    async def ask(self, request: InputRequest) -> InputAnswer:
        self.asked.append(request)
        assert self.answer is not None
        return self.answer(request)


@pytest.fixture(params=[MODERN, LEGACY])
async def either(request: pytest.FixtureRequest) -> AsyncGenerator[SdkServer]:
    async with sdk_server(era=request.param) as running:
        yield running


@pytest.fixture
async def modern() -> AsyncGenerator[SdkServer]:
    async with sdk_server() as running:
        yield running


@pytest.fixture
async def legacy() -> AsyncGenerator[SdkServer]:
    async with sdk_server(era=LEGACY) as running:
        yield running


def accepts(request: InputRequest) -> InputAnswer:
    return InputAnswer(key=request.key, action="accept", values='{"count": 3, "window": true}')


async def test_a_form_is_handed_out_and_its_answer_ends_the_call(modern: SdkServer, make_tools: MakeTools) -> None:
    catalog = modern.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    needed = await tools.call(spec, "book", DAY, CALLER, 5)
    assert isinstance(needed, InputNeeded)
    (asked,) = needed.requests
    assert (asked.kind, asked.message, asked.url) == ("form", "How many seats on Monday?", None)
    assert json.loads(asked.schema or "")["properties"]["count"]["type"] == "integer"
    assert not needed.restarted
    given = Continuation(answers=(accepts(asked),), state=needed.state)
    outcome = await tools.call(spec, "book", DAY, CALLER, 5, continuation=given)
    assert isinstance(outcome, ToolOutcome)
    assert (outcome.status, outcome.text) == ("completed", '3 seats on Monday\n{"result":"3 seats on Monday"}')
    assert modern.told.booked == [("Monday", 3, True)]


async def test_a_declined_form_ends_the_call_without_its_effect(modern: SdkServer, make_tools: MakeTools) -> None:
    catalog = modern.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    needed = await tools.call(spec, "book", DAY, CALLER, 5)
    assert isinstance(needed, InputNeeded)
    declined = InputAnswer(key=needed.requests[0].key, action="decline")
    given = Continuation(answers=(declined,), state=needed.state)
    outcome = await tools.call(spec, "book", DAY, CALLER, 5, continuation=given)
    assert isinstance(outcome, ToolOutcome)
    assert (outcome.status, outcome.is_error) == ("failed", True)
    assert modern.told.booked == []


async def test_a_state_from_before_a_restart_begins_the_call_anew(make_tools: MakeTools) -> None:
    async with sdk_server(secret=b"a" * 32) as first:
        catalog = first.catalog()
        tools, spec = make_tools(catalog), catalog.servers["scripted"]
        needed = await tools.call(spec, "book", DAY, CALLER, 5)
    assert isinstance(needed, InputNeeded)
    given = Continuation(answers=(accepts(needed.requests[0]),), state=needed.state)
    port = int(first.url.split(":")[2].split("/")[0])
    async with sdk_server(secret=b"b" * 32, port=port) as second:
        again = await tools.call(spec, "book", DAY, CALLER, 5, continuation=given)
        assert isinstance(again, InputNeeded)
        assert again.restarted
        assert again.state not in (None, needed.state)
        assert again.requests == needed.requests
        given = Continuation(answers=given.answers, state=again.state)
        outcome = await tools.call(spec, "book", DAY, CALLER, 5, continuation=given)
        assert isinstance(outcome, ToolOutcome)
        assert outcome.status == "completed"
        assert second.told.booked == [("Monday", 3, True)]


async def test_a_page_to_open_is_handed_out_in_either_era(either: SdkServer, make_tools: MakeTools) -> None:
    catalog = either.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    needed = await tools.call(spec, "pay", "{}", CALLER, 5)
    assert isinstance(needed, InputNeeded)
    assert needed.requests == (InputRequest(key="page", kind="url", message="Confirm the payment.", url=PAGE),)
    given = Continuation(answers=(InputAnswer(key="page", action="accept"),), state=needed.state)
    outcome = await tools.call(spec, "pay", "{}", CALLER, 5, continuation=given)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.text.startswith("paid")


async def test_a_page_nobody_opened_ends_a_call_of_the_handshake_era_unsent(
    legacy: SdkServer, make_tools: MakeTools
) -> None:
    catalog = legacy.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    assert isinstance(await tools.call(spec, "pay", "{}", CALLER, 5), InputNeeded)
    given = Continuation(answers=(InputAnswer(key="page", action="decline"),), state=None)
    outcome = await tools.call(spec, "pay", "{}", CALLER, 5, continuation=given)
    assert isinstance(outcome, ToolOutcome)
    assert (outcome.status, outcome.is_error) == ("failed", False)
    assert "did not agree" in outcome.text


async def test_in_the_handshake_era_the_observer_is_asked_while_the_server_waits(
    legacy: SdkServer, make_tools: MakeTools
) -> None:
    catalog = legacy.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    observer = Observer(answer=accepts)
    outcome = await tools.call(spec, "book", DAY, CALLER, 5, observer=observer)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.text.startswith("3 seats on Monday")
    (asked,) = observer.asked
    assert (asked.kind, asked.message) == ("form", "How many seats on Monday?")
    assert json.loads(asked.schema or "")["properties"].keys() == {"count", "window"}


async def test_a_persons_time_does_not_count_as_the_servers(legacy: SdkServer, make_tools: MakeTools) -> None:
    class Slow(Observer):
        async def ask(self, request: InputRequest) -> InputAnswer:
            await asyncio.sleep(1.2)
            return accepts(request)

    catalog = legacy.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await called(tools, spec, "count", '{"steps": 1}')
    outcome = await tools.call(spec, "book", DAY, CALLER, 0.7, observer=Slow())
    assert isinstance(outcome, ToolOutcome)
    assert outcome.status == "completed"


async def test_without_an_observer_a_server_that_asks_is_declined(legacy: SdkServer, make_tools: MakeTools) -> None:
    catalog = legacy.catalog()
    outcome = await called(make_tools(catalog), catalog.servers["scripted"], "book", DAY)
    assert (outcome.status, outcome.is_error) == ("failed", True)
    assert legacy.told.booked == []


async def test_answers_that_fit_no_form_are_not_sent(modern: SdkServer, make_tools: MakeTools) -> None:
    catalog = modern.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    wrong = InputAnswer(key="seats", action="accept", values='{"count": {"deep": 1}}')
    given = Continuation(answers=(wrong,), state="s")
    outcome = await tools.call(spec, "book", DAY, CALLER, 5, continuation=given)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.text == "The tool was not called: the answers fit no form."


@pytest.mark.parametrize("broken", [False, True])
async def test_progress_reaches_the_observer_and_never_breaks_the_call(
    either: SdkServer, make_tools: MakeTools, *, broken: bool
) -> None:
    catalog = either.catalog()
    observer = Observer(broken=broken)
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    outcome = await tools.call(spec, "count", '{"steps": 50}', CALLER, 5, observer=observer)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.status == "completed"
    assert observer.steps[0] == (1, 50, "step 1")
    assert len(observer.steps) < 10, "as often as a person can see"


async def test_a_cancelled_call_cancels_the_servers_handler(either: SdkServer, make_tools: MakeTools) -> None:
    catalog = either.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    task = asyncio.create_task(called(tools, spec, "wait"))
    await asyncio.wait_for(either.told.started.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
    await asyncio.wait_for(either.told.cancelled.wait(), 2)


@pytest.mark.parametrize("observer", [None, Observer()], ids=["alone", "observed"])
async def test_a_call_past_its_deadline_cancels_the_servers_handler(
    either: SdkServer, make_tools: MakeTools, observer: Observer | None
) -> None:
    catalog = either.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    await called(tools, spec, "count", '{"steps": 1}')
    outcome = await tools.call(spec, "wait", "{}", CALLER, 0.3, observer=observer)
    assert isinstance(outcome, ToolOutcome)
    assert outcome.status == "unknown"
    assert outcome.ms < 1500
    await asyncio.wait_for(either.told.cancelled.wait(), 2)
