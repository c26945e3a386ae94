"""What was offered beside a turn is there for its asker when they come back, and for nobody else."""

from dataclasses import replace
from typing import Any

import pytest

from shared import ids
from shared.common_questions.approved import Approval
from shared.common_questions.offering import OfferDependencies, offer_answer
from shared.containers import SESSIONS
from shared.event_log.suggestions import KEPT_S
from tests.api.test_beside import ask, staged
from tests.insights.asking import Analysis
from tests.insights.test_analyzer import DISCOUNT
from tests.orchestration.beside import THREE, stage_of
from tests.support.doubles import answer
from tests.support.functions import json_of, signed_in
from tests.support.world import World

WORDS = "Your manager up to 20 percent."


async def _told(world: World, session_id: str, turn_id: str) -> Any:
    return json_of(await ask(world, "session_offers", {"session_id": session_id, "turn_id": turn_id}))


async def test_suggestions_are_told_again_as_they_were_told(world: World) -> None:
    stage, path = await staged(world)
    session_id, turn_id = path["session_id"], stage.turn.turn_id
    told = await _told(world, session_id, turn_id)
    assert (told["answer"], told["taken"]) == (None, False)
    assert told["suggestions"]["type"] == "suggestions.offered"
    assert (told["suggestions"]["turn_id"], told["suggestions"]["suggestions"]) == (turn_id, THREE)
    assert told["suggestions"]["conversation_id"] == session_id
    assert (await _told(world, session_id, "t_other"))["suggestions"] is None
    signed_in(world)
    assert (await _told(world, session_id, turn_id))["code"] == "conversation_not_found"


async def test_what_was_kept_first_stays_and_is_its_askers_alone(world: World) -> None:
    stage = await stage_of(world)
    await stage.go(answer('{"chart": null}'))
    session_id, turn_id, asker = stage.turn.session_id, stage.turn.turn_id, stage.turn.client.principal
    kept = world.log.texts.suggestions
    await kept.keep(session_id, turn_id, asker, ("Another?",))
    assert await kept.of_turn(session_id, turn_id, asker) == tuple(THREE)
    assert await kept.of_turn(session_id, turn_id, "tenant.eve") == ()
    document = await world.cosmos.read(SESSIONS, session_id, ids.suggestions(turn_id))
    assert document is not None
    assert document["ttl"] == KEPT_S


async def test_nothing_is_kept_of_a_conversation_that_was_deleted_meanwhile(world: World) -> None:
    stage = await stage_of(world)
    session_id, turn_id = stage.turn.session_id, stage.turn.turn_id
    await world.erasure.bury(session_id)
    await world.log.texts.suggestions.keep(session_id, turn_id, stage.turn.client.principal, ("Next?",))
    assert await world.cosmos.read(SESSIONS, session_id, ids.suggestions(turn_id)) is None


@pytest.fixture
def analysis(lonely_world: World) -> Analysis:
    return Analysis(lonely_world)


async def test_an_approved_answer_is_told_again_while_that_wording_is_approved(analysis: Analysis) -> None:
    world = analysis.world
    await analysis.ask_all(DISCOUNT)
    (cluster,) = await analysis.clusters()
    approval = Approval(state="approved", text=WORDS, threshold=0.6, version=0, by="tenant.dana", by_name="Dana")
    approved = await analysis.approved.decide(cluster, approval)
    turn = await analysis.ask(DISCOUNT[0], signed_in(world))
    assert (await _told(world, turn.session_id, turn.turn_id))["answer"] is None
    deps = OfferDependencies(
        log=world.log,
        approved=analysis.approved,
        embedder=analysis.embedder,
        embedding_model="embedding-model",
        publisher=world.publisher,
    )
    assert await offer_answer(deps, turn.session_id, turn.turn_id)
    told = await _told(world, turn.session_id, turn.turn_id)
    assert (told["answer"]["text"], told["answer"]["version"], told["taken"]) == (WORDS, 1, False)
    assert (told["answer"]["turn_id"], told["answer"]["approved_at"]) == (turn.turn_id, approved.at)
    await analysis.approved.taken(turn.session_id, turn.turn_id)
    assert (await _told(world, turn.session_id, turn.turn_id))["taken"] is True
    await analysis.approved.decide(cluster, replace(approval, text="Ask Ben.", version=1))
    assert await analysis.approved.offered_beside(turn.session_id, turn.turn_id) is None
