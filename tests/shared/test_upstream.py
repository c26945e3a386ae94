"""The webhook as whoever may reach its URL sees it: proof first, then meaning."""

import base64
import json

import pytest

from shared.connection import Answer, Connection, ConnectionState, StateSeal
from shared.errors import NotAllowed, SignInUnavailable
from shared.protocol.commands import Command
from shared.upstream import Upstream
from tests.support.client import Client
from tests.support.doubles import ACCESS_KEY
from tests.support.world import ADA, BOB, World

QUERY = b'{"type":"query","content":"hello"}'
SEAL = StateSeal((ACCESS_KEY.encode(),))


@pytest.fixture
async def client(world: World) -> Client:
    client = await world.client(world.person())
    await client.open()
    return client


async def _nothing_changed(client: Client) -> bool:
    session_id = client.session_id
    assert session_id is not None
    return await client.world.events(session_id) == () and client.world.engine.started == []


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=" + "0" * 64, "nothing", "sha256=" + "0" * 63, "sha1=" + "0" * 40],
    ids=["missing", "empty", "wrong", "no_signature", "short", "another_hash"],
)
@pytest.mark.parametrize("event", ["connect", "connected", "disconnected", "command", "message"])
async def test_no_event_passes_without_a_good_signature(client: Client, signature: str, event: str) -> None:
    reply = await client.world.upstream.handle("POST", client.headers(event, signature=signature), QUERY)
    assert reply.status == 401
    assert "ce-connectionState" not in reply.headers
    assert await _nothing_changed(client)


async def test_the_signature_of_another_connection_does_not_fit(client: Client) -> None:
    other = await client.world.client(client.principal)
    signature = other.headers()["ce-signature"]
    reply = await client.world.upstream.handle("POST", client.headers(signature=signature), QUERY)
    assert reply.status == 401
    assert await _nothing_changed(client)


async def test_a_missing_connection_id_is_never_proven(client: Client) -> None:
    headers = client.headers()
    del headers["ce-connectionid"]
    assert (await client.world.upstream.handle("POST", headers, QUERY)).status == 401


async def test_the_service_may_register_the_webhook(world: World) -> None:
    reply = await world.upstream.handle("OPTIONS", {"webhook-request-origin": "other.example, service.example"}, b"")
    assert (reply.status, reply.headers) == (200, {"WebHook-Allowed-Origin": "service.example"})


@pytest.mark.parametrize("origin", [None, "", "*", "evil.example", "service.example.evil.example", "xservice.example"])
async def test_a_foreign_origin_may_not(world: World, origin: str | None) -> None:
    headers = {} if origin is None else {"webhook-request-origin": origin}
    reply = await world.upstream.handle("OPTIONS", headers, b"")
    assert reply.status == 403
    assert "WebHook-Allowed-Origin" not in reply.headers


@pytest.mark.parametrize("hub", ["", "group_chat", "chat2"])
async def test_events_of_another_hub_are_refused(client: Client, hub: str) -> None:
    reply = await client.world.upstream.handle("POST", client.headers(hub=hub), QUERY)
    assert reply.status == 400
    assert await _nothing_changed(client)


async def test_hub_names_ignore_case(client: Client) -> None:
    reply = await client.world.upstream.handle("POST", client.headers(hub="Chat"), QUERY)
    assert json.loads(reply.body)["type"] == "command.accepted"


@pytest.mark.parametrize("kind", ["", "azure.webpubsub.sys.other", "azure.webpubsub", "user.command"])
async def test_unknown_event_types_are_refused(client: Client, kind: str) -> None:
    reply = await client.world.upstream.handle("POST", client.headers(type=kind), QUERY)
    assert reply.status == 400
    assert await _nothing_changed(client)


async def test_a_user_event_named_like_a_system_event_is_still_a_users(client: Client) -> None:
    headers = client.headers(type="azure.webpubsub.user.sys.connect", eventname="sys.connect", userid=BOB)
    reply = await client.world.upstream.handle("POST", headers, QUERY)
    assert "ce-connectionState" not in reply.headers
    assert await _nothing_changed(client)


