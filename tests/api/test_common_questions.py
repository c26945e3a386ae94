"""Common questions over HTTP: who may look and approve, and how an offered answer is taken."""

import json
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from api.endpoint import RawRequest, answer
from api.endpoints import endpoints
from api.functions import api_blueprint
from shared.common_questions.runs import RunRequest
from tests.insights.asking import Analysis
from tests.insights.test_analyzer import DISCOUNT
from tests.support.functions import NO_ENGINES, functions_of, json_of, runtime_of, signed_in
from tests.support.world import World

ANSWER = {"text": "Your manager does.", "threshold": 0.6}


class _Engine:
    """Takes note of the runs it is asked for."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, RunRequest]] = []

    async def analyze(self, name: str, request: str) -> None:
        self.runs.append((name, RunRequest.from_text(request)))


@pytest.fixture
def analysis(lonely_world: World) -> Analysis:
    return Analysis(lonely_world)


async def _call(
    world: World, name: str, path: dict[str, str] | None = None, body: object = None, if_match: str | None = None
) -> func.HttpResponse:
    method = {"common_questions": "GET", "approved_answer_history": "GET", "approve_answer": "PUT"}.get(name, "POST")
    asked = func.HttpRequest(
        method=method,
        url="/api/x",
        headers={"authorization": "Bearer good"} | ({} if if_match is None else {"if-match": if_match}),
        params={},
        route_params=path or {},
        body=b"" if body is None else json.dumps(body).encode(),
    )
    return await functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[f"api_{name}"](asked)


async def _clustered(analysis: Analysis) -> dict[str, str]:
    await analysis.ask_all(DISCOUNT)
    (found,) = await analysis.clusters()
    return {"cluster_id": found.id}


@pytest.mark.parametrize("name", ["common_questions", "approved_answer_history", "approve_answer", "withdraw_answer"])
async def test_only_knowledge_and_administrators_may(lonely_world: World, name: str) -> None:
    signed_in(lonely_world, "Sales", "Management", "HR")
    body = ANSWER if name == "approve_answer" else None
    assert (await _call(lonely_world, name, {"cluster_id": "cl_x"}, body)).status_code == 403


@pytest.mark.parametrize("role", ["Knowledge", "Admin"])
async def test_clusters_are_told_with_their_figures_and_masked_examples(analysis: Analysis, role: str) -> None:
    await _clustered(analysis)
    await analysis.label("Who approves a discount")
    signed_in(analysis.world, role)
    body = json_of(await _call(analysis.world, "common_questions"))
    (told,) = body["clusters"]
    assert (told["label"], told["size"], told["people"], told["answer"]) == ("Who approves a discount", 6, 6, None)
    assert (len(told["weeks"]), told["weeks"][-1]["count"]) == (12, 6)
    assert body["analyzed_at"] == "2026-03-02T09:00:00.000Z"
    assert "Contoso" not in json.dumps(body)


async def test_an_answer_is_approved_changed_and_withdrawn(analysis: Analysis) -> None:
    path = await _clustered(analysis)
    signed_in(analysis.world, "Knowledge")
    first = await _call(analysis.world, "approve_answer", path, ANSWER)
    assert (first.status_code, json_of(first)["version"], json_of(first)["by"]) == (200, 1, "Ada")
    second = await _call(analysis.world, "approve_answer", path, ANSWER | {"text": "Ask Ben."})
    assert json_of(second)["version"] == 2
    (told,) = json_of(await _call(analysis.world, "common_questions"))["clusters"]
    assert told["answer"]["text"] == "Ask Ben."
    assert (await _call(analysis.world, "withdraw_answer", path)).status_code == 204
    versions = json_of(await _call(analysis.world, "approved_answer_history", path))["versions"]
    assert [(one["version"], one["state"]) for one in versions] == [
        (3, "withdrawn"),
        (2, "approved"),
        (1, "approved"),
    ]


async def test_a_change_is_made_on_the_version_that_was_seen_only(analysis: Analysis) -> None:
    path = await _clustered(analysis)
    signed_in(analysis.world, "Knowledge")
    await _call(analysis.world, "approve_answer", path, ANSWER)
    late = await _call(analysis.world, "approve_answer", path, ANSWER, if_match='"0"')
    assert (late.status_code, json_of(late)["code"]) == (412, "approved_answer_changed")


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "x", "threshold": 2}, {"text": "x", "by": "me"}])
async def test_an_answer_that_cannot_be_offered_is_refused(analysis: Analysis, body: dict[str, Any]) -> None:
    signed_in(analysis.world, "Knowledge")
    assert (await _call(analysis.world, "approve_answer", {"cluster_id": "cl_x"}, body)).status_code == 400


async def test_a_cluster_of_too_few_people_looks_like_a_missing_one(analysis: Analysis) -> None:
    person = analysis.world.person()
    for text in DISCOUNT:
        await analysis.ask(text, person)
    await analysis.clusters()
    (hidden,) = await analysis.questions.clusters()
    signed_in(analysis.world, "Admin")
    for cluster_id in (hidden.id, "cl_none"):
        refused = await _call(analysis.world, "approve_answer", {"cluster_id": cluster_id}, ANSWER)
        assert (refused.status_code, json_of(refused)["code"]) == (404, "cluster_not_found")
    assert json_of(await _call(analysis.world, "common_questions"))["clusters"] == []


async def test_what_was_offered_is_taken_by_its_asker_alone(analysis: Analysis) -> None:
    me = signed_in(analysis.world)
    turn = await analysis.ask(DISCOUNT[0], me)
    path = {"session_id": turn.session_id, "turn_id": turn.turn_id}
    nothing = await _call(analysis.world, "take_approved_answer", path)
    assert (nothing.status_code, json_of(nothing)["code"]) == (404, "turn_not_found")
    signed_in(analysis.world)
    foreign = await _call(analysis.world, "take_approved_answer", path)
    assert json_of(foreign)["code"] == "conversation_not_found"


async def test_a_run_is_begun_once_a_minute_and_only_where_vectors_can_be_made(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    engine = _Engine()
    runtime = runtime_of(lonely_world)
    raw = RawRequest(path={}, query={}, headers={"authorization": "Bearer good"}, body=b"", engine=engine)  # pyright: ignore[reportArgumentType] - the one method that is asked for
    (run,) = (one for one in endpoints(runtime) if one.name == "analyze_questions")
    reply = await answer(run, raw, runtime.validator, runtime.security)
    assert reply.status == 202
    assert [(name, request.holder) for name, request in engine.runs] == [(engine.runs[0][0], engine.runs[0][0])]
    without = replace(runtime, settings=runtime.settings.model_copy(update={"azure_openai_embedding_model": ""}))
    (run,) = (one for one in endpoints(without) if one.name == "analyze_questions")
    assert (await answer(run, raw, runtime.validator, runtime.security)).status == 500
    assert len(engine.runs) == 1
