"""Queries through the SDK: partitions, pages, indexes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, DatabaseProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.local.cosmos.conftest import Emulator


@pytest.fixture
async def log(container: ContainerProxy) -> ContainerProxy:
    """Two partitions, `p` with events 0..29 and `q` with one."""
    for n in range(30):
        kind = "message" if n % 3 else "tool"
        await container.create_item({"id": f"e{n}", "pk": "p", "seq": n, "type": kind, "tags": ["all", kind]})
    await container.create_item({"id": "e0", "pk": "q", "seq": 0, "type": "message"})
    return container


async def ask(container: ContainerProxy, query: str, **options: Any) -> list[Any]:
    options.setdefault("partition_key", "p")
    parameters: list[dict[str, object]] = [
        {"name": f"@{name}", "value": value} for name, value in options.pop("given", {}).items()
    ]
    return [item async for item in container.query_items(query, parameters=parameters, **options)]


async def test_a_partition_query_sees_that_partition_only(log: ContainerProxy) -> None:
    assert await ask(log, "SELECT VALUE COUNT(1) FROM c") == [30]
    assert await ask(log, "SELECT VALUE COUNT(1) FROM c", partition_key="q") == [1]
    assert await ask(log, "SELECT VALUE COUNT(1) FROM c", partition_key="r") == [0]


async def test_a_cross_partition_query_sees_all(log: ContainerProxy) -> None:
    query = "SELECT VALUE c.pk FROM c WHERE c.id = 'e0' ORDER BY c.pk"
    assert [item async for item in log.query_items(query)] == ["p", "q"]


async def test_events_after_a_point_come_in_order(log: ContainerProxy) -> None:
    query = "SELECT TOP 3 c.seq FROM c WHERE c.type = @type AND c.seq > @after ORDER BY c.seq"
    assert await ask(log, query, given={"type": "message", "after": 20}) == [{"seq": 22}, {"seq": 23}, {"seq": 25}]
    descending = "SELECT VALUE c.seq FROM c WHERE c.seq < @before ORDER BY c.seq DESC OFFSET 1 LIMIT 2"
    assert await ask(log, descending, given={"before": 10}) == [8, 7]


async def test_queries_see_every_kind_of_write_after_they_ran_once(log: ContainerProxy) -> None:
    query = "SELECT VALUE c.id FROM c WHERE c.seq >= 28 ORDER BY c.seq"
    assert await ask(log, query) == ["e28", "e29"]
    await log.delete_item("e28", "p")
    await log.upsert_item({"id": "e3", "pk": "p", "seq": 100})
    await log.patch_item("e5", "p", [{"op": "set", "path": "/seq", "value": 28.5}])
    await log.create_item({"id": "new", "pk": "p", "seq": 99})
    assert await ask(log, query) == ["e5", "e29", "new", "e3"]
    assert await ask(log, "SELECT VALUE COUNT(1) FROM c") == [30]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT VALUE c.id FROM c",
        "SELECT VALUE c.id FROM c ORDER BY c.seq DESC",
        "SELECT VALUE c.id FROM c WHERE c.seq > 3 ORDER BY c.type, c.seq DESC",
        "SELECT VALUE c.id FROM c WHERE c.type = 'message' ORDER BY c.type",
        "SELECT VALUE CONCAT(c.id, t) FROM c JOIN t IN c.tags",
        "SELECT VALUE c.id FROM c OFFSET 4 LIMIT 15",
        "SELECT TOP 11 VALUE c.id FROM c ORDER BY c.type DESC",
        "SELECT DISTINCT VALUE c.type FROM c",
        "SELECT c.type, COUNT(1) AS n FROM c GROUP BY c.type",
    ],
)
async def test_pages_put_together_are_the_whole_result(log: ContainerProxy, query: str) -> None:
    whole = await ask(log, query)
    for size in (1, 4, 7):
        found: list[Any] = []
        token: str | None = None
        while True:
            pages = log.query_items(query, partition_key="p", max_item_count=size).by_page(token)
            page = [item async for item in await anext(pages)]
            found += page
            token = pages.continuation_token  # pyright: ignore[reportAttributeAccessIssue] - set by the SDK's pager
            if token is None:
                break
            assert len(page) == size
        assert found == whole


async def first_page(container: ContainerProxy, query: str, size: int) -> tuple[list[Any], str]:
    pages: AsyncIterator[Any] = container.query_items(query, partition_key="p", max_item_count=size).by_page()
    page = [item async for item in await anext(pages)]
    return page, str(pages.continuation_token)  # pyright: ignore[reportAttributeAccessIssue] - set by the SDK's pager


async def test_writes_between_pages_neither_repeat_nor_skip_items(log: ContainerProxy) -> None:
    query = "SELECT VALUE c.seq FROM c ORDER BY c.seq"
    page, token = await first_page(log, query, 10)
    await log.create_item({"id": "early", "pk": "p", "seq": -1})
    await log.delete_item("e3", "p")
    await log.create_item({"id": "late", "pk": "p", "seq": 10.5})
    rest = [
        item
        async for part in log.query_items(query, partition_key="p", max_item_count=10).by_page(token)
        async for item in part
    ]
    assert page == list(range(10))
    assert rest == [10, 10.5, *range(11, 30)]


async def test_a_token_of_another_query_is_refused(log: ContainerProxy) -> None:
    _, token = await first_page(log, "SELECT * FROM c", 5)
    for query, bad in (("SELECT * FROM c WHERE c.seq > 1", token), ("SELECT * FROM c", "nonsense")):
        with pytest.raises(CosmosHttpResponseError) as refused:
            await anext(log.query_items(query, partition_key="p").by_page(bad))
        assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "query",
    ["SELECT", "SELECT * FROM c WHERE", "SELECT * FROM c WHERE x.a = 1", "SELECT NOPE(c) FROM c",
     "SELECT * FROM c; DROP",
     "SELECT ABS() FROM c", "SELECT * FROM c WHERE COUNT(1) > 1", "SELECT * FROM c WHERE c.a = @missing",
     "SELECT TOP -1 * FROM c", "SELECT 'open FROM c", "SELECT " + "(" * 5000 + "1" + ")" * 5000],
)  # fmt: skip
async def test_an_invalid_query_is_a_400(log: ContainerProxy, query: str) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await ask(log, query)
    assert refused.value.status_code == 400


async def test_many_items_are_read_at_once(log: ContainerProxy) -> None:
    wanted = [(f"e{n}", "p") for n in range(0, 30, 2)] + [("e0", "q"), ("none", "p")]
    found = await log.read_items(wanted)
    assert sorted((item["id"], item["pk"]) for item in found) == sorted(wanted[:-1])
    assert [item["id"] for item in await log.read_items([("e1", "p"), ("e2", "p")])] == ["e1", "e2"]
    assert [item["id"] for item in await log.read_items([("e1", "p")])] == ["e1"]


async def test_all_items_are_listed_page_by_page(log: ContainerProxy) -> None:
    assert len([item async for item in log.read_all_items(max_item_count=7)]) == 31


async def test_a_hierarchical_key_is_queried_by_prefix_and_in_full(database: DatabaseProxy) -> None:
    tree = await database.create_container("tree", PartitionKey(["/tenant", "/user", "/day"]))
    for tenant in ("t1", "t2"):
        for user in ("u1", "u2"):
            for day in (1, 2):
                await tree.create_item({"id": "x", "tenant": tenant, "user": user, "day": day})
    assert (await tree.read_item("x", ["t1", "u2", 1]))["user"] == "u2"
    count = "SELECT VALUE COUNT(1) FROM c"
    for key, expected in ((["t1"], 4), (["t1", "u1"], 2), (["t1", "u1", 2], 1), (["t3"], 0)):
        assert sum(await ask(tree, count, partition_key=key)) == expected
    listed = await ask(tree, "SELECT VALUE c.user FROM c WHERE c.day = 1 ORDER BY c.user", partition_key=["t2"])
    assert listed == ["u1", "u2"]


async def test_a_query_costs_more_the_more_it_scans(emulator: Emulator, log: ContainerProxy) -> None:
    charges: list[float] = []

    def note(headers: dict[str, str], _: object) -> None:
        charges.append(float(headers["x-ms-request-charge"]))

    await ask(log, "SELECT * FROM c WHERE c.seq = 3", response_hook=note)
    await ask(log, "SELECT * FROM c WHERE c.seq + 0 = 3", response_hook=note)
    assert charges[1] > charges[0]


async def test_a_page_ends_at_four_megabytes_and_nothing_is_lost(container: ContainerProxy) -> None:
    for n in range(12):
        await container.create_item({"id": f"e{n}", "pk": "p", "text": "x" * 900_000})
    pages = container.query_items("SELECT * FROM c", partition_key="p").by_page()
    sizes = [len([item async for item in page]) async for page in pages]
    assert sizes == [5, 5, 2]
    feed = container.query_items_change_feed(start_time="Beginning")
    assert [item["id"] async for item in feed] == [f"e{n}" for n in range(12)]


async def test_a_list_given_as_parameter_selects_by_value(log: ContainerProxy) -> None:
    query = "SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@ids, c.id) ORDER BY c.seq"
    assert await ask(log, query, given={"ids": ["e7", "e2", "none"]}) == ["e2", "e7"]
    assert await ask(log, query, given={"ids": []}) == []
