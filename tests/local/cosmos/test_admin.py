"""The side door: faults, clock, snapshots, strict rules."""

from typing import Any

import aiohttp
import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy
from azure.cosmos.exceptions import (
    CosmosBatchOperationError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from tests.local.cosmos.conftest import Emulator
from tests.local.cosmos.http import signed


async def post(emulator: Emulator, path: str, body: Any = None, data: bytes | None = None) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{emulator.admin_url}{path}", json=body, data=data) as answer,
    ):
        return answer.status


async def armed(emulator: Emulator) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{emulator.admin_url}/faults") as answer:
        return list(await answer.json())


async def test_throttled_requests_are_retried_by_the_sdk_until_they_pass(
    emulator: Emulator, container: ContainerProxy
) -> None:
    fault = {"status": 429, "substatus": 3200, "match": "/docs", "method": "POST", "count": 3, "retry_after_ms": 1}
    assert await post(emulator, "/faults", [fault]) == 204
    assert (await container.create_item({"id": "a", "pk": "p"}))["id"] == "a"
    assert await armed(emulator) == []


async def test_a_fault_hits_only_what_it_names(emulator: Emulator, container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p"})
    await container.create_item({"id": "b", "pk": "p"})
    await post(emulator, "/faults", [{"status": 449, "substatus": 7, "match": "docs/a$", "method": "GET", "count": 2}])
    assert (await container.read_item("b", "p"))["id"] == "b"
    with pytest.raises(CosmosHttpResponseError) as failed:
        await container.read_item("a", "p")
    assert (failed.value.status_code, failed.value.sub_status) == (449, 7)
    assert [fault["count"] for fault in await armed(emulator)] == [1]


async def test_writes_that_somebody_else_was_faster_than_are_listed(
    emulator: Emulator, container: ContainerProxy
) -> None:
    await container.create_item({"id": "a", "pk": "p"})
    unchanged, stale = MatchConditions.IfNotModified, {"if_match_etag": "old"}
    with pytest.raises(CosmosHttpResponseError):
        await container.replace_item("a", {"id": "a", "pk": "p"}, etag="old", match_condition=unchanged)
    create, replaced = ("create", ({"id": "b", "pk": "p"},)), ("replace", ("a", {"id": "a", "pk": "p"}), stale)
    with pytest.raises(CosmosBatchOperationError):
        await container.execute_item_batch([create, replaced], "p")
    with pytest.raises(CosmosResourceExistsError):
        await container.create_item({"id": "a", "pk": "p"})

    async with aiohttp.ClientSession() as session, session.get(f"{emulator.admin_url}/overtaken") as answer:
        overtaken = await answer.json()
    assert [request["document"] for request in overtaken] == [["replace a"], ["create b", "replace a"]]


async def test_a_lost_answer_leaves_the_write_done(emulator: Emulator, container: ContainerProxy) -> None:
    await post(emulator, "/faults", [{"status": 408, "method": "POST", "match": "docs", "after": True}])
    with pytest.raises(CosmosHttpResponseError) as failed:
        await container.create_item({"id": "a", "pk": "p"})
    assert failed.value.status_code == 408
    assert (await container.read_item("a", "p"))["id"] == "a"


async def test_a_delay_without_status_only_slows(emulator: Emulator, container: ContainerProxy) -> None:
    await post(emulator, "/faults", [{"delay_ms": 30, "match": "docs"}])
    assert (await container.create_item({"id": "a", "pk": "p"}))["id"] == "a"
    assert await armed(emulator) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", {}),
        ("/faults", [{"match": "("}]),
        ("/faults", [{"what": 1}]),
        ("/clock", {}),
        ("/strict", {"page_size": -1}),
    ],
)
async def test_a_bad_admin_request_is_a_400(emulator: Emulator, path: str, body: Any) -> None:
    assert await post(emulator, path, body) == 400


async def test_reset_empties_the_account(emulator: Emulator, client: CosmosClient, container: ContainerProxy) -> None:
    await post(emulator, "/faults", [{"status": 500, "match": "never"}])
    assert await post(emulator, "/reset") == 204
    assert [item async for item in client.list_databases()] == []
    assert await armed(emulator) == []
    again = await (await client.create_database("app")).create_container("items", PartitionKey("/pk"))
    assert [item async for item in again.read_all_items()] == []


