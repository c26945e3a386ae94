import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import jwt


async def start(*flags: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.identity", *flags),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ready(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    assert line.startswith("identity ready on http://127.0.0.1:")
    return line.split()[-1]


async def test_tokens_survive_a_restart_of_the_command(tmp_path: Path) -> None:
    tokens: list[str] = []
    published: list[jwt.PyJWKSet] = []
    for _ in range(2):
        process = await start("--port", "0", "--state", str(tmp_path / "state"))
        origin = await ready(process)
        async with aiohttp.ClientSession() as http:
            async with http.post(f"{origin}/_token", json={}) as response:
                tokens.append((await response.json())["access_token"])
            async with http.get(f"{origin}/keys") as response:
                published.append(jwt.PyJWKSet.from_dict(await response.json()))
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
    for token in tokens:
        key = published[-1][jwt.get_unverified_header(token)["kid"]]
        assert jwt.decode(token, key, algorithms=["RS256"], audience="api://salescoach")["name"] == "Ada Winter"
    assert len(published[-1].keys) == 1
    assert (tmp_path / "state" / "signing-keys.json").stat().st_mode & 0o077 == 0


async def test_a_busy_port_ends_the_command_with_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await start("--port", str(taken.getsockname()[1]))
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, out, err.count(b"\n")) == (1, b"", 1)


async def test_other_people_can_be_given_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    user = {"key": "zoe", "oid": "z1", "name": "Zoe", "preferred_username": "zoe@x.example"}
    file.write_text(json.dumps({"users": [user]}))
    process = await start("--port", "0", "--users", str(file))
    origin = await ready(process)
    async with aiohttp.ClientSession() as http, http.post(f"{origin}/_token", json={"user": "zoe"}) as response:
        assert response.status == 200
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_a_missing_user_file_ends_the_command(tmp_path: Path) -> None:
    process = await start("--port", "0", "--users", str(tmp_path / "none.json"))
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert b"cannot start" in err
