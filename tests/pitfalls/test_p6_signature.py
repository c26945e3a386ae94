"""P6: `ce-signature` covers the connection id and nothing else: whoever sees one request can send others like it."""

import base64
import json
from typing import Any

import pytest

from shared.connection import ConnectionState
from shared.protocol.durable import MessageCreated
from tests.support.client import Client
from tests.support.world import ADA, BOB, World

QUERY: dict[str, Any] = {"type": "query", "content": "How is my pipeline?"}


@pytest.fixture
async def client(world: World) -> Client:
    client = await world.client(world.person())
    await client.open()
    return client


async def _told(world: World, headers: dict[str, str], frame: dict[str, Any]) -> dict[str, Any]:
    reply = await world.upstream.handle("POST", headers, json.dumps(frame).encode())
    assert reply.status == 200, reply
    return json.loads(reply.body)


async def _questions(client: Client) -> list[MessageCreated]:
    assert client.session_id is not None
    return [event for event in await client.world.events(client.session_id) if isinstance(event, MessageCreated)]


async def test_the_same_signature_is_good_for_any_body_so_it_proves_none(client: Client) -> None:
    first, second = client.headers(), client.headers()
    assert first["ce-signature"] == second["ce-signature"]
    assert (await _told(client.world, first, QUERY))["type"] == "command.accepted"
    assert (await _told(client.world, first | {"ce-id": "another"}, QUERY | {"content": "Else?"}))["position"] == 1


@pytest.mark.parametrize("fields", [{}, {"client_message_id": "m-1"}], ids=["plain", "with_its_own_id"])
async def test_a_request_replayed_an_hour_later_is_the_same_turn(client: Client, fields: dict[str, str]) -> None:
    headers, frame = client.headers(), QUERY | fields
    first = await _told(client.world, headers, frame)
    client.world.clock.advance(3600)
    again = await _told(client.world, headers, frame)

    assert again["turn_id"] == first["turn_id"]
    assert len(await _questions(client)) == 1
    assert set(client.world.engine.started_ids) == {first["turn_id"]}


@pytest.mark.parametrize("fields", [{}, {"client_message_id": "m-1"}], ids=["plain", "with_its_own_id"])
async def test_a_replayed_request_with_another_body_is_a_conflict(client: Client, fields: dict[str, str]) -> None:
    headers, frame = client.headers(), QUERY | fields
    assert (await _told(client.world, headers, frame))["type"] == "command.accepted"
    swapped = await _told(client.world, headers, frame | {"content": "Delete everything"})

    assert (swapped["type"], swapped["code"]) == ("error", "message_conflict")
    (question,) = await _questions(client)
    assert question.parts[0].model_dump()["text"] == QUERY["content"]


async def test_a_body_cannot_say_who_speaks(client: Client) -> None:
    claims = {"principal": BOB, "user_id": BOB, "email_id": "bob@example.com", "author": {"id": BOB}, "actor": BOB}
    assert (await _told(client.world, client.headers(), QUERY | claims))["type"] == "command.accepted"
    (question,) = await _questions(client)
    assert question.author.id == question.actor.id == client.principal


async def test_a_body_cannot_reach_into_another_persons_session(client: Client) -> None:
    world = client.world
    other = await world.client(world.person(BOB))
    foreign = await other.open()
    told = await _told(world, client.headers(), QUERY | {"session_id": foreign})
    assert (told["type"], told["code"]) == ("error", "conversation_not_found")
    assert await world.events(foreign) == ()


@pytest.mark.parametrize("changed", ["userid", "connectionstate"])
async def test_one_changed_header_is_not_enough_to_be_somebody_else(client: Client, changed: str) -> None:
    other = await client.world.client(client.world.person(BOB))
    values = {"userid": other.principal, "connectionstate": other.state}
    told = await _told(client.world, client.headers(**{changed: values[changed]}), QUERY)
    assert (told["type"], told["code"]) == ("error", "token_invalid")


async def test_both_headers_changed_are_not_enough_either(world: World) -> None:
    victim = await world.client(world.person(ADA))
    foreign = await victim.open()
    thief = await world.client(world.person(BOB))
    made_up = _unsealed(ConnectionState(principal=victim.principal, session_id=foreign))
    for state in (made_up, victim.state):
        headers = thief.headers(userid=victim.principal, connectionstate=state)
        told = await _told(world, headers, QUERY)
        assert (told["type"], told["code"]) == ("error", "token_invalid")
    assert await world.events(foreign) == ()


@pytest.mark.xfail(
    strict=True,
    reason="`connect` believes `ce-userId`, which nothing in the request proves: a forged one is answered with a seal",
)
async def test_a_forged_connect_does_not_make_a_state_for_somebody_else(world: World) -> None:
    victim = await world.client(world.person(ADA))
    foreign = await victim.open()
    thief = await world.client(world.person(BOB))
    reply = await world.upstream.handle("POST", thief.headers("connect", userid=victim.principal), b"{}")
    state = reply.headers.get("ce-connectionState", "")
    headers = thief.headers(userid=victim.principal, connectionstate=state)
    told = await _told(world, headers, QUERY | {"session_id": foreign})
    assert told["type"] == "error"
    assert await world.events(foreign) == ()


def _unsealed(state: ConnectionState) -> str:
    return base64.b64encode(state.encoded()).decode()
