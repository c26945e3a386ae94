"""The guard around one call's traffic: where it may go, how much may come back, and whether the call left."""

from collections.abc import AsyncGenerator, Callable

import httpx2
import pytest

from shared.tools.failures import Meaning, judge
from shared.tools.mcp_guard import MAX_BODY_BYTES, CallGuard, RefusedByGuard
from shared.tools.mcp_transport import McpTransport, failure_of, leaf_of
from tests.shared.tools.conftest import LOOPBACK
from tests.shared.tools.scripted_server import ScriptedServer, breaks_off, raw

URL = "https://tools.example.com/mcp"


async def stream(chunks: int) -> AsyncGenerator[bytes]:
    for _ in range(chunks):
        yield b"x" * 500_000


def guard(answer: Callable[[httpx2.Request], httpx2.Response]) -> CallGuard:
    return CallGuard(httpx2.MockTransport(answer), URL)


def says_yes(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"yes")


async def post(watched: CallGuard, url: str = URL) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=watched, follow_redirects=True) as client:
        return await client.post(url, json={"method": "tools/call"})


async def test_the_servers_own_origin_is_reached() -> None:
    watched = guard(says_yes)
    assert (await post(watched, "https://tools.example.com:443/other")).content == b"yes"
    assert watched.status == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://tools.example.com/mcp",
        "https://tools.example.com:8443/mcp",
        "https://example.com/mcp",
        "https://tools.example.com.evil.example/mcp",
        "https://tools.example.com@evil.example/mcp",
        "http://169.254.169.254/metadata",
    ],
)
async def test_no_other_origin_is(url: str) -> None:
    asked: list[httpx2.Request] = []

    def notes(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return says_yes(request)

    with pytest.raises(RefusedByGuard):
        await post(guard(notes), url)
    assert asked == []


async def test_even_a_client_that_follows_redirects_stays_within_the_origin() -> None:
    elsewhere = guard(lambda _request: httpx2.Response(307, headers={"location": "https://evil.example/"}))
    with pytest.raises(RefusedByGuard):
        await post(elsewhere)


@pytest.mark.parametrize(
    ("chunks", "fits"), [(MAX_BODY_BYTES // 500_000, True), (MAX_BODY_BYTES // 500_000 + 1, False)]
)
async def test_an_answer_is_taken_up_to_the_limit(chunks: int, *, fits: bool) -> None:
    watched = guard(lambda _request: httpx2.Response(200, content=stream(chunks)))
    if fits:
        assert len((await post(watched)).content) == MAX_BODY_BYTES
    else:
        with pytest.raises(RefusedByGuard):
            await post(watched)
    assert watched.too_large is not fits


@pytest.mark.parametrize("error", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no"), httpx2.PoolTimeout("no")])
async def test_a_connection_that_was_never_made_proves_the_call_did_not_run(error: httpx2.TransportError) -> None:
    def refuses(_request: httpx2.Request) -> httpx2.Response:
        raise error

    watched = guard(refuses)
    with pytest.raises(type(error)):
        await post(watched)
    assert judge(failure_of(error, watched)).meaning is Meaning.NOT_EXECUTED


async def test_a_request_that_left_is_marked_sent_even_if_nothing_comes_back(server: ScriptedServer) -> None:
    server.on_call(breaks_off)
    transport = McpTransport(LOOPBACK)
    watched = transport.guard(server.catalog().servers["scripted"])
    async with httpx2.AsyncClient(transport=watched) as client:
        with pytest.raises(httpx2.TransportError) as caught:
            await client.post(server.url, json={"method": "tools/call"})
    await transport.close()
    assert watched.sent
    assert judge(failure_of(caught.value, watched)).meaning is Meaning.UNKNOWN


async def test_negotiation_does_not_count_as_the_call(server: ScriptedServer) -> None:
    server.on("server/discover", raw(status=500))
    transport = McpTransport(LOOPBACK)
    watched = transport.guard(server.catalog().servers["scripted"])
    async with httpx2.AsyncClient(transport=watched) as client:
        await client.post(server.url, json={"method": "server/discover"})
    await transport.close()
    assert not watched.sent
    assert watched.status is None


def test_the_cause_is_found_in_nested_groups() -> None:
    cause = OSError("refused")
    assert leaf_of(ExceptionGroup("a", [ExceptionGroup("b", [cause])])) is cause
