import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.blob import BlobChanged, BlobContent, BlobNotFound, BlobStore, NotModified
from shared.errors import SettingsInvalid, StoreUnavailable
from shared.settings import ServiceAddress
from shared.telemetry.tracing import span
from tests.shared.azurite import azurite, connection_string
from tests.shared.telemetry.recorder import recorder

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> AsyncIterator[int]:
    async with azurite() as port:
        yield port


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(port: int) -> AsyncIterator[BlobStore]:
    store = BlobStore(ServiceAddress(connection_string=connection_string(port)), None)
    yield store
    await store.close()


async def test_a_blob_reads_as_it_was_written_and_its_container_is_made(store: BlobStore) -> None:
    await store.write("results", "a/b.json", b'{"x": 1}', "application/json")
    content = await store.read("results", "a/b.json")
    assert isinstance(content, BlobContent)
    assert content.data == b'{"x": 1}'
    assert content.etag


async def test_writing_again_replaces_and_changes_the_etag(store: BlobStore) -> None:
    await store.write("results", "again", b"one", "text/plain")
    first = await store.read("results", "again")
    await store.write("results", "again", b"two", "text/plain")
    second = await store.read("results", "again")
    assert isinstance(first, BlobContent)
    assert isinstance(second, BlobContent)
    assert (second.data, second.etag == first.etag) == (b"two", False)


async def test_an_unchanged_blob_is_not_sent_again(store: BlobStore) -> None:
    await store.write("results", "same", b"text", "text/plain")
    content = await store.read("results", "same")
    assert isinstance(content, BlobContent)
    assert await store.read("results", "same", etag=content.etag) == NotModified()
    await store.write("results", "same", b"other", "text/plain")
    assert isinstance(await store.read("results", "same", etag=content.etag), BlobContent)


async def test_an_empty_blob_is_a_blob(store: BlobStore) -> None:
    await store.write("results", "empty", b"", "text/plain")
    content = await store.read("results", "empty")
    assert isinstance(content, BlobContent)
    assert content.data == b""


async def test_a_blob_of_several_megabytes_comes_back_whole(store: BlobStore) -> None:
    data = bytes(range(256)) * (5 * 4096)
    await store.write("results", "large", data, "application/octet-stream")
    content = await store.read("results", "large")
    assert isinstance(content, BlobContent)
    assert content.data == data


async def test_a_missing_blob_and_a_missing_container_are_not_found(store: BlobStore) -> None:
    await store.write("results", "there", b"x", "text/plain")
    for container in ("results", "no-such-container"):
        with pytest.raises(BlobNotFound):
            await store.read(container, "missing")
        with pytest.raises(BlobNotFound):
            await store.read(container, "missing", etag='"0x1"')


async def test_writers_that_make_the_container_at_once_all_succeed(store: BlobStore) -> None:
    await asyncio.gather(*(store.write("race", f"n{i}", b"x", "text/plain") for i in range(8)))
    for i in range(8):
        assert isinstance(await store.read("race", f"n{i}"), BlobContent)


async def test_a_service_that_is_away_is_unavailable_for_reads_and_writes(unused_tcp_port: int) -> None:
    store = BlobStore(ServiceAddress(connection_string=connection_string(unused_tcp_port)), None)
    with pytest.raises(StoreUnavailable):
        await store.read("results", "x")
    with pytest.raises(StoreUnavailable):
        await store.write("results", "x", b"", "text/plain")
    await store.close()


async def test_a_wrong_key_is_unavailable_and_never_shown(port: int) -> None:
    wrong = connection_string(port, key="d3Jvbmc=")
    other = BlobStore(ServiceAddress(connection_string=wrong), None)
    with pytest.raises(StoreUnavailable) as raised:
        await other.read("results", "x")
    assert "d3Jvbmc" not in raised.value.message
    await other.close()


async def test_an_address_that_cannot_be_used_is_a_setting_error_without_its_secret() -> None:
    with pytest.raises(SettingsInvalid) as raised:
        BlobStore(ServiceAddress(connection_string="AccountKey=hidden"), None)
    assert "hidden" not in raised.value.message
    with pytest.raises(SettingsInvalid):
        BlobStore(ServiceAddress(service_uri="https://account.blob.core.windows.net"), None)


async def test_deleting_by_prefix_takes_every_blob_of_it_and_no_other(store: BlobStore) -> None:
    for name in ("s_1/a", "s_1/b/c", "s_10/a"):
        await store.write("results", name, b"text", "text/plain")
    await store.delete_all("results", "s_1/")
    for name in ("s_1/a", "s_1/b/c"):
        with pytest.raises(BlobNotFound):
            await store.read("results", name)
    assert isinstance(await store.read("results", "s_10/a"), BlobContent)
    await store.delete_all("results", "s_1/")
    await store.delete_all("no-such-container", "s_1/")


async def test_requests_are_told_with_their_container_and_how_they_were_answered(store: BlobStore) -> None:
    await store.write("results", "told", b"text", "text/plain")
    content = await store.read("results", "told")
    assert isinstance(content, BlobContent)
    with recorder().listening() as told, span("call_tool"):
        await store.read("results", "told")
        await store.read("results", "told", etag=content.etag)
        with pytest.raises(BlobNotFound):
            await store.read("results", "none")
        with pytest.raises(BlobChanged):
            await store.replace("results", "told", b"other", "text/plain", etag='"0x0"')
        await store.names("results", "told")
        spans = [(made.name, dict(made.attributes or {}), made.status.is_ok) for made in told.all()]
    statuses = [attributes.get("db.response.status_code") for _, attributes, _ in spans]
    assert [name for name, _, _ in spans] == [*["read results"] * 3, "write results", "list results"]
    assert statuses == [None, "304", "404", "412", None]
    assert not any("salescoach.fault" in attributes for _, attributes, _ in spans)
