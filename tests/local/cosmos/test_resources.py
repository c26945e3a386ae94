"""Databases, containers and throughput."""

import asyncio
from typing import Any

import pytest
from azure.cosmos import CosmosClient as SyncClient
from azure.cosmos import PartitionKey, ThroughputProperties
from azure.cosmos.aio import CosmosClient, DatabaseProxy
from azure.cosmos.exceptions import CosmosHttpResponseError, CosmosResourceExistsError, CosmosResourceNotFoundError

from local.cosmos.auth import EMULATOR_KEY
from tests.local.cosmos.conftest import Emulator


async def test_databases_are_created_listed_and_deleted(client: CosmosClient) -> None:
    for name in ("one", "two"):
        await client.create_database(name)
    with pytest.raises(CosmosResourceExistsError):
        await client.create_database("one")
    await client.create_database_if_not_exists("one")
    assert [item["id"] async for item in client.list_databases()] == ["one", "two"]
    query = client.query_databases("SELECT * FROM r WHERE r.id = @id", parameters=[{"name": "@id", "value": "two"}])
    assert [item["id"] async for item in query] == ["two"]
    await client.delete_database("one")
    assert [item["id"] async for item in client.list_databases()] == ["two"]
    with pytest.raises(CosmosResourceNotFoundError):
        await client.delete_database("one")


async def test_a_container_keeps_its_policies(database: DatabaseProxy) -> None:
    indexing: dict[str, Any] = {
        "indexingMode": "consistent",
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": "/text/?"}],
        "compositeIndexes": [[{"path": "/a", "order": "ascending"}, {"path": "/b", "order": "descending"}]],
    }
    unique: dict[str, Any] = {"uniqueKeys": [{"paths": ["/mail"]}]}
    vectors: dict[str, Any] = {
        "vectorEmbeddings": [{"path": "/v", "dataType": "float32", "dimensions": 3, "distanceFunction": "cosine"}]
    }
    made = await database.create_container(
        "c",
        PartitionKey(["/a", "/b"]),
        indexing_policy=indexing,
        default_ttl=-1,
        unique_key_policy=unique,
        vector_embedding_policy=vectors,
    )
    read = await made.read()
    assert read["indexingPolicy"] == indexing
    assert read["uniqueKeyPolicy"] == unique
    assert read["vectorEmbeddingPolicy"] == vectors
    assert read["defaultTtl"] == -1
    assert read["partitionKey"] == {"paths": ["/a", "/b"], "kind": "MultiHash", "version": 2}
    with pytest.raises(CosmosResourceExistsError):
        await database.create_container("c", PartitionKey("/a"))
    assert [item["id"] async for item in database.list_containers()] == ["c"]


async def test_a_replace_changes_policies_but_never_the_key(database: DatabaseProxy) -> None:
    made = await database.create_container("c", PartitionKey("/a"), default_ttl=5)
    await database.replace_container(made, PartitionKey("/a"), default_ttl=7)
    assert (await made.read())["defaultTtl"] == 7
    await database.replace_container(made, PartitionKey("/a"))
    assert "defaultTtl" not in await made.read()
    with pytest.raises(CosmosHttpResponseError) as refused:
        await database.replace_container(made, PartitionKey("/b"))
    assert refused.value.status_code == 400


async def test_a_deleted_container_takes_its_items_along(database: DatabaseProxy) -> None:
    made = await database.create_container("c", PartitionKey("/pk"))
    await made.create_item({"id": "a", "pk": "p"})
    await database.delete_container("c")
    with pytest.raises(CosmosResourceNotFoundError):
        await made.read_item("a", "p")
    again = await database.create_container("c", PartitionKey("/pk"))
    assert [item async for item in again.read_all_items()] == []


async def test_a_client_that_knew_the_old_container_finds_the_new_one(
    emulator: Emulator, database: DatabaseProxy
) -> None:
    made = await database.create_container("c", PartitionKey("/pk"))
    await made.create_item({"id": "a", "pk": "p"})
    async with CosmosClient(emulator.url, EMULATOR_KEY) as other:
        await other.get_database_client("app").delete_container("c")
        await other.get_database_client("app").create_container("c", PartitionKey("/pk"))
    assert (await made.create_item({"id": "b", "pk": "p"}))["id"] == "b"


async def test_throughput_is_kept_and_changed(database: DatabaseProxy) -> None:
    manual = await database.create_container("m", PartitionKey("/pk"), offer_throughput=400)
    automatic = await database.create_container(
        "a", PartitionKey("/pk"), offer_throughput=ThroughputProperties(auto_scale_max_throughput=4000)
    )
    assert (await manual.get_throughput()).offer_throughput == 400
    await manual.replace_throughput(900)
    assert (await manual.get_throughput()).offer_throughput == 900
    assert (await automatic.get_throughput()).auto_scale_max_throughput == 4000


@pytest.mark.parametrize("name", ["a/b", "a?b", "a#b", "a\\b", "a ", ""])
async def test_a_bad_resource_name_is_refused(database: DatabaseProxy, name: str) -> None:
    with pytest.raises((CosmosHttpResponseError, ValueError)):
        await database.create_container(name, PartitionKey("/pk"))
    assert [item async for item in database.list_containers()] == []


async def test_a_partition_can_be_deleted_whole(database: DatabaseProxy) -> None:
    made = await database.create_container("c", PartitionKey("/pk"))
    for name in ("a", "b"):
        await made.create_item({"id": name, "pk": "p"})
    await made.create_item({"id": "a", "pk": "q"})
    await made.delete_all_items_by_partition_key("p")
    assert [item["pk"] async for item in made.read_all_items()] == ["q"]


async def test_stored_procedures_are_refused_clearly(database: DatabaseProxy) -> None:
    made = await database.create_container("c", PartitionKey("/pk"))
    with pytest.raises(CosmosHttpResponseError) as refused:
        await made.scripts.create_stored_procedure({"id": "s", "body": "function () {}"})
    assert refused.value.status_code == 400
    assert "not supported" in refused.value.message


def use_synchronously(url: str) -> list[int]:
    """What a synchronous program does, start to end."""
    with SyncClient(url, EMULATOR_KEY) as client:
        container = client.create_database("sync").create_container("c", PartitionKey("/pk"))
        container.create_item({"id": "a", "pk": "p", "n": 1})
        container.upsert_item({"id": "b", "pk": "p", "n": 2})
        container.execute_item_batch([("create", ({"id": "c", "pk": "p", "n": 3},)), ("read", ("a",))], "p")
        container.patch_item("a", "p", [{"op": "incr", "path": "/n", "value": 9}])
        assert container.read_item("a", "p")["n"] == 10
        found = container.query_items("SELECT VALUE c.n FROM c ORDER BY c.n DESC", enable_cross_partition_query=True)
        return [int(str(item)) for item in found]


async def test_the_synchronous_client_works_too(emulator: Emulator) -> None:
    assert await asyncio.to_thread(use_synchronously, emulator.url) == [10, 3, 2]
