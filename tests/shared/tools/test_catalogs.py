"""The override in Blob Storage: when it is read, what goes on while it cannot be, and that nobody waits for it."""

import asyncio
import json
import logging
from typing import Any, cast

import pytest

from shared.blob import BlobContent, BlobNotFound, BlobStore, NotModified
from shared.errors import StoreUnavailable
from shared.settings import ServiceAddress
from shared.tools.catalog import Catalog, Policy
from shared.tools.catalogs import BLOB, CONTAINER, CatalogOverride, Catalogs
from tests.shared.tools.test_catalog import SALES, document
from tests.support.doubles import Clock

NOWHERE = ServiceAddress(
    connection_string="DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;"
    "BlobEndpoint=http://127.0.0.1:9/none;"
)
DENYING = document(tools={"read": {"policy": "deny"}})


class Blobs(BlobStore):
    """One blob: `data` (None: not there). `away` fails reads; `gate`, when closed, holds them."""

    def __init__(self) -> None:
        super().__init__(NOWHERE, None)
        self.data: bytes | None = None
        self.away = False
        self.reads: list[str | None] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, container: str, name: str, *, etag: str | None = None) -> BlobContent | NotModified:
        assert (container, name) == (CONTAINER, BLOB)
        self.reads.append(etag)
        await self.gate.wait()
        if self.away:
            raise StoreUnavailable("Files could not be read just now.")
        if self.data is None:
            raise BlobNotFound("The file does not exist.")
        now = str(hash(self.data))
        return NotModified() if etag == now else BlobContent(data=self.data, etag=now)


class Scene:
    def __init__(self) -> None:
        self.blobs = Blobs()
        self.clock = Clock()
        packaged = Catalog.load(document(), {})
        override = CatalogOverride(blobs=self.blobs, variables={"CRM": "https://crm.example"})
        self.catalogs = Catalogs(packaged, override, self.clock)

    def write(self, text: str) -> None:
        self.blobs.data = text.encode()

    async def policy(self) -> Policy:
        return (await self.catalogs.current()).policy("crm", "read", SALES)

    async def refreshed(self) -> None:
        """Let the refresh that was begun in the background come to its end."""
        while (task := cast("Any", self.catalogs)._refreshing) is not None:
            await asyncio.wait({task}, timeout=5)
            await asyncio.sleep(0)


@pytest.fixture
async def scene() -> Any:
    made = Scene()
    yield made
    await made.catalogs.close()
    await made.blobs.close()


async def test_without_an_override_the_packaged_catalog_is_used_and_asked_for_again_after_30_s(scene: Scene) -> None:
    assert await scene.policy() is Policy.ALLOW
    assert (await scene.catalogs.known()).origin == "packaged"
    scene.clock.advance(29)
    await scene.policy()
    assert len(scene.blobs.reads) == 1
    scene.clock.advance(1)
    await scene.policy()
    await scene.refreshed()
    assert len(scene.blobs.reads) == 2
    assert scene.catalogs.degraded is None


async def test_without_anywhere_to_look_nothing_is_read() -> None:
    catalogs = Catalogs(Catalog.load(document(), {}))
    assert (await catalogs.known()).origin == "packaged"


async def test_an_override_counts_from_the_first_call_on(scene: Scene) -> None:
    scene.write(DENYING)
    assert await scene.policy() is Policy.DENY
    known = await scene.catalogs.known()
    assert (known.origin, len(known.version)) == ("override", 12)


async def test_a_change_is_used_within_a_minute_of_calls_and_one_that_came_while_nobody_asked_at_once(
    scene: Scene,
) -> None:
    assert await scene.policy() is Policy.ALLOW
    scene.write(DENYING)
    scene.clock.advance(30)
    assert await scene.policy() is Policy.ALLOW
    await scene.refreshed()
    assert await scene.policy() is Policy.DENY
    scene.write(document())
    scene.clock.advance(3600)
    assert await scene.policy() is Policy.ALLOW


async def test_taking_the_override_away_brings_the_packaged_catalog_back(scene: Scene) -> None:
    scene.write(DENYING)
    await scene.policy()
    scene.blobs.data = None
    scene.clock.advance(60)
    assert await scene.policy() is Policy.ALLOW
    assert (await scene.catalogs.known()).origin == "packaged"


