import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest


async def start(*flags: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.openai", *flags),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_command_announces_itself_follows_its_script_and_stops(tmp_path: Path) -> None:
    script = tmp_path / "scenario.json"
    script.write_text(json.dumps({"rules": [{"respond": {"text": "scripted", "stall_after": 1}}]}))
    process = await start("--port", "0", "--first-token-ms", "0", "--token-ms", "0", "--scenario", str(script))
    assert process.stdout
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    assert line.startswith("openai ready on http://127.0.0.1:")
    url = f"{line.split()[-1]}/v1/responses"
    body = {"model": "m", "input": "Hi", "stream": True}
    async with aiohttp.ClientSession() as http, http.post(url, json=body, headers={"api-key": "k"}) as response:
        assert response.status == 200
        async for chunk in response.content:
            if b"scripted" in chunk:
                break
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_a_busy_port_ends_the_command_with_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await start("--port", str(taken.getsockname()[1]))
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, out, err.count(b"\n")) == (1, b"", 1)
    assert b"is in use" in err


@pytest.mark.parametrize("content", ["{", '[{"match": {"colour": "red"}}]'])
async def test_a_script_with_a_mistake_ends_the_command(tmp_path: Path, content: str) -> None:
    script = tmp_path / "scenario.json"
    script.write_text(content)
    process = await start("--port", "0", "--scenario", str(script))
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert b"cannot use the scenario" in err
