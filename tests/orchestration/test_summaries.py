"""The activity that writes a summary: whatever goes wrong, the old one stays."""

import logging
from dataclasses import dataclass, replace

import pytest

from orchestration import summaries
from orchestration.context import history
from orchestration.context_summary import AGAIN_AFTER_EVENTS
from orchestration.summaries import SummaryDependencies, SummaryRequest, SummaryResult, write_summary
from shared.errors import ModelFailed, ModelUnavailable
from shared.event_log.documents import SummaryDocument
from shared.event_log.shapes import Draft, NewEvent
from shared.model import ModelCompleted, TextDelta, ToolRequested, UserText
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCreated, TurnStarted
from shared.protocol.shapes import SYSTEM, Usage
from shared.summaries import Summaries
from shared.usage.account import day_of
from shared.usage.documents import person_account
from shared.usage.ledger import THE_APP
from tests.orchestration.steps import forever
from tests.orchestration.turns import Turn
from tests.support.doubles import Happening, answer
from tests.support.side_calls import UTILITY, side_calls_of

USAGE = Usage(input_tokens=10, output_tokens=5)


@dataclass(slots=True)
class Stage:
    """A conversation of one ended turn and one that runs, and what its summary is written with."""

    deps: SummaryDependencies
    request: SummaryRequest
    now: Turn

    async def write(self, *script: Happening) -> SummaryResult:
        if script:
            self.now.world.model.scripts.append(list(script))
        return await write_summary(self.deps, self.request)

    async def stored(self) -> SummaryDocument | None:
        return await self.deps.summaries.read(self.request.conversation_id)


@pytest.fixture
async def stage(turn: Turn) -> Stage:
    await turn.step(0, *answer("It grows."))
    await turn.finish()
    through_seq = (await turn.world.head(turn.session_id)).seq
    now = await turn.next_turn()
    calls = side_calls_of(turn.world)
    deps = SummaryDependencies(log=turn.world.log, summaries=Summaries(turn.world.cosmos), calls=calls)
    request = SummaryRequest(conversation_id=turn.session_id, question_seq=now.question_seq, through_seq=through_seq)
    return Stage(deps, request, now)


async def test_a_summary_is_written_with_the_utility_model_and_told_from_then_on(stage: Stage) -> None:
    result = await stage.write(
        TextDelta(" Their pipeline "), TextDelta("grows.\n"), ModelCompleted(finish="stop", usage=USAGE)
    )
    assert result == SummaryResult(outcome="written", usage=USAGE)
    ledger, day = stage.deps.calls.ledger, day_of(stage.now.world.clock())
    assert (await ledger.totals(person_account(THE_APP.principal), day)).usage.output_tokens >= USAGE.output_tokens
    assert await stage.stored() == SummaryDocument(
        through_seq=stage.request.through_seq, text="Their pipeline grows.", untrusted_from=()
    )
    asked = stage.now.world.model.requests[-1]
    assert asked.model == UTILITY
    record = await stage.deps.log.record(stage.request.conversation_id)
    first, question = history(record, stage.now.turn_id)
    assert isinstance(first, UserText)
    assert "Their pipeline grows." in first.text
    assert question == UserText("And then?")


async def test_a_second_execution_asks_nobody_and_changes_nothing(stage: Stage) -> None:
    await stage.write(*answer("Notes."))
    assert await stage.write() == SummaryResult(outcome="kept")
    assert (await stage.stored()) == SummaryDocument(
        through_seq=stage.request.through_seq, text="Notes.", untrusted_from=()
    )


async def test_a_summary_that_was_overtaken_is_not_stored(stage: Stage) -> None:
    further = SummaryDocument(through_seq=stage.request.through_seq + 1, text="Further.")

    async def overtake() -> None:
        await stage.deps.summaries.write(stage.request.conversation_id, further)

    assert (await stage.write(overtake, *answer("Late."))).outcome == "kept"
    assert await stage.stored() == further


async def test_a_summary_cut_by_the_token_limit_is_better_than_none(stage: Stage) -> None:
    assert (await stage.write(TextDelta("Long"), ModelCompleted(finish="length", usage=USAGE))).outcome == "written"