async def test_an_unchanged_override_is_asked_for_by_its_etag(scene: Scene) -> None:
    scene.write(DENYING)
    before = await scene.catalogs.current()
    scene.clock.advance(60)
    assert await scene.catalogs.current() is before
    assert scene.blobs.reads == [None, str(hash(scene.blobs.data))]


async def test_nobody_waits_for_blob_storage_once_something_is_known(scene: Scene) -> None:
    await scene.policy()
    scene.blobs.gate.clear()
    scene.clock.advance(31)
    async with asyncio.timeout(0.5):
        assert await asyncio.gather(*(scene.policy() for _ in range(20))) == [Policy.ALLOW] * 20
    await asyncio.sleep(0)
    assert len(scene.blobs.reads) == 2
    scene.blobs.gate.set()


async def test_all_who_come_first_share_one_read(scene: Scene) -> None:
    scene.write(DENYING)
    assert set(await asyncio.gather(*(scene.policy() for _ in range(20)))) == {Policy.DENY}
    assert len(scene.blobs.reads) == 1


async def test_a_caller_that_gives_up_does_not_take_the_first_read_away_from_others(scene: Scene) -> None:
    scene.blobs.gate.clear()
    first, second = asyncio.create_task(scene.policy()), asyncio.create_task(scene.policy())
    await asyncio.sleep(0)
    first.cancel()
    scene.blobs.gate.set()
    assert await second is Policy.ALLOW
    assert len(scene.blobs.reads) == 1


@pytest.mark.parametrize("broken", [b"{", b"\xff\xfe", b'{"servers": {"crm": {}}}', b" " * 1_100_000])
async def test_a_broken_override_keeps_the_last_good_one_and_says_so(
    scene: Scene, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    scene.write(DENYING)
    await scene.policy()
    scene.blobs.data = broken
    scene.clock.advance(60)
    assert await scene.policy() is Policy.DENY
    assert "last good catalog goes on" in (scene.catalogs.degraded or "")
    scene.clock.advance(60)
    await scene.policy()
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1, "once for each broken version"
    scene.write(document())
    scene.clock.advance(60)
    assert await scene.policy() is Policy.ALLOW
    assert scene.catalogs.degraded is None


async def test_an_override_that_is_broken_from_the_start_allows_nothing(scene: Scene) -> None:
    scene.write('{"servers": {"crm": {"url": "%NOTHING%", "roles": ["Sales"]}}}')
    assert await scene.policy() is Policy.DENY
    assert (await scene.catalogs.known()).origin == "none"
    assert "no value for NOTHING" in (scene.catalogs.degraded or "")
    assert "no tool may be used" in (scene.catalogs.degraded or "")
    scene.write(json.dumps(json.loads(document(url="%CRM%/mcp"))))
    scene.clock.advance(60)
    assert await scene.policy() is Policy.ALLOW
    assert (await scene.catalogs.current()).servers["crm"].url == "https://crm.example/mcp"


async def test_blob_storage_that_is_away_keeps_the_last_good_one_and_is_asked_again_soon(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.write(DENYING)
    await scene.policy()
    scene.blobs.away = True
    for _ in range(3):
        scene.clock.advance(60)
        assert await scene.policy() is Policy.DENY
        await scene.refreshed()
    assert "could not be read" in (scene.catalogs.degraded or "")
    assert sum("could not be read" in record.message for record in caplog.records) == 1
    scene.blobs.away = False
    scene.write(document())
    scene.clock.advance(5)
    await scene.policy()
    await scene.refreshed()
    assert (await scene.policy(), scene.catalogs.degraded) == (Policy.ALLOW, None)


async def test_a_process_that_never_reached_blob_storage_does_not_guess(scene: Scene) -> None:
    scene.blobs.away = True
    with pytest.raises(StoreUnavailable):
        await scene.policy()
    scene.clock.advance(4)
    with pytest.raises(StoreUnavailable):
        await scene.policy()
    assert len(scene.blobs.reads) == 1, "asked again only after a while"
    scene.blobs.away = False
    scene.clock.advance(1)
    assert await scene.policy() is Policy.ALLOW
