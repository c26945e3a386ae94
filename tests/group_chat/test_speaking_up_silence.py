"""When the coach keeps silent: no clear yes, somebody quicker, its own word the last, a sign-in of long ago."""

import pytest

from shared.ambient import ListenRequest
from shared.errors import ModelUnavailable
from shared.model import ModelCompleted, TextDelta
from shared.protocol.shapes import Usage
from tests.group_chat.room import Room
from tests.group_chat.speaking import decides, speak, writes
from tests.support.doubles import Happening


@pytest.mark.parametrize(
    "script",
    [
        decides(speak=False),
        writes("Yes, I think I should."),
        writes('{"speak": "true", "reason": "", "to": "everyone"}'),
        writes('{"speak": true, "to": "everyone"}'),
        writes('{"speak": true, "reason": "", "to": "everyone", "more": 1}'),
        writes(""),
        [TextDelta('{"speak": true, "reason": "", "to": "p1"}'), ModelCompleted(finish="length", usage=Usage())],
        [ModelUnavailable("The model is away.")],
    ],
    ids=["no", "words", "wrong type", "missing", "too much", "nothing", "cut", "away"],
)
async def test_whatever_is_no_clear_yes_is_silence(quiet: tuple[Room, ListenRequest], script: list[Happening]) -> None:
    room, request = quiet
    room.world.model.scripts = [script]
    assert await speak(room, request) == "silent"
    assert (await room.types())[-1] == "message.created"
    assert room.engine.started == []


async def test_the_model_is_not_asked_where_somebody_has_spoken_since(quiet: tuple[Room, ListenRequest]) -> None:
    room, request = quiet
    await room.say("bob", "one more thing")
    room.world.clock.advance(60)
    assert await speak(room, request) == "silent"
    assert room.world.model.requests == []


async def test_who_speaks_while_it_thinks_is_not_interrupted(quiet: tuple[Room, ListenRequest]) -> None:
    room, request = quiet

    async def bob_speaks() -> None:
        await room.say("bob", "as I was saying")

    room.world.model.scripts = [[bob_speaks, *decides()]]
    assert await speak(room, request) == "silent"
    assert room.engine.started == []


async def test_what_is_asked_while_it_thinks_goes_first(quiet: tuple[Room, ListenRequest]) -> None:
    room, request = quiet

    async def bob_asks() -> None:
        await room.say("bob", "@coach?", to=["coach"])

    room.world.model.scripts = [[bob_asks, *decides()]]
    assert await speak(room, request) == "silent"
    assert len(room.engine.started) == 1


async def test_it_does_not_speak_twice_in_a_row(quiet: tuple[Room, ListenRequest]) -> None:
    room, request = quiet
    room.world.model.scripts = [decides()]
    await speak(room, request)
    await room.change(active_turn=None, claim=None)
    await room.settle(spoken_since=0, coach_spoke_at=room.world.clock().timestamp())
    room.world.clock.advance(600)
    later = await room.say("bob", "thanks")
    room.world.clock.advance(10)
    assert await speak(room, ListenRequest(group_id=room.id, seq=later["seq"])) == "silent"


async def test_a_sign_in_of_long_ago_pays_for_nothing(quiet: tuple[Room, ListenRequest]) -> None:
    room, request = quiet
    room.world.model.scripts = [decides()]
    room.world.clock.advance(13 * 3600)
    assert await speak(room, request) == "silent"
