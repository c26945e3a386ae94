"""A socket that stays open for days: what its sign-in is good for, and what a fresh token brings back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from shared.people import GRANT_SECONDS
from shared.settings import ServiceAddress
from tests.bad_input.frame_rows import FIELDS, good_frames
from tests.bad_input.scene import Scene, scene_on
from tests.orchestration.carded import Carded, frame
from tests.orchestration.turns import Turn
from tests.shared.issuer import Issuer
from tests.support.client import Told
from tests.support.doubles import answer, asks

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR_S = 3600


@pytest_asyncio.fixture(loop_scope="session")
async def long_lived(cosmos_address: ServiceAddress, issuer: Issuer) -> AsyncIterator[Scene]:
    async with scene_on(cosmos_address, issuer) as made:
        yield made


def _token(scene: Scene, **changes: Any) -> str:
    return scene.authorization(scene.ada, **changes).removeprefix("Bearer ")


async def _renew(scene: Scene, **changes: Any) -> Told:
    """Send a token as a client does that has a new one."""
    update = {"type": "session.update", "session_id": scene.ada.session, "accessToken": _token(scene, **changes)}
    return await scene.ada.client.send(update)


async def _new_turn(scene: Scene) -> Turn:
    accepted = await scene.ada.client.ask("One more thing?", session_id=scene.ada.session)
    return Turn(scene.world, scene.ada.client, scene.ada.session, accepted["turn_id"], accepted["seq"])


def _offered(scene: Scene) -> list[str]:
    """Return what the model was given at its latest step."""
    return [tool.name for tool in scene.world.model.requests[-1].tools]


def _commands(scene: Scene) -> list[dict[str, Any]]:
    card = scene.ada.loose_card
    of_card = {"question_id": card.question_id, "fence": card.fence, "arguments": None}
    frames = good_frames(scene.ada)
    assert set(frames) == set(FIELDS)
    frames["question.answer"] |= of_card
    return [{"type": command, "command_id": "c1", **fields} for command, fields in frames.items()]


async def test_a_sign_in_nobody_renewed_lets_no_command_pass_until_a_fresh_token_does(long_lived: Scene) -> None:
    client = long_lived.ada.client
    long_lived.world.clock.advance(GRANT_SECONDS + 1)
    before = await long_lived.everything()
    for sent in _commands(long_lived):
        refused = await client.send(sent)
        assert (refused.code, refused.event["fault"], refused.event["command_id"]) == ("sign_in_stale", "auth", "c1")
        assert refused.event["message"] == "Your sign-in is too long ago. Sign in again."
    late = await _renew(long_lived, exp=int(long_lived.world.clock().timestamp()) - HOUR_S)
    assert (late.code, late.event["message"]) == ("token_expired", "Your sign-in has expired. Please sign in again.")
    assert await long_lived.everything() == before

    assert (await _renew(long_lived)).event["type"] == "session.created"
    for sent in _commands(long_lived):
        healed = await client.send(sent)
        # Of an edit and another answer, the one that comes second finds the other's turn running.
        assert healed.code in {None, "turn_running"}, healed.event


async def test_a_sign_in_counts_for_half_a_day_whenever_its_token_ended(long_lived: Scene) -> None:
    """The app keeps what the token granted, never the token; a shorter life would end turns that wait for a person."""
    frame = {"type": "query", "session_id": long_lived.ada.session, "content": "Still there?"}
    long_lived.world.clock.advance(GRANT_SECONDS)
    assert (await long_lived.ada.client.send(frame)).event["type"] == "command.accepted"
    assert (await _renew(long_lived)).event["type"] == "session.created"
    long_lived.world.clock.advance(GRANT_SECONDS)
    told = await long_lived.ada.client.send(frame | {"content": "And now?"})
    assert told.event["type"] == "command.accepted"


async def test_a_turn_that_outlives_the_sign_in_has_no_tools_until_it_is_renewed(long_lived: Scene) -> None:
    world = long_lived.world
    world.clock.advance(GRANT_SECONDS - 30)
    turn = await _new_turn(long_lived)
    first = await turn.step(0, *asks(("crm__find", "{}"), ("crm__write", "{}")))
    assert "crm__find" in _offered(long_lived)
    world.clock.advance(31)
    assert [await turn.call(call) for call in first.calls] == ["denied", "denied"]
    calls = len(world.tools.calls)
    second = await turn.step(1, *asks(("crm__find", "{}")))
    assert _offered(long_lived) == []
    assert [await turn.call(call) for call in second.calls] == ["denied"]
    assert (await _renew(long_lived)).event["type"] == "session.created"
    world.clock.advance(16)
    third = await turn.step(2, *asks(("crm__find", '{"name": "Contoso"}')))
    assert "crm__find" in _offered(long_lived)
    assert [await turn.call(call) for call in third.calls] == ["completed"]
    assert len(world.tools.calls) == calls + 1


async def test_a_renewal_with_fewer_roles_takes_tools_away_from_the_turn_that_runs(long_lived: Scene) -> None:
    turn, world = await _new_turn(long_lived), long_lived.world
    first = await turn.step(0, *asks(("crm__find", "{}")))
    assert (await _renew(long_lived, roles=["Knowledge"])).event["tools"] == []
    calls = len(world.tools.calls)
    assert [await turn.call(call) for call in first.calls] == ["denied"]
    assert len(world.tools.calls) == calls
    world.clock.advance(16)
    await turn.step(1, *answer("I may not look."))
    assert _offered(long_lived) == []


async def test_a_call_somebody_approved_is_not_made_when_their_sign_in_has_ended_by_then(long_lived: Scene) -> None:
    ada, world = long_lived.ada, long_lived.world
    told = await ada.client.send(frame(ada.loose_card, "approve"))
    assert told.event["type"] == "command.accepted"
    world.clock.advance(GRANT_SECONDS + 1)
    calls = len(world.tools.calls)
    turn = Turn(world, ada.client, ada.carded, ada.parked, 1)
    again = Carded(turn, call_id=str(ada.loose_card.call_id))
    assert await again.again() == "denied"
    assert len(world.tools.calls) == calls
