"""The program: its ready line, its files, its end."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import jwt
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from local import service
from local.cosmos.auth import EMULATOR_KEY
from tests.local.cosmos.http import signed


@contextmanager
def started(*flags: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run the emulator until the block ends; gives the process and its address."""
    command = [sys.executable, "-m", "local.cosmos", "--port", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("cosmos ready on http"), line
            yield process, line.split()[-1]
        finally:
            process.kill()


async def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    file = str(tmp_path / "data" / "cosmos.db")
    written: list[str] = []
    with started("--db", file) as (process, url):
        async with CosmosClient(url, EMULATOR_KEY, retry_total=0) as client:
            container = await (await client.create_database("app")).create_container("items", PartitionKey("/pk"))
            for n in range(40):
                operations = [("create", ({"id": f"a{n}", "pk": "p"},)), ("create", ({"id": f"b{n}", "pk": "p"},))]
                await container.execute_item_batch(operations, partition_key="p")
                written += [f"a{n}", f"b{n}"]
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=5)
    with started("--db", file) as (_, url):
        async with CosmosClient(url, EMULATOR_KEY) as client:
            container = client.get_database_client("app").get_container_client("items")
            found = [item async for item in container.query_items("SELECT VALUE c.id FROM c", partition_key="p")]
            assert found == written
            await container.create_item({"id": "after", "pk": "p"})


async def test_a_kill_amid_many_writers_loses_nothing_acknowledged_and_tears_no_batch(tmp_path: Path) -> None:
    file = str(tmp_path / "cosmos.db")
    acknowledged: set[int] = set()

    async def write(container: ContainerProxy, numbers: Iterator[int]) -> None:
        for n in numbers:
            pair = [("create", ({"id": f"{half}{n}", "pk": "p"},)) for half in "ab"]
            try:
                await container.execute_item_batch(pair, partition_key="p")
            except (AzureError, OSError):
                return
            acknowledged.add(n)

    with started("--db", file) as (process, url):
        async with CosmosClient(url, EMULATOR_KEY, retry_total=0) as client:
            container = await (await client.create_database("app")).create_container("items", PartitionKey("/pk"))
            numbers = iter(range(100_000))
            writers = [asyncio.create_task(write(container, numbers)) for _ in range(16)]
            async with asyncio.timeout(20):
                while len(acknowledged) < 150:  # noqa: ASYNC110 - nothing signals progress
                    await asyncio.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            await asyncio.gather(*writers)
    with started("--db", file) as (_, url):
        async with CosmosClient(url, EMULATOR_KEY) as client:
            container = client.get_database_client("app").get_container_client("items")
            query = container.query_items("SELECT VALUE c.id FROM c", partition_key="p")
            found = {str(name) async for name in query}
    kept = {int(name[1:]) for name in found}
    assert acknowledged <= kept
    assert found == {f"{half}{n}" for half in "ab" for n in kept}


def test_it_ends_at_once_when_told_to() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with started() as (process, _):
            start = time.monotonic()
            process.send_signal(number)
            assert process.wait(timeout=5) == 0
            assert time.monotonic() - start < 5


def test_a_busy_port_is_one_clear_line() -> None:
    with service.bind(0) as taken:
        taken.listen()
        port = str(service.port_of(taken))
        command = [sys.executable, "-m", "local.cosmos", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip().splitlines() == [f"port {port} is in use by another program; choose another --port"]


class Credential:
    """A caller with a token of its own."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: object,
    ) -> AccessToken:
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is held."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Nothing is held."""


async def test_https_verifies_against_the_kept_authority_across_restarts(tmp_path: Path) -> None:
    pems: list[bytes] = []
    for _ in range(2):
        with started("--tls", "--certs", str(tmp_path)) as (_, url):
            assert url.startswith("https://127.0.0.1:")
            context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{url}/", headers=signed("get", "", ""), ssl=context) as answer,
            ):
                account = await answer.json()
            assert account["writableLocations"][0]["databaseAccountEndpoint"] == f"{url}/"
            pems.append((tmp_path / "ca.pem").read_bytes())
    assert pems[0] == pems[1]
    assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0


async def test_an_entra_credential_works_over_https(tmp_path: Path) -> None:
    token = jwt.encode({"sub": "x", "exp": int(time.time()) + 600}, "a secret of thirty-two bytes, or so")
    with started("--tls", "--certs", str(tmp_path)) as (_, url):
        async with CosmosClient(url, Credential(token)) as client:
            container = await (await client.create_database("app")).create_container("items", PartitionKey("/pk"))
            assert (await container.create_item({"id": "a", "pk": "p"}))["id"] == "a"


async def test_strict_flags_reach_the_rules(tmp_path: Path) -> None:
    allowed = tmp_path / "allow.json"
    allowed.write_text('["SELECT VALUE COUNT(1) FROM c"]')
    with started("--strict", "--allow", str(allowed), "--page", "1", "--admin-port", "0") as (_, url):
        async with CosmosClient(url, EMULATOR_KEY) as client:
            container = await (await client.create_database("app")).create_container("items", PartitionKey("/pk"))
            assert [item async for item in container.query_items("SELECT VALUE COUNT(1) FROM c")] == [0]
            with pytest.raises(CosmosHttpResponseError):
                _ = [item async for item in container.query_items("SELECT * FROM c")]


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "cosmos.db"
    file.write_text("this is no database " * 100)
    command = [sys.executable, "-m", "local.cosmos", "--port", "0", "--db", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == ["cosmos cannot start: file is not a database"]
