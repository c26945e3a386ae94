"""What follows an answer: a chart that the server computes, checked figures, suggestions; told to who may see them."""

import json

import pytest

from shared import ids
from shared.errors import ModelFailed, ModelUnavailable
from shared.protocol.beside import AnswerChecked, ChartCreated, ChartMeasure
from shared.protocol.durable import ToolCallCompleted
from shared.usage.accounts import Accounts
from shared.usage.documents import person_account
from tests.orchestration.beside import THREE, Stage, chart, stage_of
from tests.orchestration.turns import new_turn
from tests.support.doubles import Happening, answer
from tests.support.world import World


async def test_a_proposed_chart_is_computed_stored_once_and_told(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(answer(chart(stage.call_id)))
    (made,) = await stage.made(ChartCreated)
    assert made.rows == (("Proposal", 226500), ("Discovery", 90000))
    assert made.columns == ("stage", "Sum of amount")
    assert (made.message_id, made.call_id, made.tool) == (
        ids.step_message(stage.turn.turn_id, 1),
        stage.call_id,
        "find",
    )
    assert made.measure == ChartMeasure(place="stage", bucket="none", aggregate="sum", value="amount", unit=None)
    assert made.alt == "Bar chart: Sum of amount by stage, 2 values. Proposal: 226,500; Discovery: 90,000."
    assert made.audience is None
    assert stage.turn.world.hub.types(ids.audience_group(stage.turn.session_id))[-1] == "chart.created"
    assert await stage.made(AnswerChecked) == []
    await stage.go()
    assert len(await stage.made(ChartCreated)) == 1


async def test_the_model_is_told_columns_and_may_only_point(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(answer('{"chart": null}'))
    asked = stage.model.charts.requests[0]
    assert asked.model == "utility-model"
    schema = json.loads(asked.answer_schema or "")["properties"]["chart"]["anyOf"][0]["properties"]
    assert schema["pointer"]["enum"] == ["/deals"]
    assert schema["x"]["enum"] == ["/amount", "/close", "/name", "/stage"]
    assert await stage.made(ChartCreated) == []


async def test_a_refused_proposal_may_be_put_right_once(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(answer(chart(stage.call_id, y="/name")), answer(chart(stage.call_id)))
    assert [made.rows[0] for made in await stage.made(ChartCreated)] == [("Proposal", 226500)]
    said = str(stage.model.charts.requests[1].items[-1])
    assert "/name does not hold numbers" in said
    other = await stage_of(world)
    wrong = answer(chart(other.call_id, pointer="/elsewhere"))
    await other.go(wrong, wrong)
    assert await other.made(ChartCreated) == []


@pytest.mark.parametrize("title", ["Pipeline of 999,999 by stage", "*** [] <>"])
async def test_a_title_with_a_number_of_its_own_is_refused(world: World, title: str) -> None:
    stage = await stage_of(world)
    wrong = answer(chart(stage.call_id, title=title))
    await stage.go(wrong, wrong)
    assert await stage.made(ChartCreated) == []


async def test_figures_that_no_result_holds_are_marked(world: World) -> None:
    stage = await stage_of(
        world, "Proposal has 226,500, that is 72 %; Discovery 95k. All in all EUR 316.5k of 1,234,567."
    )
    await stage.go(answer('{"chart": null}'))
    (found,) = await stage.made(AnswerChecked)
    assert found.unmatched == ("95k", "1,234,567")
    assert found.figures == 5


async def test_links_are_held_against_all_that_the_tools_returned(world: World) -> None:
    pages = {"pages": [{"url": f"https://x.example/{number}", "title": f"Page {number}"} for number in range(2_000)]}
    stage = await stage_of(world, "See [it](https://x.example/1999) and [that](https://y.example/).", pages)
    (call,) = await stage.made(ToolCallCompleted)
    assert call.result_ref is not None, "it is too large for the log"
    await stage.go()
    (found,) = await stage.made(AnswerChecked)
    assert [(source.links, source.title, source.tool) for source in found.sources] == [
        (("https://x.example/1999",), "Page 1999", "find")
    ]
    assert (found.unsourced, found.figures, found.audience) == (("https://y.example/",), 0, None)
    assert stage.turn.world.hub.types(ids.audience_group(stage.turn.session_id))[-1] == "answer.checked"
    await stage.go()
    assert len(await stage.made(AnswerChecked)) == 1


async def test_a_link_of_an_answer_without_tools_has_no_source(world: World) -> None:
    turn = await new_turn(world)
    await turn.step(0, *answer("Look at https://x.example/."))
    await turn.finish()
    stage = Stage(turn, "")
    await stage.go()
    (found,) = await stage.made(AnswerChecked)
    assert (found.sources, found.unsourced) == ((), ("https://x.example/",))


async def test_a_turn_without_tables_gets_suggestions_alone_for_the_askers_role(world: World) -> None:
    stage = await stage_of(world, "About 12,345 things.", {"found": False})
    await stage.go()
    assert stage.offered() == [THREE]
    assert await stage.made(AnswerChecked) == []
    assert "role: Sales." in stage.model.suggestions.requests[0].instructions


@pytest.mark.parametrize(
    "failure",
    [[ModelUnavailable("busy")], [ModelFailed("no")], answer("{}"), answer('{"suggestions": ["One?", "One?", " "]}')],
)
async def test_without_three_suggestions_there_are_none(world: World, failure: list[Happening]) -> None:
    stage = await stage_of(world, result={})
    await stage.go(suggested=failure)
    assert stage.offered() == []


async def test_where_nobody_shows_suggestions_none_are_made_and_nothing_is_held_or_counted(world: World) -> None:
    stage = await stage_of(world, result={})
    account = Accounts(world.cosmos, world.clock)
    owner, day = person_account(stage.turn.client.principal), world.clock().date().isoformat()
    before = await account.totals(owner, day)
    await stage.go(suggests=False)
    assert (stage.offered(), stage.model.suggestions.requests) == ([], [])
    assert await account.totals(owner, day) == before


async def test_a_chart_is_made_whoever_asked(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(answer(chart(stage.call_id)), suggests=False)
    assert len(await stage.made(ChartCreated)) == 1
    assert stage.offered() == []


async def test_a_turn_that_did_not_end_well_gets_nothing(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(status="failed")
    assert (stage.model.charts.requests, stage.model.suggestions.requests) == ([], [])


async def test_what_it_took_is_counted_and_makes_no_turn(world: World) -> None:
    stage = await stage_of(world)
    account = Accounts(world.cosmos, world.clock)
    owner, day = person_account(stage.turn.client.principal), world.clock().date().isoformat()
    before = await account.totals(owner, day)
    await stage.go(answer('{"chart": null}'))
    after = await account.totals(owner, day)
    assert after.turns == before.turns
    assert after.usage.input_tokens > before.usage.input_tokens
