import asyncio
import ssl
import time
from dataclasses import dataclass, field

import aiohttp
import jwt
import pytest
import trustme
from aiohttp import web
from azure.identity import CredentialUnavailableError

from shared import web_pubsub_rest
from shared.errors import PublishFailed
from shared.settings import ServiceAddress
from shared.web_pubsub import WebPubSub
from shared.web_pubsub_rest import AccessKeySigner
from tests.shared.azure_tokens import StubCredential
from tests.shared.stub_server import stub_server

KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class Recorder:
    """Accepts sends and remembers them; answers otherwise when told to."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict[str, str])
    hang: bool = False
    urls: list[str] = field(default_factory=list[str])
    tokens: list[str] = field(default_factory=list[str])
    bodies: list[bytes] = field(default_factory=list[bytes])
    content_types: set[str] = field(default_factory=set[str])
    peers: set[object] = field(default_factory=set[object])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.urls.append(f"{request.scheme}://{request.host}{request.raw_path}")
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        self.content_types.add(request.content_type)
        self.bodies.append(await request.read())
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        if self.hang:
            await asyncio.sleep(30)
        if request.raw_path.partition("?")[0].endswith("/:generateToken"):
            return web.json_response({"token": "client-token"})
        return web.Response(status=self.status, headers=self.headers)


def hub_at(url: str) -> WebPubSub:
    return WebPubSub(ServiceAddress(connection_string=f"Endpoint={url};AccessKey={KEY};Version=1.0;"), None, "chat")


async def test_a_send_signs_the_very_url_it_goes_to_and_keeps_the_connection() -> None:
    recorder = Recorder()
    async with stub_server(recorder) as url:
        hub = hub_at(url)
        for _ in range(3):
            await hub.send_to_group("a/b é%", b'{"n": 1}')
        await hub.send_to_connection("conn:1", b"{}")
        await hub.close()
    group_url = f"{url}/api/hubs/chat/groups/a%2Fb%20%C3%A9%25/:send?api-version=2024-12-01"
    assert recorder.urls == [group_url] * 3 + [f"{url}/api/hubs/chat/connections/conn%3A1/:send?api-version=2024-12-01"]
    for sent_to, token in zip(recorder.urls, recorder.tokens, strict=True):
        claims = jwt.decode(token, KEY, algorithms=["HS256"], audience=sent_to)
        assert 0 < claims["exp"] - time.time() <= 600
    assert len(set(recorder.tokens)) == 2
    assert len(recorder.peers) == 1
    assert recorder.content_types == {"application/json"}
    assert recorder.bodies == [b'{"n": 1}'] * 3 + [b"{}"]


@pytest.mark.parametrize(
    ("status", "headers", "after_ms"),
    [
        (429, {"Retry-After": "2"}, 2000),
        (503, {}, None),
        (500, {}, None),
        (401, {}, None),
        (404, {}, None),
        (302, {"Location": "/elsewhere"}, None),
    ],
)
async def test_any_answer_but_success_is_a_failed_publish_sent_once(
    status: int, headers: dict[str, str], after_ms: int | None
) -> None:
    recorder = Recorder(status=status, headers=headers)
    async with stub_server(recorder) as url:
        hub = hub_at(url)
        with pytest.raises(PublishFailed) as raised:
            await hub.send_to_group("room", b"{}")
        assert raised.value.after_ms == after_ms
        assert len(recorder.urls) == 1
        await hub.close()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_membership_changes_are_not_retried_either(status: int) -> None:
    recorder = Recorder(status=status, headers={"Retry-After": "1"})
    async with stub_server(recorder) as url:
        hub = hub_at(url)
        with pytest.raises(PublishFailed) as raised:
            await hub.admit("conn", "room")
        with pytest.raises(PublishFailed):
            await hub.dismiss("conn", "room")
        assert raised.value.after_ms == 1000
        assert len(recorder.urls) == 2
        await hub.close()


async def test_a_service_that_is_away_or_silent_is_a_failed_publish(
    unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = hub_at(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(PublishFailed):
        await away.send_to_group("room", b"{}")
    with pytest.raises(PublishFailed):
        await away.admit("conn", "room")
    await away.close()
    monkeypatch.setattr(web_pubsub_rest, "_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with stub_server(Recorder(hang=True)) as url:
        silent = hub_at(url)
        with pytest.raises(PublishFailed):
            await silent.send_to_group("room", b"{}")
        await silent.close()


async def test_with_the_apps_identity_one_token_serves_all_and_the_service_makes_client_tokens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    recorder = Recorder(status=200)
    credential = StubCredential(lifetime_s=3600)
    async with stub_server(recorder, server) as url:
        hub = WebPubSub(ServiceAddress(service_uri=url + "/"), credential, "chat")
        await hub.send_to_group("a", b"{}")
        await hub.send_to_connection("b", b"{}")
        assert recorder.tokens == ["token-1", "token-1"]
        await hub.admit("conn", "room")
        address = await hub.client_url("tenant.person", 30)
        assert address.url == f"wss{url.removeprefix('https')}/client/hubs/chat?access_token=client-token"
        assert "userId=tenant.person" in recorder.urls[-1]
        assert "minutesToExpire=30" in recorder.urls[-1]
        assert "role" not in recorder.urls[-1]
        assert hub.access_keys() == ()
        assert set(credential.scopes) == {"https://webpubsub.azure.com/.default"}
        await hub.close()


async def test_an_identity_that_gives_no_token_is_a_failed_publish() -> None:
    credential = StubCredential(lifetime_s=0, error=CredentialUnavailableError("detail"))
    hub = WebPubSub(ServiceAddress(service_uri="https://127.0.0.1:1"), credential, "chat")
    with pytest.raises(PublishFailed):
        await hub.send_to_group("room", b"{}")
    with pytest.raises(PublishFailed):
        await hub.client_url("person", 5)
    await hub.close()


async def test_signatures_are_kept_per_url_renewed_in_time_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_pubsub_rest, "_MAX_TOKENS", 2)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    signer = AccessKeySigner(KEY)
    first = await signer.token("https://x/1")
    now += 470
    assert await signer.token("https://x/1") == first
    now += 20
    renewed = await signer.token("https://x/1")
    assert renewed != first
    for number in range(2, 4):
        await signer.token(f"https://x/{number}")
    now += 1
    assert await signer.token("https://x/1") != renewed
