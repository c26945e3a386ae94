"""What the app's way to Cosmos DB costs: `python -m bench.cosmos_client [--rounds N]`.

Five operations at one local Cosmos DB, in turns: through the SDK as it comes, through `shared.cosmos`, and as a bare
signed request over a kept connection. Prints the wait (p50, p95) and this process's processor time per operation.
"""

import argparse
import asyncio
import base64
import hmac
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Protocol, cast
from urllib.parse import quote

import aiohttp
from azure.cosmos.aio import CosmosClient

from local.cosmos.auth import EMULATOR_KEY
from local.provision import provision
from shared.cosmos import Cosmos, Create, Replace
from shared.settings import ServiceAddress

DATABASE = "salescoach"
CONTAINER = "sessions"
PARTITION = "s_bench"
QUERY = "SELECT * FROM c WHERE c.seq > @after OR c.id = @head"
PARAMETERS = {"@after": 10, "@head": "head"}
EVENTS = 20
BLOCK = 20
WARM_UP = 20


def document(name: str, seq: int = 0) -> dict[str, Any]:
    return {"id": name, "conversation_id": PARTITION, "seq": seq, "text": "word " * 60}


class Client(Protocol):
    """One way to the store; `append` creates `name` and replaces the head in one transaction."""

    async def read(self) -> object: ...

    async def query(self) -> list[Any]: ...

    async def create(self, name: str) -> object: ...

    async def upsert(self) -> object: ...

    async def append(self, name: str) -> object: ...

    async def close(self) -> None: ...


class StockCosmos(Cosmos):
    """`shared.cosmos` over the SDK as it comes."""

    def __init__(self, address: ServiceAddress) -> None:
        super().__init__(address, cast("Any", None), DATABASE)
        self._client = CosmosClient.from_connection_string(str(address.connection_string))
        self._database = self._client.get_database_client(DATABASE)


class ThroughSdk:
    """`shared.cosmos`, as the app uses it."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos
        self.etag = ""

    async def read(self) -> object:
        found = await self._cosmos.read(CONTAINER, PARTITION, "head")
        assert found is not None
        self.etag = found["_etag"]
        return found

    async def query(self) -> list[Any]:
        return await self._cosmos.query(CONTAINER, QUERY, PARAMETERS, PARTITION)

    async def create(self, name: str) -> object:
        assert await self._cosmos.create(CONTAINER, document(name))
        return None

    async def upsert(self) -> object:
        return await self._cosmos.upsert(CONTAINER, document("kept"))

    async def append(self, name: str) -> object:
        operations = [Create(document=document(name)), Replace(document=document("head"), etag=self.etag)]
        results = await self._cosmos.batch(CONTAINER, PARTITION, operations)
        assert isinstance(results, list), results
        self.etag = results[-1]["eTag"]
        return results

    async def close(self) -> None:
        await self._cosmos.close()


class Bare:
    """The least that the service answers: signature, date, version, partition."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._key = base64.b64decode(EMULATOR_KEY)
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.etag = ""

    async def _ask(self, method: str, name: str | None, body: object, **more: str) -> Any:
        container = f"dbs/{DATABASE}/colls/{CONTAINER}"
        link = container if name is None else f"{container}/docs/{name}"
        date = formatdate(usegmt=True)
        payload = f"{method.lower()}\ndocs\n{link}\n{date.lower()}\n\n"
        signature = base64.b64encode(hmac.digest(self._key, payload.encode(), "sha256")).decode()
        headers = {
            "authorization": quote(f"type=master&ver=1.0&sig={signature}", safe=""),
            "x-ms-date": date,
            "x-ms-version": "2020-07-15",
            "x-ms-documentdb-partitionkey": json.dumps([PARTITION]),
            **{header.replace("_", "-"): value for header, value in more.items()},
        }
        url = f"{self._url}/{container}/docs/{name or ''}"
        data = None if body is None else json.dumps(body).encode()
        async with self._session.request(method, url, headers=headers, data=data) as response:
            answer = await response.read()
            assert response.status in {200, 201}, (response.status, answer)
            return json.loads(answer) if answer else None

    async def read(self) -> object:
        found = await self._ask("GET", "head", None)
        self.etag = found["_etag"]
        return found

    async def query(self) -> list[Any]:
        parameters = [{"name": name, "value": value} for name, value in PARAMETERS.items()]
        marks = {"content_type": "application/query+json", "x_ms_documentdb_isquery": "true"}
        answer = await self._ask("POST", None, {"query": QUERY, "parameters": parameters}, **marks)
        return answer["Documents"]

    async def create(self, name: str) -> object:
        return await self._ask("POST", None, document(name), prefer="return=minimal")

    async def upsert(self) -> object:
        marks = {"prefer": "return=minimal", "x_ms_documentdb_is_upsert": "True"}
        return await self._ask("POST", None, document("kept"), **marks)

    async def append(self, name: str) -> object:
        create = {"operationType": "Create", "resourceBody": document(name)}
        replace = {"operationType": "Replace", "id": "head", "resourceBody": document("head"), "ifMatch": self.etag}
        marks = {"x_ms_cosmos_is_batch_request": "True", "x_ms_cosmos_batch_atomic": "True"}
        results = await self._ask("POST", None, [create, replace], **marks)
        self.etag = results[-1]["eTag"]
        return results

    async def close(self) -> None:
        await self._session.close()


