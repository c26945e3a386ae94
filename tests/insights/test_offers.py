"""Approved answers: versions, and their offer beside a turn whose own answer goes on."""

from dataclasses import replace

import pytest

from orchestration.offers import offered_beside
from shared import ids
from shared.common_questions.approved import Approval
from shared.common_questions.offering import OfferDependencies, offer_answer
from shared.common_questions.shapes import ApprovedAnswer, Cluster
from shared.errors import CommandRefused, ModelUnavailable
from shared.protocol.codes import ErrorCode
from tests.insights.asking import Analysis
from tests.insights.test_analyzer import DISCOUNT
from tests.orchestration.turns import Turn

WORDS = "Your manager up to 20 percent, the sales director above."
LIKE = "Who must approve a discount of 35 percent for Fabrikam?"


def _approval(version: int = 0, **changes: object) -> Approval:
    plain = Approval(state="approved", text=WORDS, threshold=0.6, version=version, by="tenant.dana", by_name="Dana")
    return replace(plain, **changes)


@pytest.fixture
async def cluster(analysis: Analysis) -> Cluster:
    await analysis.ask_all(DISCOUNT)
    (found,) = await analysis.clusters()
    return found


@pytest.fixture
async def answer(analysis: Analysis, cluster: Cluster) -> ApprovedAnswer:
    return await analysis.approved.decide(cluster, _approval())


def _deps(analysis: Analysis) -> OfferDependencies:
    return OfferDependencies(
        log=analysis.world.log,
        approved=analysis.approved,
        embedder=analysis.embedder,
        embedding_model="embedding-model",
        publisher=analysis.world.publisher,
    )


def _offers(analysis: Analysis, turn: Turn) -> list[dict[str, object]]:
    told = analysis.world.hub.to(ids.delta_group(turn.session_id))
    return [event for event in told if event["type"] == "answer.offered"]


async def test_every_version_is_kept_with_who_made_it(analysis: Analysis, cluster: Cluster) -> None:
    await analysis.approved.decide(cluster, _approval())
    await analysis.approved.decide(cluster, _approval(1, text="Ask Ben.", by_name="Ben"))
    await analysis.approved.decide(cluster, _approval(2, state="withdrawn"))
    told = [(one.version, one.state, one.text, one.by_name) for one in await analysis.approved.history(cluster.id)]
    assert told == [
        (3, "withdrawn", WORDS, "Dana"),
        (2, "approved", "Ask Ben.", "Ben"),
        (1, "approved", WORDS, "Dana"),
    ]
    assert await analysis.approved.offered() == ()


async def test_who_did_not_see_the_newest_version_changes_nothing(analysis: Analysis, cluster: Cluster) -> None:
    await analysis.approved.decide(cluster, _approval())
    with pytest.raises(CommandRefused) as refused:
        await analysis.approved.decide(cluster, _approval(0, text="Something else"))
    assert refused.value.code is ErrorCode.APPROVED_ANSWER_CHANGED
    assert len(await analysis.approved.history(cluster.id)) == 1


async def test_a_like_question_is_offered_the_answer_and_the_hit_is_logged(
    analysis: Analysis, answer: ApprovedAnswer
) -> None:
    turn = await analysis.ask(LIKE)
    assert await offer_answer(_deps(analysis), turn.session_id, turn.turn_id)
    (told,) = _offers(analysis, turn)
    assert (told["turn_id"], told["text"], told["version"]) == (turn.turn_id, WORDS, 1)
    assert "Fabrikam" not in " ".join(analysis.embedder.texts)
    assert await analysis.approved.hits() == {answer.cluster_id: (1, 0)}
    await offer_answer(_deps(analysis), turn.session_id, turn.turn_id)
    assert await analysis.approved.hits() == {answer.cluster_id: (1, 0)}
    taken = await analysis.approved.taken(turn.session_id, turn.turn_id)
    assert taken is not None
    assert await analysis.approved.hits() == {answer.cluster_id: (1, 1)}


async def test_another_question_is_offered_nothing(analysis: Analysis, answer: ApprovedAnswer) -> None:
    turn = await analysis.ask("How do I prepare a demo for the board?")
    assert not await offer_answer(_deps(analysis), turn.session_id, turn.turn_id)
    assert _offers(analysis, turn) == []
    assert await analysis.approved.hits() == {}


async def test_without_any_approved_answer_no_question_is_embedded(analysis: Analysis) -> None:
    turn = await analysis.ask(LIKE)
    assert not await offer_answer(_deps(analysis), turn.session_id, turn.turn_id)
    assert analysis.embedder.texts == []


@pytest.mark.parametrize("error", [ModelUnavailable("away"), ValueError("a defect")])
async def test_a_turn_goes_on_when_offering_fails(analysis: Analysis, answer: ApprovedAnswer, error: Exception) -> None:
    turn = await analysis.ask(LIKE)
    analysis.embedder.broken = error
    done = False
    async with offered_beside(_deps(analysis), await turn.step_request(0)):
        done = True
    assert done
    assert _offers(analysis, turn) == []


async def test_what_a_step_raises_comes_out_as_it_is(analysis: Analysis, answer: ApprovedAnswer) -> None:
    turn = await analysis.ask(LIKE)
    with pytest.raises(ModelUnavailable):
        async with offered_beside(_deps(analysis), await turn.step_request(0)):
            raise ModelUnavailable("away")


async def test_only_the_first_step_of_a_turn_looks_for_an_answer(analysis: Analysis, answer: ApprovedAnswer) -> None:
    turn = await analysis.ask(LIKE)
    async with offered_beside(_deps(analysis), await turn.step_request(1)):
        pass
    assert _offers(analysis, turn) == []


async def test_the_offer_of_a_deleted_conversation_is_forgotten(analysis: Analysis, answer: ApprovedAnswer) -> None:
    turn = await analysis.ask(LIKE)
    await offer_answer(_deps(analysis), turn.session_id, turn.turn_id)
    await analysis.read()
    await analysis.world.erasure.bury(turn.session_id)
    await analysis.world.erasure.erase(turn.session_id)
    assert await analysis.approved.hits() == {}