async def test_connecting_remembers_the_principal_of_the_client_url(world: World) -> None:
    client = Client(world, ADA)
    reply = await world.upstream.handle("POST", client.headers("connect"), b"{}")
    assert reply.status == 204
    state = SEAL.open(reply.headers["ce-connectionState"], client.id)
    assert state == ConnectionState(principal=ADA, session_id=None, streaming=False)


async def test_nobody_connects_without_a_name(world: World) -> None:
    reply = await world.upstream.handle("POST", Client(world, "").headers("connect"), b"{}")
    assert reply.status == 401


async def test_a_connected_client_is_greeted_with_its_connection(client: Client) -> None:
    reply = await client.world.upstream.handle("POST", client.headers("connected"), b"{}")
    assert reply.status == 204
    (ack,) = client.world.hub.to(client.id)
    assert (ack["type"], ack["connection_id"], ack["protocol_version"]) == ("connection.ack", client.id, 1)
    assert ack["currency"] == client.world.chat.currency == "EUR"


async def test_a_greeting_that_could_not_be_sent_is_delivered_again(client: Client) -> None:
    client.world.hub.refuse = lambda _: True
    assert (await client.world.upstream.handle("POST", client.headers("connected"), b"{}")).status == 503


async def test_a_goodbye_is_taken_at_any_time(client: Client) -> None:
    for _ in range(2):
        assert (await client.world.upstream.handle("POST", client.headers("disconnected"), b"{}")).status == 204


async def test_another_principal_than_the_connection_was_admitted_with_is_refused(client: Client) -> None:
    told = await client.send(QUERY, userid=BOB)
    assert told.code == "token_invalid"
    assert await _nothing_changed(client)


STATES = ["", "not base64", base64.b64encode(b"\xff").decode(), "e30=", base64.b64encode(b"[]").decode(), "A" * 8192]


@pytest.mark.parametrize("state", STATES, ids=["missing", "not_base64", "not_text", "empty", "a_list", "8_kB"])
async def test_a_connection_without_our_state_is_not_signed_in(client: Client, state: str) -> None:
    told = await client.send(QUERY, connectionstate=state)
    assert told.code == "token_invalid"
    assert await _nothing_changed(client)


async def test_the_answer_is_json_for_the_sender(client: Client) -> None:
    told = await client.send(QUERY)
    assert told.reply.headers["Content-Type"] == "application/json"


class _Quiet:
    """A hub nobody gets to."""

    async def connected(self, connection: Connection) -> None:
        raise AssertionError(connection)

    async def command(self, connection: Connection, command: Command) -> Answer:
        raise AssertionError((connection, command))


@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed("no"), 401), (SignInUnavailable("later"), 503)], ids=["refused", "cannot_tell"]
)
async def test_without_keys_the_bearer_token_is_the_proof(client: Client, error: Exception, status: int) -> None:
    seen: list[str | None] = []

    async def prover(authorization: str | None) -> None:
        seen.append(authorization)
        raise error

    upstream = Upstream("chat", _Quiet(), host="service.example", keys=(), prover=prover)
    headers = client.headers() | {"authorization": "Bearer t"}
    assert (await upstream.handle("POST", headers, QUERY)).status == status
    assert seen == ["Bearer t"]


class _Loud(_Quiet):
    """Keeps the connections it hears from."""

    def __init__(self) -> None:
        self.heard: list[Connection] = []

    async def connected(self, connection: Connection) -> None:
        self.heard.append(connection)


async def test_without_keys_the_state_is_believed_as_it_is_because_the_token_proved_the_request(client: Client) -> None:
    async def prover(authorization: str | None) -> None:
        assert authorization == "Bearer good"

    hub = _Loud()
    upstream = Upstream("chat", hub, host="service.example", keys=(), prover=prover)
    state = ConnectionState(principal=client.principal, session_id="s_1")
    header = StateSeal(()).close(state, client.id)
    headers = client.headers("connected", connectionstate=header) | {"authorization": "Bearer good"}
    assert (await upstream.handle("POST", headers, b"{}")).status == 204
    assert [connection.state for connection in hub.heard] == [state]


async def test_a_bearer_token_does_not_replace_a_signature_where_keys_are_known(client: Client) -> None:
    headers = client.headers(signature="") | {"authorization": f"Bearer {ACCESS_KEY}"}
    assert (await client.world.upstream.handle("POST", headers, QUERY)).status == 401
