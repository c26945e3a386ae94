"""Looking into complaints: what is done leaves the queue, until somebody complains anew or it is taken up again."""

import itertools
import json
from dataclasses import replace
from datetime import date
from typing import Any

import azure.functions as func
import pytest

from api.functions import api_blueprint
from shared.votes import AnswerVote
from tests.support.functions import NO_ENGINES, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
_numbers = itertools.count(1)


def _complaint() -> AnswerVote:
    number = next(_numbers)
    return AnswerVote(
        conversation_id=f"s_reviewed{number}",
        message_id=f"t_{number}.1",
        person="tenant.ada",
        seq=5,
        day="2026-03-02",
        at=f"2026-03-02T10:00:00.{number:03}Z",
        prompt="coach",
        prompt_version="v1",
        roles=("Sales",),
        vote="down",
        note="Wrong sum.",
    )


async def _queue(world: World, of: AnswerVote, **query: str) -> list[dict[str, Any]]:
    handler = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))["api_feedback_reviews"]
    told = json_of(await handler(request("GET", MARCH | query, "good")))
    return [review for review in told["reviews"] if review["conversation_id"] == of.conversation_id]


async def _note(world: World, review: dict[str, Any], method: str, body: object = None) -> func.HttpResponse:
    name = "api_finish_review" if method == "PUT" else "api_reopen_review"
    part, vote_id = review["review"].split("/")[-3:-1]
    data = b"" if body is None else json.dumps(body).encode()
    handler = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[name]
    return await handler(request(method, token="good", path={"part": part, "vote_id": vote_id}, body=data))


async def test_what_was_looked_into_leaves_the_queue_and_stands_with_its_note_among_what_is_done(
    lonely_world: World,
) -> None:
    signed_in(lonely_world, "Admin")
    vote = _complaint()
    await lonely_world.feedback.put(vote)
    (review,) = await _queue(lonely_world, vote)
    assert review["reviewed"] is None
    assert review["review"].startswith("/api/manage/feedback/votes/answer-feedback.2026-03/vote.")

    done = await _note(lonely_world, review, "PUT", {"note": "The CRM was behind."})

    expected = {"at": json_of(done)["at"], "by": "Ada", "note": "The CRM was behind."}
    assert (done.status_code, json_of(done)) == (200, expected)
    assert await _queue(lonely_world, vote) == []
    (review,) = await _queue(lonely_world, vote, done="true")
    assert review["reviewed"] == expected

    assert (await _note(lonely_world, review, "DELETE")).status_code == 204
    (review,) = await _queue(lonely_world, vote)
    assert (review["reviewed"], review["note"]) == (None, "Wrong sum.")


async def test_who_complains_anew_is_looked_into_anew(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    vote = _complaint()
    await lonely_world.feedback.put(vote)
    (review,) = await _queue(lonely_world, vote)
    assert (await _note(lonely_world, review, "PUT")).status_code == 200

    await lonely_world.feedback.put(replace(vote, seq=9, note="Still wrong."))

    (review,) = await _queue(lonely_world, vote)
    assert (review["reviewed"], review["note"]) == (None, "Still wrong.")


async def test_a_note_goes_with_the_conversation_it_is_about(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    vote = _complaint()
    await lonely_world.feedback.put(vote)
    (review,) = await _queue(lonely_world, vote)
    await _note(lonely_world, review, "PUT", {"note": "They meant Contoso."})

    await lonely_world.feedback.forget(vote.conversation_id, date(2026, 3, 1), date(2026, 3, 3))

    part = review["review"].split("/")[-3]
    kept = await lonely_world.cosmos.query("insights", "SELECT * FROM c", {}, part)
    assert "They meant Contoso." not in json.dumps(kept)
    again = await _note(lonely_world, review, "PUT", {"note": "They meant Contoso."})
    assert (again.status_code, json_of(again)["code"]) == (404, "message_not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_nobody_but_an_administrator_says_what_is_done(lonely_world: World, method: str) -> None:
    signed_in(lonely_world, "Admin")
    vote = _complaint()
    await lonely_world.feedback.put(vote)
    (review,) = await _queue(lonely_world, vote)
    signed_in(lonely_world, "Knowledge")
    assert (await _note(lonely_world, review, method)).status_code == 403
