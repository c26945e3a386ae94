"""Charts, timelines, summaries and the review queue over HTTP: for whom they are, and for nobody else."""

import json
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from api.functions import api_blueprint
from shared import ids
from shared.protocol.beside import ChartCreated
from tests.orchestration.beside import Stage, chart, stage_of
from tests.support.doubles import answer
from tests.support.functions import NO_ENGINES, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World


async def ask(
    world: World, name: str, path: dict[str, str], method: str = "GET", body: object = None, **roles: frozenset[str]
) -> func.HttpResponse:
    world.tokens.known["good"] = replace(world.tokens.known["good"], **roles)
    data = b"" if body is None else json.dumps(body).encode()
    handler = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[f"api_{name}"]
    return await handler(request(method, token="good", path=path, body=data))


async def staged(world: World) -> tuple[Stage, dict[str, str]]:
    signed_in(world)
    stage = await stage_of(world, "Proposal holds EUR 226,500 of 999,999.")
    world.tokens.known["good"] = replace(world.tokens.known["good"], id=stage.turn.client.principal)
    await stage.go(answer(chart(stage.call_id)))
    return stage, {"session_id": stage.turn.session_id}


async def test_a_chart_is_told_as_vega_lite_and_its_rows_as_csv(world: World) -> None:
    stage, path = await staged(world)
    (made,) = await stage.made(ChartCreated)
    told = json_of(await ask(world, "session_chart", path | {"chart_id": made.chart_id}))
    assert told["rows"] == [["Proposal", 226500], ["Discovery", 90000]]
    assert told["vega_lite"]["data"]["values"] == [{"c0": "Proposal", "c1": 226500}, {"c0": "Discovery", "c1": 90000}]
    as_csv = await ask(world, "session_chart", path | {"chart_id": f"{made.chart_id}.csv"})
    assert as_csv.get_body() == b"stage,Sum of amount\r\nProposal,226500\r\nDiscovery,90000\r\n"
    assert as_csv.mimetype.startswith("text/csv")
    missing = await ask(world, "session_chart", path | {"chart_id": ids.step_message(stage.turn.turn_id, 1)})
    assert (missing.status_code, json_of(missing)["code"]) == (404, "message_not_found")


async def test_nobody_elses_chart_turn_or_summary_is_told(world: World) -> None:
    stage, path = await staged(world)
    signed_in(world)
    for name, rest, method in (
        ("session_chart", {"chart_id": f"{stage.turn.turn_id}.chart"}, "GET"),
        ("session_turn", {"turn_id": stage.turn.turn_id}, "GET"),
        ("summarise_session", {}, "POST"),
    ):
        told = await ask(world, name, path | rest, method)
        assert (told.status_code, json_of(told)["code"]) == (404, "conversation_not_found"), name


async def test_a_timeline_tells_steps_calls_times_tokens_and_prompt(world: World) -> None:
    stage, path = await staged(world)
    told = json_of(await ask(world, "session_turn", path | {"turn_id": stage.turn.turn_id}))
    assert told["status"] == "completed"
    assert [step["finish"] for step in told["steps"]] == ["tools", "stop"]
    (call,) = told["steps"][0]["calls"]
    assert (call["tool"], call["status"], call["ms"], call["charted"]) == ("find", "completed", 5, True)
    assert told["usage"]["input_tokens"] == sum(step["usage"]["input_tokens"] for step in told["steps"])
    assert [known["prompt"] for known in told["manifests"]] == ["coach"]
    assert told["unmatched"] == ["999,999"]
    missing = await ask(world, "session_turn", path | {"turn_id": "t_1"})
    assert (missing.status_code, json_of(missing)["code"]) == (404, "turn_not_found")


async def test_an_administrator_reviews_complaints_without_reading_the_conversation(world: World) -> None:
    stage, path = await staged(world)
    turn, message_id = stage.turn, ids.step_message(stage.turn.turn_id, 1)
    told = {"conversation_id": turn.session_id, "message_id": message_id, "vote": "down", "note": "Wrong sum."}
    await turn.client.send({"type": "feedback.record", **told})
    signed_in(world)
    refused = await ask(world, "feedback_reviews", {}, roles=frozenset({"Sales"}))
    assert refused.status_code == 403
    queue = json_of(await ask(world, "feedback_reviews", {}, roles=frozenset({"Admin"})))["reviews"]
    (review,) = [review for review in queue if review["conversation_id"] == turn.session_id]
    assert (review["turn_id"], review["vote"], review["note"]) == (turn.turn_id, "down", "Wrong sum.")
    place = {"conversation_id": turn.session_id, "turn_id": review["turn_id"]}
    seen = json_of(await ask(world, "reviewed_turn", place, roles=frozenset({"Admin"})))
    assert [step["finish"] for step in seen["steps"]] == ["tools", "stop"]
    assert seen["unmatched"] == []
    for secret in ("226,500", "226500", "Plant", "pipeline?"):
        assert secret not in json.dumps(seen)
    assert path["session_id"] not in json.dumps(seen)


@pytest.mark.parametrize("body", [{}, {"from_seq": 1, "to_seq": 5}])
async def test_a_summary_tells_lines_that_rest_on_messages(world: World, body: dict[str, Any]) -> None:
    stage, path = await staged(world)
    (found,) = [e for e in await stage.turn.world.events(path["session_id"]) if e.type == "chat_response"]
    at = f"m{found.seq - 1}"
    said = {
        "points": [{"text": "They looked at the pipeline.", "messages": ["m1"]}],
        "numbers": [{"text": "Proposal: 226,500.", "messages": [at]}, {"text": "In all 1,000.", "messages": [at]}],
        "commitments": [{"text": "Nobody said that.", "messages": ["m99"]}],
    }
    world.model.scripts.append(answer(json.dumps(said)))
    told = json_of(await ask(world, "summarise_session", path, "POST", body))
    whole = not body
    assert (told["written"], told["messages"]) == (True, 2 if whole else 1)
    assert [line["text"] for line in told["points"]] == ["They looked at the pipeline."]
    wanted = [ids.step_message(stage.turn.turn_id, 1)] if whole else []
    assert [line["messages"][0] for line in told["numbers"]] == wanted
    assert told["commitments"] == []


async def test_an_export_holds_charts_with_their_rows_and_words(world: World) -> None:
    stage, path = await staged(world)
    (made,) = await stage.made(ChartCreated)
    exported = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))["api_export_session"]
    as_json, as_markdown = [
        await exported(request("GET", token="good", path=path, params={"format": kind}))
        for kind in ("json", "markdown")
    ]
    (chart_told,) = [chart for message in json_of(as_json)["messages"] for chart in message["charts"]]
    assert (chart_told["chart_id"], chart_told["alt"]) == (made.chart_id, made.alt)
    assert chart_told["rows"] == [["Proposal", 226500], ["Discovery", 90000]]
    assert chart_told["vega_lite"]["data"]["values"][1] == {"c0": "Discovery", "c1": 90000}
    lines = as_markdown.get_body().decode().splitlines()
    title = lines.index("**Pipeline by stage**")
    assert lines[title + 2] == "Bar chart: Sum of amount by stage, 2 values. Proposal: 226,500; Discovery: 90,000."
    table = ["| stage | Sum of amount |", "| --- | ---: |", "| Proposal | 226500 |", "| Discovery | 90000 |"]
    assert lines[title + 4 : title + 8] == table