@dataclass(slots=True)
class Taken:
    waits_ms: list[float] = field(default_factory=list[float])
    processor_s: float = 0.0

    def __str__(self) -> str:
        ordered = sorted(self.waits_ms)
        p95 = ordered[int(len(ordered) * 0.95)]
        processor = self.processor_s * 1000 / len(ordered)
        return f"{statistics.median(ordered):5.2f} {p95:5.2f} {processor:5.2f}"


async def measure(url: str, rounds: int) -> None:
    address = ServiceAddress(connection_string=f"AccountEndpoint={url}/;AccountKey={EMULATOR_KEY};")
    await provision(address.connection_string, DATABASE, None)
    clients: dict[str, Client] = {
        "SDK as it comes": ThroughSdk(StockCosmos(address)),
        "shared.cosmos": ThroughSdk(Cosmos(address, cast("Any", None), DATABASE)),
        "bare request": Bare(url),
    }
    for name in ("head", *(f"e{number}" for number in range(EVENTS))):
        await clients["bare request"].create(name)
    taken: dict[tuple[str, str], Taken] = {}
    for turn in range(rounds + 1):
        for name, client in clients.items():
            for operation, act in _operations(client, f"{turn}-{name.replace(' ', '-')}").items():
                # The others have moved the head's ETag.
                await client.read()
                found = await _block(act, WARM_UP if turn == 0 else BLOCK)
                if turn:
                    known = taken.setdefault((operation, name), Taken())
                    known.waits_ms += found.waits_ms
                    known.processor_s += found.processor_s
    for client in clients.values():
        await client.close()
    _report(taken, list(clients))


def _operations(client: Client, prefix: str) -> dict[str, Callable[[int], Awaitable[object]]]:
    return {
        "point read": lambda _: client.read(),
        "query in a partition": lambda _: client.query(),
        "create": lambda number: client.create(f"c{prefix}-{number}"),
        "upsert": lambda _: client.upsert(),
        "append (batch of two)": lambda number: client.append(f"a{prefix}-{number}"),
    }


async def _block(act: Callable[[int], Awaitable[object]], times: int) -> Taken:
    taken = Taken()
    used = time.process_time()
    for number in range(times):
        start = time.perf_counter()
        await act(number)
        taken.waits_ms.append((time.perf_counter() - start) * 1000)
    taken.processor_s = time.process_time() - used
    return taken


def _report(taken: dict[tuple[str, str], Taken], names: list[str]) -> None:
    print(f"{'ms: p50, p95, processor time':30}" + "".join(f"{name:>22}" for name in names))
    for operation in dict.fromkeys(operation for operation, _ in taken):
        print(f"{operation:30}" + "".join(f"{taken[operation, name]!s:>22}" for name in names))


def main() -> None:
    flags = argparse.ArgumentParser(prog="python -m bench.cosmos_client", description=__doc__)
    flags.add_argument("--rounds", type=int, default=20, help=f"measured blocks of {BLOCK} calls for each figure")
    rounds: int = flags.parse_args().rounds
    print(f"load before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    command = [sys.executable, "-m", "local.cosmos", "--port", "0", "--log-level", "WARNING"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            asyncio.run(measure(server.stdout.readline().split()[-1], rounds))
        finally:
            server.terminate()
    print(f"load after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
