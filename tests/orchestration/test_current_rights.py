"""What the model is offered are the rights of now, whatever was pinned."""

from datetime import timedelta

from shared.people import GRANT_SECONDS
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks


async def _offered(turn: Turn) -> list[str]:
    await turn.step(0, *answer("Yes."))
    return [tool.name for tool in turn.world.model.requests[-1].tools]


async def test_a_tool_whose_right_was_lost_is_not_offered_any_more(turn: Turn) -> None:
    await turn.world.sign_in(turn.client.principal, "Knowledge")
    assert await _offered(turn) == []


async def test_nothing_is_offered_once_the_sign_in_is_too_old(turn: Turn) -> None:
    turn.world.clock.advance(GRANT_SECONDS + 1)
    assert await _offered(turn) == []


async def test_rights_that_stand_offer_what_was_pinned(turn: Turn) -> None:
    assert await _offered(turn) == ["crm__find", "crm__write"]


async def test_a_right_lost_between_two_steps_counts_within_a_quarter_of_a_minute(turn: Turn) -> None:
    await turn.step(0, *asks(("crm__find", "{}")))
    await turn.world.sign_in(turn.client.principal, "Knowledge")
    turn.world.clock.advance(timedelta(seconds=16).total_seconds())
    await turn.step(1, *answer("Yes."))
    assert turn.world.model.requests[-1].tools == ()


async def test_an_answer_names_what_the_coach_knew(turn: Turn) -> None:
    await turn.step(0, *answer("Yes."))
    (told,) = [e for e in turn.world.hub.to(f"c-{turn.session_id}") if e["type"] == "message.completed"]
    assert told["manifest_id"] == (await turn.world.head(turn.session_id)).manifest_id
