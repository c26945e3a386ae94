"""Versions and labels, on Azurite."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from shared.blob import BlobChanged, BlobStore
from shared.prompts.store import PromptNotFound, PromptStore, VersionedLabel
from shared.prompts.template import PromptInvalid
from shared.settings import ServiceAddress
from tests.shared.azurite import azurite, connection_string

ONE = b"One. {{today}} {{tools}}"
TWO = b"Two. {{today}} {{tools}}"
AT = "2026-11-22T00:00:00.000Z"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blobs() -> AsyncGenerator[BlobStore]:
    async with azurite() as port:
        store = BlobStore(ServiceAddress(connection_string=connection_string(port)), None)
        await store.write("prompts", "made", b"", "text/plain")
        yield store
        await store.close()


@pytest.fixture
def store(blobs: BlobStore) -> PromptStore:
    return PromptStore(blobs)


async def test_a_version_is_named_by_its_text_and_stored_once(store: PromptStore) -> None:
    first = await store.add("named", ONE)
    assert await store.add("named", ONE) == first
    assert await store.versions("named") == [first.version]
    assert await store.version("named", first.version) == first


async def test_what_is_no_template_is_not_stored(store: PromptStore) -> None:
    with pytest.raises(PromptInvalid, match="secret"):
        await store.add("refused", b"{{today}} {{tools}} {{secret}}")
    assert await store.versions("refused") == []


@pytest.mark.parametrize("name", ["", "../x", "Coach", "a/b", "a" * 61])
async def test_a_name_that_is_no_name_is_refused(store: PromptStore, name: str) -> None:
    with pytest.raises(PromptInvalid, match="no name"):
        await store.add(name, ONE)


async def test_a_label_moves_and_remembers_where_it_was(store: PromptStore) -> None:
    one, two = await store.add("moving", ONE), await store.add("moving", TWO)
    await store.move("moving", "production", one.version, by="ada", at=AT)
    moved = await store.move("moving", "production", two.version, by="ben", at=AT)
    assert (moved.version, moved.previous, moved.moved_by) == (two.version, one.version, "ben")
    assert await store.move("moving", "production", two.version, by="cyd", at=AT) == moved
    assert await store.labels("moving") == {"production": moved}


async def test_a_label_never_points_to_nothing(store: PromptStore) -> None:
    with pytest.raises(PromptNotFound, match="0123456789ab"):
        await store.move("moving", "production", "0123456789ab", by="ada", at=AT)


async def test_of_two_who_move_a_label_at_once_one_is_told(store: PromptStore, blobs: BlobStore) -> None:
    one, two = await store.add("raced", ONE), await store.add("raced", TWO)
    both_read = asyncio.Barrier(2)

    class Racing(BlobStore):
        def __init__(self) -> None:
            self._client = blobs._client

        async def replace(self, container: str, name: str, data: bytes, content_type: str, *, etag: str | None) -> None:
            await both_read.wait()
            await super().replace(container, name, data, content_type, etag=etag)

    racing = PromptStore(Racing())
    results = await asyncio.gather(
        racing.move("raced", "production", one.version, by="ada", at=AT),
        racing.move("raced", "production", two.version, by="ben", at=AT),
        return_exceptions=True,
    )
    assert [type(result) for result in results].count(BlobChanged) == 1
    now = await store.label("raced", "production")
    assert isinstance(now, VersionedLabel)
    assert now.label in results


async def test_a_version_whose_text_was_changed_is_not_used(store: PromptStore, blobs: BlobStore) -> None:
    one = await store.add("changed", ONE)
    await blobs.write("prompts", f"versions/changed/{one.version}.md", TWO, "text/markdown")
    with pytest.raises(PromptInvalid, match="was changed"):
        await store.version("changed", one.version)
