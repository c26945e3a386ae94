"""What the store's operations mean, against the emulator; `emulated` notes each request it gets."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiohttp import web
from azure.core.credentials_async import AsyncTokenCredential

from local.cosmos.auth import EMULATOR_KEY
from local.cosmos.server import Cosmos as Server
from local.cosmos.store import Store
from local.provision import provision
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Read, Replace
from shared.errors import StoreUnavailable
from shared.settings import ServiceAddress

PEOPLE = "people"
DATABASE = "app"
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def client_at(url: str, key: str = EMULATOR_KEY) -> Cosmos:
    address = ServiceAddress(connection_string=f"AccountEndpoint={url}/;AccountKey={key};")
    return Cosmos(address, cast("Any", None), DATABASE)


@dataclass(slots=True)
class Emulated:
    """A running emulator with its containers made. `spoil` sees a request first and may answer it, or raise."""

    server: Server = field(default_factory=lambda: Server(Store()))
    url: str = ""
    requests: list[str] = field(default_factory=list[str])
    peers: set[object] = field(default_factory=set[object])
    spoil: Callable[[web.Request], None] | None = None
    _open: dict[object, asyncio.Transport] = field(default_factory=dict[object, asyncio.Transport])

    def connect(self, credential: AsyncTokenCredential | None = None) -> Cosmos:
        """Return the app's client, with the account's key unless there is a credential."""
        if credential is None:
            return client_at(self.url)
        return Cosmos(ServiceAddress(service_uri=self.url), credential, DATABASE)

    def application(self) -> web.Application:
        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            assert request.transport is not None
            peer = request.transport.get_extra_info("peername")
            self.peers.add(peer)
            self._open[peer] = request.transport
            self.requests.append(f"{request.method} {request.path}")
            if self.spoil is not None:
                self.spoil(request)
            return await handler(request)

        application = self.server.application()
        application.middlewares.append(note)
        return application

    def forget(self) -> None:
        self.requests.clear()
        self.peers.clear()

    async def hang_up(self) -> None:
        """Close all connections, and let the client see it."""
        for transport in self._open.values():
            transport.close()
        self._open.clear()
        # Each end needs a pass of the loop to write the end of the stream, and one to read it.
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def of_documents(self) -> list[str]:
        """The requests for documents, without those that find out about the account and its containers."""
        return [request for request in self.requests if "/docs" in request]


@asynccontextmanager
async def emulated(tls: ssl.SSLContext | None = None) -> AsyncGenerator[Emulated]:
    made = Emulated()
    runner = web.AppRunner(made.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        await provision(f"AccountEndpoint={made.url}/;AccountKey={EMULATOR_KEY};", DATABASE, None)
        made.forget()
        yield made
    finally:
        await runner.cleanup()
        made.server.store.close()


@pytest.fixture
async def emulator() -> AsyncGenerator[Emulated]:
    async with emulated() as made:
        yield made


@pytest.fixture
async def cosmos(emulator: Emulated) -> AsyncGenerator[Cosmos]:
    client = emulator.connect()
    yield client
    await client.close()


def person(name: str, principal: str = "ada", **fields: Any) -> Document:
    return {"id": name, "principal": principal, **fields}


async def etag_of(cosmos: Cosmos, name: str) -> str:
    found = await cosmos.read(PEOPLE, "ada", name)
    assert found is not None
    return found["_etag"]


async def test_a_read_gives_the_document_with_its_etag_or_nothing(cosmos: Cosmos) -> None:
    await cosmos.create(PEOPLE, person("a", n=1))
    found = await cosmos.read(PEOPLE, "ada", "a")
    assert found is not None
    assert (found["n"], found["_etag"][0]) == (1, '"')
    assert await cosmos.read(PEOPLE, "ada", "b") is None
    assert await cosmos.read(PEOPLE, "bob", "a") is None


async def test_a_second_create_of_an_id_changes_nothing_and_says_so(cosmos: Cosmos) -> None:
    assert await cosmos.create(PEOPLE, person("a", n=1)) is True
    assert await cosmos.create(PEOPLE, person("a", n=2)) is False
    found = await cosmos.read(PEOPLE, "ada", "a")
    assert found is not None
    assert found["n"] == 1


async def test_an_upsert_makes_or_replaces(cosmos: Cosmos) -> None:
    await cosmos.upsert(PEOPLE, person("a", n=1))
    before = await etag_of(cosmos, "a")
    await cosmos.upsert(PEOPLE, person("a", m=2))
    found = await cosmos.read(PEOPLE, "ada", "a")
    assert found is not None
    assert "n" not in found
    assert found["m"] == 2
    assert found["_etag"] != before


@pytest.mark.parametrize("name", ["é ü", "100%", "a+b", "%2F", "日本", "a:b|c\"d'", "~._-"])
async def test_any_text_can_name_a_document_and_its_partition(cosmos: Cosmos, name: str) -> None:
    assert await cosmos.create(PEOPLE, person(name, name, text=name))
    found = await cosmos.read(PEOPLE, name, name)
    assert found is not None
    assert found["text"] == name
    assert await cosmos.batch(PEOPLE, name, [Create(document=person(name, name))]) == BatchFailed(index=0, status=409)


async def test_a_batch_applies_all_and_answers_each(cosmos: Cosmos) -> None:
    await cosmos.create(PEOPLE, person("head", seq=0))
    replace = Replace(document=person("head", seq=1), etag=await etag_of(cosmos, "head"))
    results = await cosmos.batch(
        PEOPLE, "ada", [Create(document=person("event")), replace, Read(document_id="head"), Read(document_id="event")]
    )
    assert isinstance(results, list)
    assert [result["statusCode"] for result in results] == [201, 200, 200, 200]
    assert results[1]["eTag"] == results[2]["eTag"] == await etag_of(cosmos, "head")
    assert results[2]["resourceBody"]["seq"] == 1
    assert results[3]["resourceBody"]["id"] == "event"


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (Create(document=person("head")), 409),
        (Replace(document=person("head", seq=9), etag='"stale"'), 412),
        (Replace(document=person("nobody"), etag='"stale"'), 404),
        (Read(document_id="nobody"), 404),
    ],
)
async def test_a_batch_that_fails_names_the_culprit_and_applies_nothing(
    cosmos: Cosmos, last: Operation, status: int
) -> None:
    await cosmos.create(PEOPLE, person("head", seq=0))
    before = await etag_of(cosmos, "head")
    operations = [Create(document=person("x")), last, Create(document=person("y"))]
    assert await cosmos.batch(PEOPLE, "ada", operations) == BatchFailed(index=1, status=status)
    assert await etag_of(cosmos, "head") == before
    assert await cosmos.read(PEOPLE, "ada", "x") is None


async def test_a_query_reads_one_partition_to_its_last_page(emulator: Emulated, cosmos: Cosmos) -> None:
    for number in range(5):
        await cosmos.create(PEOPLE, person(f"p{number}", n=number))
    await cosmos.create(PEOPLE, person("other", "bob", n=4))
    emulator.server.rules.enabled = True
    emulator.server.rules.page = 2
    emulator.forget()
    rows = await cosmos.query(PEOPLE, "SELECT c.id FROM c WHERE c.n >= @n ORDER BY c.n DESC", {"@n": 0}, "ada")
    assert rows == [{"id": f"p{number}"} for number in reversed(range(5))]
    assert emulator.of_documents == [f"POST /dbs/{DATABASE}/colls/{PEOPLE}/docs/"] * 3


async def test_a_query_without_a_partition_and_a_read_of_many_cross_partitions(cosmos: Cosmos) -> None:
    for principal in ("ada", "bob", "eve"):
        await cosmos.create(PEOPLE, person("a", principal))
    rows = await cosmos.query(
        PEOPLE, "SELECT VALUE c.principal FROM c WHERE c.principal != @not", {"@not": "eve"}, None
    )
    assert sorted(cast("Sequence[str]", rows)) == ["ada", "bob"]
    many = await cosmos.read_many(PEOPLE, [("a", "bob"), ("a", "eve"), ("a", "nobody")])
    assert sorted(found["principal"] for found in many) == ["bob", "eve"]
    assert await cosmos.read_many(PEOPLE, []) == []


async def test_more_than_a_hundred_operations_are_refused_clearly_and_not_sent(
    emulator: Emulated, cosmos: Cosmos
) -> None:
    hundred: list[Operation] = [Create(document=person(f"d{number}")) for number in range(100)]
    emulator.forget()
    with pytest.raises(StoreUnavailable, match="2 MB, or 100 documents"):
        await cosmos.batch(PEOPLE, "ada", [*hundred, Read(document_id="d0")])
    assert emulator.requests == []
    results = await cosmos.batch(PEOPLE, "ada", hundred)
    assert isinstance(results, list)
    assert len(results) == 100


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_document_beyond_2_mb_is_said_clearly(cosmos: Cosmos) -> None:
    large = person("large", text="x" * 2**21)
    with pytest.raises(StoreUnavailable, match="2 MB, or 100 documents"):
        await cosmos.create(PEOPLE, large)
    with pytest.raises(StoreUnavailable, match="2 MB, or 100 documents"):
        await cosmos.batch(PEOPLE, "ada", [Create(document=large)])