@pytest.mark.parametrize(
    ("script", "usage", "said"),
    [
        ([ModelUnavailable("The model is busy.")], Usage(), "busy"),
        ([TextDelta("Half"), ModelUnavailable("The model went away.")], Usage(), "went away"),
        ([ModelFailed("Refused.", code=ErrorCode.CONTENT_FILTERED)], Usage(), "Refused"),
        ([TextDelta("Half"), ModelCompleted(finish="content_filter", usage=USAGE)], USAGE, "content_filter"),
        ([TextDelta(" \n"), ModelCompleted(finish="stop", usage=USAGE)], USAGE, "no summary"),
        (
            [ToolRequested(name="crm__write", arguments="{}"), ModelCompleted(finish="tools", usage=USAGE)],
            USAGE,
            "tools",
        ),
        ([TextDelta("No end")], Usage(), "None"),
    ],
)
async def test_what_goes_wrong_leaves_the_old_summary_and_is_logged_once(
    stage: Stage, caplog: pytest.LogCaptureFixture, script: list[Happening], usage: Usage, said: str
) -> None:
    old = SummaryDocument(through_seq=1, text="Old.")
    await stage.deps.summaries.write(stage.request.conversation_id, old)
    asked = len(stage.now.world.model.requests)
    with caplog.at_level(logging.WARNING, logger="orchestration.summaries"):
        assert await stage.write(*script) == SummaryResult(outcome="failed", usage=usage)
    (logged,) = [entry for entry in caplog.records if entry.name == "orchestration.summaries"]
    assert said in logged.getMessage()
    assert await stage.stored() == old
    assert len(stage.now.world.model.requests) == asked + 1


@pytest.mark.parametrize(
    ("script", "put_off"),
    [
        ([ModelFailed("Refused.", code=ErrorCode.CONTENT_FILTERED)], True),
        ([TextDelta("Half"), ModelCompleted(finish="content_filter", usage=USAGE)], True),
        ([ModelUnavailable("The model is busy.")], False),
        (answer("Notes."), False),
    ],
)
async def test_a_text_the_model_writes_no_summary_of_is_not_sent_to_it_with_every_turn(
    stage: Stage, script: list[Happening], *, put_off: bool
) -> None:
    await stage.write(*script)
    head = await stage.now.world.head(stage.request.conversation_id)
    assert head.summary_after == (head.seq + AGAIN_AFTER_EVENTS if put_off else 0)


async def test_a_model_that_never_ends_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "TIMEOUT_S", 0.05)
    assert (await stage.write(TextDelta("Half"), forever)).outcome == "failed"
    assert await stage.stored() is None
    assert stage.now.world.model.closed == len(stage.now.world.model.requests)


async def test_a_conversation_that_is_gone_is_no_reason_to_fail(stage: Stage) -> None:
    stage.request = replace(stage.request, conversation_id="s_gone")
    assert await stage.write() == SummaryResult(outcome="failed")


async def test_a_request_that_a_replaced_question_made_outdated_writes_nothing(stage: Stage) -> None:
    first = (await stage.deps.log.record(stage.request.conversation_id)).events[0]
    assert isinstance(first, MessageCreated)
    begun = TurnStarted(actor=SYSTEM, turn_id="t_again", replaces=first.turn_id, question_id=first.message_id)
    await stage.deps.log.append(
        stage.request.conversation_id,
        lambda head: Draft(events=(NewEvent(id="t_again.started", event=begun),), head=head),
    )
    assert await stage.write() == SummaryResult(outcome="kept")
    assert await stage.stored() is None


async def test_where_nothing_is_left_to_summarise_an_empty_summary_takes_the_old_ones_place(stage: Stage) -> None:
    stage.request = replace(stage.request, through_seq=2)
    await stage.deps.summaries.write(stage.request.conversation_id, SummaryDocument(through_seq=1, text="Old."))
    assert (await stage.write()).outcome == "written"
    assert await stage.stored() == SummaryDocument(through_seq=2, text="", untrusted_from=())


def test_the_request_crosses_as_text() -> None:
    request = SummaryRequest(conversation_id="s_1", question_seq=9, through_seq=4)
    assert SummaryRequest.from_text(request.text()) == request
