"""What a person hears when every delivery of their command failed: words, not a closed connection."""

import json
import logging

import pytest

from shared.upstream import LAST_DELIVERY_S
from tests.support.world import World

FRAME = b'{"type":"query","content":"Hello","client_message_id":"m-last","command_id":"c-last"}'


async def test_the_last_delivery_is_answered_in_words_that_name_the_command(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = await world.client(world.person())
    await client.open()
    world.engine.down = True
    headers = client.headers()
    world.clock.advance(LAST_DELIVERY_S - 0.1)
    assert (await world.upstream.handle("POST", headers, FRAME)).status == 503
    world.clock.advance(0.1)
    with caplog.at_level(logging.WARNING):
        reply = await world.upstream.handle("POST", headers, FRAME)

    told = json.loads(reply.body)
    assert reply.status == 200
    assert (told["type"], told["code"], told["retryable"]) == ("error", "store_unavailable", True)
    assert (told["command_id"], told["client_message_id"]) == ("c-last", "m-last")
    assert "given up" in caplog.text


@pytest.mark.parametrize("time", ["", "yesterday", "2026-13-01T00:00:00Z"])
async def test_an_event_that_does_not_say_when_it_happened_is_delivered_again(world: World, time: str) -> None:
    client = await world.client(world.person())
    await client.open()
    world.engine.down = True
    assert (await world.upstream.handle("POST", client.headers(time=time), FRAME)).status == 503
