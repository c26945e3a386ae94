"""Speed of the local Cosmos DB through the SDK: `python -m bench.cosmos [--memory]`.

Prints each measure with its goal; exits 1 when one is missed.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient

from local.cosmos.auth import EMULATOR_KEY

DOCUMENTS = 10_000
CLIENTS = 32
TEXT = "word " * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    name: str
    value: float
    goal: float
    unit: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return (
            f"{self.name:46} {self.value:9.2f} {self.unit:6} goal {sign} {self.goal:g} {'ok' if self.met else 'MISSED'}"
        )


async def milliseconds(action: Callable[[int], Awaitable[object]], times: int) -> float:
    """Median of sequential runs."""
    taken: list[float] = []
    for number in range(times):
        start = time.perf_counter()
        await action(number)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


async def throughput(action: Callable[[int], Awaitable[object]], each: int) -> float:
    """Operations a second with all clients at work."""

    async def work(client: int) -> None:
        for number in range(each):
            await action(client * each + number)

    start = time.perf_counter()
    await asyncio.gather(*(work(client) for client in range(CLIENTS)))
    return CLIENTS * each / (time.perf_counter() - start)


def event(number: int, partition: str) -> dict[str, object]:
    kind = "message" if number % 3 else "tool"
    return {"id": f"e{number}", "pk": partition, "seq": number, "type": kind, "text": TEXT}


async def fill(container: ContainerProxy) -> None:
    for start in range(0, DOCUMENTS, 100):
        batch = [("create", (event(number, "log"),)) for number in range(start, start + 100)]
        await container.execute_item_batch(batch, partition_key="log")


async def measure_points(container: ContainerProxy) -> list[Measure]:
    async def create(number: int) -> object:
        return await container.create_item(event(number, "points"))

    async def read(number: int) -> object:
        return await container.read_item(f"e{number}", "points")

    async def upsert(number: int) -> object:
        return await container.upsert_item(event(number % 500, f"p{number % 50}"))

    created, found = await milliseconds(create, 400), await milliseconds(read, 400)
    written = await throughput(upsert, 60)
    fetched = await throughput(lambda number: read(number % 400), 60)
    return [
        Measure(name="create, p50", value=created, goal=1.5, unit="ms"),
        Measure(name="read, p50", value=found, goal=1.5, unit="ms"),
        Measure(name=f"upsert, {CLIENTS} clients", value=written, goal=1000, unit="op/s", at_least=True),
        Measure(name=f"read, {CLIENTS} clients", value=fetched, goal=1000, unit="op/s", at_least=True),
    ]


async def measure_batch(container: ContainerProxy) -> Measure:
    head = await container.upsert_item({"id": "head", "pk": "append", "seq": 0})
    etag = str(head["_etag"])

    async def append(number: int) -> None:
        nonlocal etag
        results = await container.execute_item_batch(
            [
                ("create", (event(number, "append"),)),
                ("replace", ("head", {"id": "head", "pk": "append", "seq": number}), {"if_match_etag": etag}),
            ],
            partition_key="append",
        )
        etag = str(results[-1]["eTag"])

    return Measure(name="append (create + replace head), p50", value=await milliseconds(append, 200), goal=3, unit="ms")


async def measure_queries(container: ContainerProxy) -> list[Measure]:
    queries = {
        "last 20 in order": "SELECT TOP 20 * FROM c ORDER BY c.seq DESC",
        "20 after a point, filtered": "SELECT TOP 20 * FROM c WHERE c.seq > @n AND c.type = 'tool' ORDER BY c.seq",
        "one by value": "SELECT * FROM c WHERE c.seq = @n",
        "range or list": "SELECT c.id FROM c WHERE c.seq BETWEEN @n AND 4100 OR c.seq IN (@n, 1, 2, 3)",
        "full scan, nothing found": "SELECT * FROM c WHERE c.seq + 1 = -1",
        "20 of a rare match, cross-partition": "SELECT TOP 20 * FROM c WHERE c.seq <= 10",
    }
    measures: list[Measure] = []
    for name, text in queries.items():
        options: dict[str, Any] = {} if "cross" in name else {"partition_key": "log"}

        async def ask(number: int, text: str = text, options: dict[str, Any] = options) -> None:
            parameters: list[dict[str, object]] = [{"name": "@n", "value": 4000 + number}]
            _ = [item async for item in container.query_items(text, parameters=parameters, **options)]

        await ask(0)
        taken = await milliseconds(ask, 50)
        measures.append(Measure(name=f"query of {DOCUMENTS}: {name}", value=taken, goal=10, unit="ms"))
    return measures


async def measure(url: str) -> list[Measure]:
    async with CosmosClient(url, EMULATOR_KEY) as client:
        database = await client.create_database("bench")
        container = await database.create_container("items", PartitionKey("/pk"))
        found = await measure_points(container)
        found.append(await measure_batch(container))
        await fill(container)
        return found + await measure_queries(container)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the local Cosmos DB.")
    parser.add_argument("--memory", action="store_true", help="no file: measure without durability")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "local.cosmos", "--port", "0", "--log-level", "WARNING"]
        if not flags.memory:
            command += ["--db", str(Path(folder) / "cosmos.db")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            url = server.stdout.readline().split()[-1]
            assert urlsplit(url).hostname == "127.0.0.1"
            try:
                measures = asyncio.run(measure(url))
            finally:
                server.terminate()
    for found in measures:
        print(found)
    sys.exit(0 if all(found.met for found in measures) else 1)


if __name__ == "__main__":
    main()
