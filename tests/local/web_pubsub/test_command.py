"""The command line: ready line, shutdown, busy port."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import jwt
import pytest
from aiohttp import web
from websockets.typing import Subprotocol

from local.web_pubsub.settings import DEV_ACCESS_KEY
from tests.local.web_pubsub.harness import JSON, Client, Delivery, Handler, raw_client


@asynccontextmanager
async def started(*flags: str) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "local.web_pubsub",
        *flags,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode().strip()
    try:
        yield process, line
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_serves_tells_the_handler_goodbye_and_exits_zero(handler: Handler) -> None:
    async with started("--port", "0", "--upstream", handler.url, "--hub", "Mine") as (process, line):
        assert line.startswith("web_pubsub ready on http://127.0.0.1:")
        url = line.rpartition(" ")[2]
        claims = {"aud": f"{url}/client/hubs/mine", "exp": 2**31}
        token = jwt.encode(claims, DEV_ACCESS_KEY, algorithm="HS256")
        ws = f"{url.replace('http', 'ws')}/client/hubs/mine?access_token={token}"
        async with aiohttp.ClientSession() as session, session.head(f"{url}/api/health") as response:
            assert response.status == 200
        async with raw_client(ws, subprotocols=[Subprotocol(JSON)]) as opened:
            one = Client(opened)
            await one.recv()
            process.send_signal(signal.SIGTERM)
            code, frames = await one.closed()
            assert code == 1001
            assert frames[-1]["event"] == "disconnected"
            async with asyncio.timeout(5):
                assert await process.wait() == 0
    reason = json.loads((await handler.first("disconnected")).body)["reason"]
    assert "shutting down" in reason
    assert handler.of("disconnected")[0].path == "/upstream/mine"


async def test_a_handler_that_hangs_does_not_delay_the_end(handler: Handler) -> None:
    gate = asyncio.Event()

    async def hang(_: Delivery) -> web.Response:
        await gate.wait()
        return web.Response()

    handler.answers.update(message=hang, disconnected=hang)
    async with started("--port", "0", "--upstream", handler.url) as (process, line):
        url = line.rpartition(" ")[2]
        claims = {"aud": f"{url}/client/hubs/chat", "exp": 2**31}
        token = jwt.encode(claims, DEV_ACCESS_KEY, algorithm="HS256")
        async with raw_client(f"{url.replace('http', 'ws')}/client/hubs/chat?access_token={token}") as socket:
            await socket.send("x")
            await handler.first("message")
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(5):
                assert await process.wait() == 0
    gate.set()


async def test_the_address_in_the_ready_line_serves_a_hub_set_up_from_a_file(handler: Handler, tmp_path: Path) -> None:
    file = tmp_path / "hubs.json"
    common = {"urlTemplate": handler.url, "userEventPattern": "*", "systemEvents": ["connected"]}
    file.write_text(json.dumps({"chat": {"eventHandlers": [common], "anonymousConnectPolicy": "allow"}}))
    flags = ["--hub-settings", str(file), "--anonymous", "open", "--secondary-key", "k" * 32, "--show-payloads"]
    async with started("--port", "0", *flags) as (_, line):
        url = line.rpartition(" ")[2]
        async with raw_client(f"{url.replace('http', 'ws')}/client/hubs/chat") as socket:
            await socket.send("a text")
            message = await handler.first("message")
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            page = await response.text()
    assert message.headers["ce-signature"].count("sha256=") == 2
    assert handler.of("connect") == []
    assert "a text" in page


@pytest.mark.parametrize("flag", ["--hub-settings", "--certificate"])
async def test_a_file_that_cannot_be_used_is_one_clear_line_and_exit_one(flag: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("[nonsense")
    async with started("--port", "0", flag, str(file)) as (process, _):
        _, errors = await process.communicate()
        assert process.returncode == 1
        assert errors.decode().startswith(f"cannot start: {file}")
        assert errors.decode().count("\n") == 1


async def test_a_busy_port_is_one_clear_line_and_exit_one() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        async with started("--port", str(port)) as (process, line):
            assert line == ""
            _, errors = await process.communicate()
            assert process.returncode == 1
            assert errors.decode().count("\n") == 1
            assert f"port {port} is in use" in errors.decode()
