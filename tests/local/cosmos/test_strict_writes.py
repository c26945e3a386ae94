"""Strict mode's transient failures, and time as queries see it."""

from collections import Counter
from datetime import UTC, datetime

import aiohttp
import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.local.cosmos.conftest import Emulator


async def set_strict(emulator: Emulator, **setting: object) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{emulator.admin_url}/strict", json=setting) as answer,
    ):
        assert answer.status == 204


async def test_flaky_writes_fail_transiently_and_a_408_may_be_done_all_the_same(
    emulator: Emulator, container: ContainerProxy
) -> None:
    await set_strict(emulator, flaky=0.5, seed=7)
    ends: Counter[int] = Counter()
    unanswered: set[str] = set()
    for n in range(80):
        try:
            await container.create_item({"id": f"e{n}", "pk": "p"}, retry_write=0)
        except CosmosHttpResponseError as error:
            ends[error.status_code or 0] += 1
            if error.status_code == 408:
                unanswered.add(f"e{n}")
        else:
            ends[201] += 1
    # The SDK itself repeats after a 429, so only the two others surface.
    assert set(ends) == {201, 408, 449}
    await set_strict(emulator)
    found = {str(item) async for item in container.query_items("SELECT VALUE c.id FROM c", partition_key="p")}
    assert len(found & unanswered) > 0
    assert len(unanswered - found) > 0


async def test_reads_and_queries_never_stumble(emulator: Emulator, container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p"})
    await set_strict(emulator, flaky=1.0)
    for _ in range(20):
        assert (await container.read_item("a", "p"))["id"] == "a"
        assert [item async for item in container.query_items("SELECT VALUE c.id FROM c", partition_key="p")] == ["a"]
    with pytest.raises(CosmosHttpResponseError):
        await container.upsert_item({"id": "b", "pk": "p"}, retry_total=0)


async def test_queries_and_conditions_of_patches_see_the_shifted_clock(
    emulator: Emulator, container: ContainerProxy
) -> None:
    await container.create_item({"id": "a", "pk": "p", "due": "2090-01-01T00:00:00.0000000Z"})
    due = "FROM c WHERE c.due <= GetCurrentDateTime()"
    assert [item async for item in container.query_items(f"SELECT VALUE c.id {due}", partition_key="p")] == []
    emulator.cosmos.store.clock.offset = (datetime(2091, 1, 1, tzinfo=UTC) - datetime.now(UTC)).total_seconds()
    assert [item async for item in container.query_items(f"SELECT VALUE c.id {due}", partition_key="p")] == ["a"]
    seconds = "SELECT VALUE GetCurrentTimestamp() / 1000 FROM c"
    found = [item async for item in container.query_items(seconds, partition_key="p")]
    assert abs(float(str(found[0])) - datetime(2091, 1, 1, tzinfo=UTC).timestamp()) < 60
    operations = [{"op": "set", "path": "/done", "value": True}]
    patched = await container.patch_item("a", "p", operations, filter_predicate=due)
    assert patched["done"] is True
