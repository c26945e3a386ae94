"""Pages, queries over several partitions, many reads, and the change feed."""

from collections.abc import AsyncIterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.local.cosmos.contract.conftest import Box


async def ids(items: AsyncIterable[dict[str, Any]]) -> list[str]:
    return [str(item["id"]) async for item in items]


async def members(box: Box) -> None:
    for user, name in (("u1", "a"), ("u1", "b"), ("u2", "a")):
        await box.tree.create_item({"id": name, "tenant": box.pk, "user": user})


async def test_pages_follow_each_other(box: Box) -> None:
    await box.fill(7)
    query = box.items.query_items("SELECT VALUE c.seq FROM c ORDER BY c.seq", partition_key=box.pk, max_item_count=3)
    assert [[row async for row in page] async for page in query.by_page()] == [[0, 1, 2], [3, 4, 5], [6]]


async def test_a_token_goes_on_where_the_page_ended(box: Box) -> None:
    await box.fill(5)
    options: dict[str, Any] = {"partition_key": box.pk, "max_item_count": 2}
    pages = box.items.query_items("SELECT VALUE c.seq FROM c ORDER BY c.seq", **options).by_page()
    first = [row async for row in await anext(pages)]
    token = pages.continuation_token  # pyright: ignore[reportAttributeAccessIssue] - there, but not in its type
    rest = box.items.query_items("SELECT VALUE c.seq FROM c ORDER BY c.seq", **options).by_page(token)
    assert first + [row async for page in rest async for row in page] == [0, 1, 2, 3, 4]


async def test_a_nonsense_token_is_refused(box: Box) -> None:
    await box.fill(2)
    with pytest.raises(CosmosHttpResponseError) as refused:
        _ = [page async for page in box.items.query_items("SELECT * FROM c", partition_key=box.pk).by_page("nonsense")]
    assert refused.value.status_code == 400


async def test_all_items_are_read(box: Box) -> None:
    await box.fill(2)
    assert {"e00", "e01"} <= set(await ids(box.items.read_all_items()))


async def test_a_query_crosses_partitions(box: Box) -> None:
    await box.items.create_item({"id": "a", "pk": f"{box.pk}-1", "run": box.pk})
    await box.items.create_item({"id": "b", "pk": f"{box.pk}-2", "run": box.pk})
    parameters: list[dict[str, object]] = [{"name": "@run", "value": box.pk}]
    query = "SELECT * FROM c WHERE c.run = @run"
    assert sorted(await ids(box.items.query_items(query, parameters=parameters))) == ["a", "b"]
    count = box.items.query_items("SELECT VALUE COUNT(1) FROM c WHERE c.run = @run", parameters=parameters)
    assert [number async for number in count] == [2]
    ordered = box.items.query_items(f"{query} ORDER BY c.id DESC", parameters=parameters)
    assert await ids(ordered) == ["b", "a"]


async def test_many_items_are_read_at_once(box: Box) -> None:
    await box.fill(3)
    await box.items.create_item({"id": "x", "pk": f"{box.pk}-2"})
    wanted: list[Any] = [("e00", box.pk), ("e02", box.pk), ("x", f"{box.pk}-2"), ("none", box.pk)]
    assert sorted(str(item["id"]) for item in await box.items.read_items(wanted)) == ["e00", "e02", "x"]


async def test_a_full_hierarchical_key_is_one_partition(box: Box) -> None:
    await members(box)
    assert await ids(box.tree.query_items("SELECT * FROM c", partition_key=[box.pk, "u1"])) == ["a", "b"]
    assert (await box.tree.read_item("a", [box.pk, "u2"]))["user"] == "u2"


async def test_a_prefix_of_a_hierarchical_key_covers_its_partitions(box: Box) -> None:
    await members(box)
    assert sorted(await ids(box.tree.query_items("SELECT * FROM c", partition_key=[box.pk]))) == ["a", "a", "b"]


async def test_a_partial_key_cannot_address_an_item(box: Box) -> None:
    await members(box)
    with pytest.raises((CosmosHttpResponseError, ValueError)):
        await box.tree.read_item("a", [box.pk])


async def test_the_change_feed_of_a_partition_starts_at_the_beginning(box: Box) -> None:
    await box.fill(3)
    feed = box.items.query_items_change_feed(partition_key=box.pk, start_time="Beginning")
    assert await ids(feed) == ["e00", "e01", "e02"]


async def test_the_change_feed_has_only_the_latest_version_by_last_change(box: Box) -> None:
    await box.fill(3)
    await box.items.upsert_item(box.item("e00", seq=9))
    feed = box.items.query_items_change_feed(partition_key=box.pk, start_time="Beginning")
    assert [(item["id"], item["seq"]) async for item in feed] == [("e01", 1), ("e02", 2), ("e00", 9)]


async def test_deleted_items_leave_the_change_feed(box: Box) -> None:
    await box.fill(2)
    await box.items.delete_item("e00", box.pk)
    assert await ids(box.items.query_items_change_feed(partition_key=box.pk, start_time="Beginning")) == ["e01"]


async def test_the_change_feed_goes_on_from_its_continuation(box: Box) -> None:
    await box.fill(2)
    feed = box.items.query_items_change_feed(partition_key=box.pk, start_time="Beginning")
    assert len(await ids(feed)) == 2
    token = box.items.client_connection.last_response_headers["etag"]
    await box.items.create_item(box.item("new"))
    assert await ids(box.items.query_items_change_feed(continuation=token)) == ["new"]


async def test_the_change_feed_from_now_skips_what_was(box: Box) -> None:
    await box.fill(2)
    assert await ids(box.items.query_items_change_feed(partition_key=box.pk, start_time="Now")) == []


async def test_the_change_feed_from_a_time_leaves_out_what_was_before(box: Box) -> None:
    await box.fill(1)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await ids(box.items.query_items_change_feed(partition_key=box.pk, start_time=later)) == []
    earlier = datetime.now(UTC) - timedelta(hours=1)
    assert await ids(box.items.query_items_change_feed(partition_key=box.pk, start_time=earlier)) == ["e00"]


async def test_feed_ranges_cover_every_item_once(box: Box) -> None:
    await box.fill(3)
    found: list[str] = []
    async for feed_range in box.items.read_feed_ranges():
        changes = box.items.query_items_change_feed(feed_range=feed_range, start_time="Beginning")
        found += [str(item["id"]) async for item in changes if item["pk"] == box.pk]
    assert found == ["e00", "e01", "e02"]


async def test_the_feed_range_of_a_key_has_its_items_only(box: Box) -> None:
    await box.fill(2)
    feed_range = await box.items.feed_range_from_partition_key(box.pk)
    changes = box.items.query_items_change_feed(feed_range=feed_range, start_time="Beginning")
    assert await ids(changes) == ["e00", "e01"]


async def test_a_session_token_of_an_own_write_reads_it(box: Box) -> None:
    made = await box.items.create_item(box.item("a"))
    token = made.get_response_headers()["x-ms-session-token"]
    assert (await box.items.read_item("a", box.pk, session_token=token))["id"] == "a"


async def test_conflicts_are_listed(box: Box) -> None:
    assert [conflict async for conflict in box.items.list_conflicts()] == []
