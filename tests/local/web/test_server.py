"""The static server: files, fallback, configuration, `/api`, headers."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from local.web.server import application

CONFIG = b'{"authority": "http://127.0.0.1:9/tenant/v2.0"}'

type Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[Client]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>page</title>", encoding="utf-8")
    (tmp_path / "assets" / "app.js").write_text("1", encoding="utf-8")
    (tmp_path.parent / "secret.txt").write_text("secret", encoding="utf-8")
    api = web.Application()
    api.router.add_post("/api/echo", _echo)
    async with TestServer(api) as behind:
        app = application(api=str(behind.make_url("")).rstrip("/"), config=CONFIG, dist=tmp_path)
        async with TestClient(TestServer(app)) as opened:
            yield opened


async def _echo(request: web.Request) -> web.Response:
    headers = {"X-Seen": request.headers.get("Authorization", "")}
    return web.Response(status=201, body=await request.read(), headers=headers)


async def test_files_are_served_and_every_other_path_is_the_page(client: Client) -> None:
    script = await client.get("/assets/app.js")
    deep = await client.get("/s/s_01")

    assert (script.status, await script.text()) == (200, "1")
    assert "immutable" in script.headers["Cache-Control"]
    assert await deep.text() == "<title>page</title>"
    assert deep.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/of-an-older-version.js", "/%00", "/s/%00"])
async def test_what_cannot_be_a_page_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_nothing_outside_the_folder_is_served(client: Client) -> None:
    reply = await client.get("/%2e%2e/secret.txt")

    assert "secret" not in await reply.text()


async def test_api_requests_pass_through_with_their_headers_body_and_status(client: Client) -> None:
    reply = await client.post("/api/echo", data=b"hello", headers={"Authorization": "Bearer x"})

    assert (reply.status, await reply.read(), reply.headers["X-Seen"]) == (201, b"hello", "Bearer x")


async def test_pages_carry_a_policy_without_inline_scripts(client: Client) -> None:
    reply = await client.get("/")

    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self' http://127.0.0.1:9" in policy


async def test_the_configuration_is_not_kept_by_the_browser(client: Client) -> None:
    reply = await client.get("/config.json")

    assert await reply.read() == CONFIG
    assert reply.headers["Cache-Control"] == "no-store"
