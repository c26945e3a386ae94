"""The local Cosmos DB with every request noted: `python -m bench.counted_cosmos --port N`.

`GET /_requests` on the same port returns the notes, `DELETE /_requests` forgets them. The emulator itself is
unchanged: a middleware in front of it notes two clock readings and the labels of a request, which costs microseconds,
so the counted runs are the timed ones.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from local import service
from local.cosmos.server import Cosmos
from local.cosmos.store import Store

NOTES_PATH = "/_requests"
_MAX_BODY = 8 * 2**20
_LIVE = "live"

type Kind = Literal["read", "query", "append", "checkpoint", "claim", "write", "metadata"]
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

READS: frozenset[Kind] = frozenset({"read", "query"})
WRITES: frozenset[Kind] = frozenset({"append", "checkpoint", "claim", "write"})


class Note(BaseModel):
    """One request; `start` and `end` are CLOCK_MONOTONIC seconds, `partition` is the partition key's text.

    `charge` is in request units as the emulator reckons them; a service's own may differ.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    container: str
    partition: str
    what: str
    status: int
    charge: float
    start: float
    end: float


def _batch(operations: list[dict[str, Any]]) -> tuple[Kind, str]:
    """Tell what a transactional batch is for from its operations."""
    documents = [each["resourceBody"] for each in operations if "resourceBody" in each]
    live = [document for document in documents if document.get("kind") == _LIVE]
    if live:
        # A claim begins with no text; both read the head along.
        return ("checkpoint", "live + head") if live[0].get("text") else ("claim", "live + head")
    if not any(document.get("kind") == "head" for document in documents):
        return "write", "account"
    return "append", " + ".join(str(each.get("type", each.get("kind"))) for each in documents)


def labels(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[Kind, str]:
    """Return the kind of a request and a few words on it."""
    parts = path.strip("/").split("/")
    if "docs" not in parts:
        return "metadata", path
    if headers.get("x-ms-cosmos-is-batch-request", "").lower() == "true":
        return _batch(json.loads(body))
    if headers.get("x-ms-documentdb-isquery", "").lower() == "true":
        return "query", "partition" if "x-ms-documentdb-partitionkey" in headers else "across partitions"
    if method == "GET":
        return "read", parts[-1]
    return "write", method


def _partition(headers: dict[str, str]) -> str:
    values = json.loads(headers.get("x-ms-documentdb-partitionkey", "[]"))
    return ",".join(str(value) for value in values)


def noted(application: web.Application) -> web.Application:
    """Return the application with notes taken of every request."""
    notes: list[Note] = []

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == NOTES_PATH:
            if request.method == "DELETE":
                notes.clear()
            return web.json_response([each.model_dump() for each in notes])
        start = time.monotonic()
        response = await handler(request)
        end = time.monotonic()
        headers = {name.lower(): value for name, value in request.headers.items()}
        kind, what = labels(request.method, request.path, headers, await request.read())
        parts = request.path.strip("/").split("/")
        container = parts[parts.index("colls") + 1] if "colls" in parts[:-1] else ""
        notes.append(
            Note(
                kind=kind,
                container=container,
                partition=_partition(headers),
                what=what,
                status=response.status,
                charge=float(response.headers.get("x-ms-request-charge", 0)),
                start=start,
                end=end,
            )
        )
        return response

    application.middlewares.append(note)
    return application


async def _serve(port: int, database: Path, stop: asyncio.Event) -> None:
    sock = service.bind(port)
    store = Store(str(database))
    runner = web.AppRunner(noted(Cosmos(store).application()), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        service.announce("counted_cosmos", service.port_of(sock))
        await stop.wait()
    finally:
        await runner.cleanup()
        store.close()


def main() -> None:
    flags = argparse.ArgumentParser(prog="python -m bench.counted_cosmos", description=__doc__)
    flags.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    flags.add_argument("--db", type=Path, required=True, help="SQLite file")
    chosen = flags.parse_args()
    service.configure_logging("WARNING")
    service.run(lambda stop: _serve(chosen.port, chosen.db, stop))


if __name__ == "__main__":
    main()