async def test_a_snapshot_brings_back_what_was(emulator: Emulator, container: ContainerProxy) -> None:
    kept = await container.create_item({"id": "a", "pk": "p", "v": 1})
    async with aiohttp.ClientSession() as session, session.get(f"{emulator.admin_url}/snapshot") as answer:
        image = await answer.read()
    await container.upsert_item({"id": "a", "pk": "p", "v": 2})
    await container.create_item({"id": "b", "pk": "p"})
    assert await post(emulator, "/restore", data=b"nonsense") == 400
    assert await post(emulator, "/restore", data=image) == 204
    assert await container.read_item("a", "p") == kept
    assert [item["id"] async for item in container.query_items("SELECT * FROM c", partition_key="p")] == ["a"]


async def test_the_clock_moves_items_past_their_life(emulator: Emulator, database: DatabaseProxy) -> None:
    aging = await database.create_container("aging", PartitionKey("/pk"), default_ttl=60)
    await aging.create_item({"id": "a", "pk": "p"})
    assert await post(emulator, "/clock", {"offset_s": 61}) == 204
    with pytest.raises(CosmosResourceNotFoundError):
        await aging.read_item("a", "p")


async def run(container: ContainerProxy, query: str, **options: Any) -> list[Any]:
    return [item async for item in container.query_items(query, **options)]


async def test_strict_refuses_cross_partition_queries_but_the_allowed(
    emulator: Emulator, container: ContainerProxy
) -> None:
    await post(emulator, "/strict", {"allow": ["SELECT TOP 100 c.id FROM c  WHERE c.due <= 5"]})
    await container.create_item({"id": "a", "pk": "p", "due": 1})
    with pytest.raises(CosmosHttpResponseError) as refused:
        await run(container, "SELECT c.id FROM c")
    assert refused.value.status_code == 400
    assert await run(container, "SELECT TOP 100 c.id\nFROM c WHERE c.due <= 5") == [{"id": "a"}]
    assert await run(container, "SELECT c.id FROM c", partition_key="p") == [{"id": "a"}]


async def test_strict_refuses_an_order_the_indexes_do_not_serve(emulator: Emulator, database: DatabaseProxy) -> None:
    policy: dict[str, Any] = {
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": "/text/*"}],
        "compositeIndexes": [[{"path": "/a", "order": "ascending"}, {"path": "/b", "order": "descending"}]],
    }
    made = await database.create_container("c", PartitionKey("/pk"), indexing_policy=policy)
    await made.create_item({"id": "x", "pk": "p", "a": 1, "b": 2, "text": {"deep": 1}})
    await post(emulator, "/strict", {})
    every = "SELECT * FROM c ORDER BY "
    for served in ("c.a", "c.a, c.b DESC", "c.a DESC, c.b"):
        assert len(await run(made, every + served, partition_key="p")) == 1
    for refused in ("c.text.deep", "c.a, c.b", "c.b DESC, c.a"):
        with pytest.raises(CosmosHttpResponseError) as failed:
            await run(made, every + refused, partition_key="p")
        assert failed.value.status_code == 400


async def test_strict_gives_short_pages_that_add_up(emulator: Emulator, container: ContainerProxy) -> None:
    for n in range(10):
        await container.create_item({"id": f"e{n}", "pk": "p"})
    await post(emulator, "/strict", {"page_size": 3})
    pages = container.query_items("SELECT VALUE c.id FROM c", partition_key="p").by_page()
    sizes = [len([item async for item in page]) async for page in pages]
    assert sizes == [3, 3, 3, 1]


async def test_strict_throttles_what_exceeds_the_budget(emulator: Emulator, container: ContainerProxy) -> None:
    await post(emulator, "/strict", {"ru_per_second": 20})
    emulator.cosmos.rules.spend(10_000)
    async with (
        aiohttp.ClientSession(headers=signed("get", "dbs", "dbs/app")) as session,
        session.get(f"{emulator.url}/dbs/app") as throttled,
    ):
        assert (throttled.status, throttled.headers["x-ms-substatus"]) == (429, "3200")
        assert 1 <= int(throttled.headers["x-ms-retry-after-ms"]) <= 1000
    emulator.cosmos.store.clock.offset = 3600
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("a", "p")
