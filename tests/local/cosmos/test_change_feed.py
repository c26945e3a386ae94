"""The latest-version change feed and feed ranges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, DatabaseProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.local.cosmos.conftest import Emulator


async def drain(container: ContainerProxy, **options: Any) -> tuple[list[str], str]:
    """All changes now, as ids, and where to go on."""
    found = [str(item["id"]) async for item in container.query_items_change_feed(**options)]
    return found, str(container.client_connection.last_response_headers["etag"])


async def test_the_feed_from_the_beginning_gives_each_item_once_by_last_change(container: ContainerProxy) -> None:
    for name in ("a", "b", "c"):
        await container.create_item({"id": name, "pk": name})
    await container.upsert_item({"id": "a", "pk": "a", "v": 2})
    await container.delete_item("b", "b")
    assert (await drain(container, start_time="Beginning"))[0] == ["c", "a"]


async def test_a_continuation_gives_only_what_changed_since(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p"})
    found, token = await drain(container, start_time="Beginning")
    assert found == ["a"]
    assert await drain(container, continuation=token) == ([], token)
    await container.create_item({"id": "b", "pk": "q"})
    await container.upsert_item({"id": "a", "pk": "p", "v": 2})
    found, later = await drain(container, continuation=token)
    assert found == ["b", "a"]
    assert (await drain(container, continuation=later))[0] == []


async def test_the_feed_from_now_skips_what_was_there(container: ContainerProxy) -> None:
    await container.create_item({"id": "old", "pk": "p"})
    found, token = await drain(container, start_time="Now")
    assert found == []
    await container.create_item({"id": "new", "pk": "p"})
    assert (await drain(container, continuation=token))[0] == ["new"]


async def test_the_feed_comes_in_pages_without_loss(container: ContainerProxy) -> None:
    names = [f"e{n}" for n in range(23)]
    for name in names:
        await container.create_item({"id": name, "pk": "p"})
    assert (await drain(container, start_time="Beginning", max_item_count=5))[0] == names


async def test_the_feed_of_one_key_or_prefix_is_that_part_only(database: DatabaseProxy) -> None:
    tree = await database.create_container("tree", PartitionKey(["/tenant", "/user"]))
    for tenant in ("t1", "t2"):
        for user in ("u1", "u2"):
            await tree.create_item({"id": f"{tenant}{user}", "tenant": tenant, "user": user})
    assert (await drain(tree, start_time="Beginning", partition_key=["t1", "u2"]))[0] == ["t1u2"]
    assert (await drain(tree, start_time="Beginning", partition_key=["t2"]))[0] == ["t2u1", "t2u2"]


async def test_feed_ranges_of_keys_select_their_items(container: ContainerProxy) -> None:
    for key in ("p", "q", "r"):
        await container.create_item({"id": key, "pk": key})
    ranges = [part async for part in container.read_feed_ranges()]
    assert len(ranges) == 1
    assert (await drain(container, start_time="Beginning", feed_range=ranges[0]))[0] == ["p", "q", "r"]
    one = await container.feed_range_from_partition_key("q")
    assert (await drain(container, start_time="Beginning", feed_range=one))[0] == ["q"]
    query = container.query_items("SELECT VALUE c.id FROM c", feed_range=one)
    assert [item async for item in query] == ["q"]


async def test_a_start_time_leaves_out_earlier_changes(emulator: Emulator, container: ContainerProxy) -> None:
    emulator.cosmos.store.clock.offset = -3600
    await container.create_item({"id": "old", "pk": "p"})
    emulator.cosmos.store.clock.offset = 0
    await container.create_item({"id": "new", "pk": "p"})
    start = datetime.now(UTC) - timedelta(minutes=10)
    assert (await drain(container, start_time=start))[0] == ["new"]


async def test_all_versions_mode_is_refused(container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await drain(container, mode="AllVersionsAndDeletes")
    assert refused.value.status_code == 400
