"""The limits of a person at both doors."""

from dataclasses import replace

from chat.service import ChatService
from shared.rate_limits import Rate, RateLimiter, RateLimits
from shared.upstream import Upstream
from tests.api.sessions import person
from tests.support.doubles import ACCESS_KEY
from tests.support.world import World

LIMITS = RateLimits(
    requests=Rate(per_minute=6, burst=2), commands=Rate(per_minute=60, burst=10), questions=Rate(per_minute=6, burst=2)
)


async def _nobody(authorization: str | None) -> None:
    raise AssertionError("signatures prove the sender here")


def _limited(world: World) -> None:
    world.chat = replace(world.chat, limiter=RateLimiter(LIMITS, world.clock))
    world.upstream = Upstream(
        "chat",
        ChatService(world.chat, world.engine),
        host="service.example",
        keys=(ACCESS_KEY.encode(),),
        prover=_nobody,
        now=world.clock,
    )


async def test_a_question_too_many_is_refused_in_words_and_nothing_of_it_is_stored(world: World) -> None:
    _limited(world)
    ada = await person(world)
    session_id = await ada.client.open()
    await ada.client.ask("One")
    await ada.client.ask("Two")
    before = await world.head(session_id)
    told = await ada.client.send({"type": "query", "content": "Three", "command_id": "c3"})
    assert (told.code, told.event["command_id"], told.event["after_ms"]) == ("rate_limited", "c3", 10_000)
    assert await world.head(session_id) == before
    assert (await ada.client.send({"type": "sync", "conversation_id": session_id, "after": 0})).code is None
    world.clock.advance(10)
    assert (await ada.client.send({"type": "query", "content": "Three"})).code is None


async def test_a_request_too_many_is_answered_429_with_the_time_to_wait(world: World) -> None:
    _limited(world)
    ada = await person(world)
    replies = [await ada.asks_for("list_sessions") for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert (replies[2].code, replies[2].headers["Retry-After"]) == ("rate_limited", "10")
