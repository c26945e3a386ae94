"""Databases, containers, throughput, and what the service has beside items."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.cosmos import PartitionKey, ThroughputProperties
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import (
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from tests.local.cosmos.contract.conftest import Box

KEY = PartitionKey("/pk")


@pytest.fixture
async def own(box: Box) -> AsyncIterator[ContainerProxy]:
    """A container of this check's own."""
    made = await box.database.create_container(f"c-{box.pk[:12]}", KEY, offer_throughput=400)
    yield made
    await box.database.delete_container(made.id)


async def test_a_database_is_created_found_and_deleted(box: Box) -> None:
    name = f"contract-{uuid.uuid4().hex[:12]}"
    await box.client.create_database(name)
    with pytest.raises(CosmosResourceExistsError):
        await box.client.create_database(name)
    query = "SELECT VALUE d.id FROM d WHERE d.id = @id"
    found = box.client.query_databases(query, parameters=[{"name": "@id", "value": name}])
    assert [row async for row in found] == [name]
    assert name in [database["id"] async for database in box.client.list_databases()]
    await box.client.delete_database(name)
    with pytest.raises(CosmosResourceNotFoundError):
        await box.client.get_database_client(name).read()


async def test_creating_if_missing_keeps_what_exists(box: Box, own: ContainerProxy) -> None:
    again = await box.database.create_container_if_not_exists(own.id, KEY)
    assert (await again.read())["_rid"] == (await own.read())["_rid"]


async def test_containers_are_listed_and_queried(box: Box, own: ContainerProxy) -> None:
    assert {"items", own.id} <= {str(found["id"]) async for found in box.database.list_containers()}
    query = "SELECT * FROM c WHERE c.id = @id"
    found = box.database.query_containers(query, parameters=[{"name": "@id", "value": own.id}])
    assert [row["id"] async for row in found] == [own.id]


async def test_a_second_container_of_the_name_is_a_conflict(box: Box, own: ContainerProxy) -> None:
    with pytest.raises(CosmosResourceExistsError):
        await box.database.create_container(own.id, KEY)


async def test_a_container_has_default_policies(own: ContainerProxy) -> None:
    properties = await own.read()
    assert properties["partitionKey"] == {"paths": ["/pk"], "kind": "Hash", "version": 2}
    assert properties["indexingPolicy"]["indexingMode"] == "consistent"
    assert properties["indexingPolicy"]["includedPaths"] == [{"path": "/*"}]
    assert properties["conflictResolutionPolicy"]["mode"] == "LastWriterWins"


async def test_a_replace_changes_the_time_to_live(box: Box, own: ContainerProxy) -> None:
    await box.database.replace_container(own, KEY, default_ttl=60)
    assert (await own.read())["defaultTtl"] == 60


async def test_the_partition_key_cannot_be_changed(box: Box, own: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.database.replace_container(own, PartitionKey("/other"))
    assert refused.value.status_code == 400


async def test_a_hierarchical_key_has_three_levels_at_most(box: Box) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.database.create_container("deep", PartitionKey(["/a", "/b", "/c", "/d"], kind="MultiHash"))
    assert refused.value.status_code == 400


@pytest.mark.parametrize("ttl", [0, -2])
async def test_a_senseless_time_to_live_is_400(box: Box, ttl: int) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.database.create_container("ttl", KEY, default_ttl=ttl)
    assert refused.value.status_code == 400


async def test_a_client_follows_a_container_made_anew(box: Box, own: ContainerProxy, connection_string: str) -> None:
    async with CosmosClient.from_connection_string(connection_string) as other:
        elsewhere = other.get_database_client(box.database.id).get_container_client(own.id)
        await elsewhere.create_item(box.item("a"))
        await box.database.delete_container(own.id)
        await box.database.create_container(own.id, KEY)
        assert (await elsewhere.create_item(box.item("a")))["id"] == "a"


async def test_manual_throughput_is_read_and_changed(own: ContainerProxy) -> None:
    assert (await own.get_throughput()).offer_throughput == 400
    await own.replace_throughput(500)
    assert (await own.get_throughput()).offer_throughput == 500


async def test_automatic_throughput_has_a_maximum(box: Box) -> None:
    automatic = ThroughputProperties(auto_scale_max_throughput=1000)
    made = await box.database.create_container(f"auto-{box.pk[:12]}", KEY, offer_throughput=automatic)
    assert (await made.get_throughput()).auto_scale_max_throughput == 1000
    await box.database.delete_container(made.id)


async def test_the_account_names_its_regions_and_consistency(box: Box) -> None:
    account = await box.client._get_database_account()  # pyright: ignore[reportPrivateUsage] - the SDK's only way
    assert account.WritableLocations
    assert (account.ConsistencyPolicy or {})["defaultConsistencyLevel"]


async def test_a_wrong_key_is_401(connection_string: str) -> None:
    endpoint = connection_string.partition(";")[0].partition("=")[2]
    with pytest.raises(CosmosHttpResponseError) as refused:
        async with CosmosClient(endpoint, "d3Jvbmcga2V5") as client:
            await client.create_database("never")
    assert refused.value.status_code == 401


SCRIPT: dict[str, Any] = {"id": "hello", "body": "function () { getContext().getResponse().setBody('hello'); }"}


async def test_a_stored_procedure_runs(box: Box) -> None:
    await box.items.scripts.create_stored_procedure(SCRIPT)
    assert await box.items.scripts.execute_stored_procedure("hello", partition_key=box.pk) == "hello"


async def test_a_user_defined_function_is_created(box: Box) -> None:
    made = await box.items.scripts.create_user_defined_function({"id": "one", "body": "function () { return 1; }"})
    assert made["id"] == "one"


async def test_a_trigger_is_created(box: Box) -> None:
    trigger = {**SCRIPT, "triggerType": "Pre", "triggerOperation": "All"}
    assert (await box.items.scripts.create_trigger(trigger))["id"] == "hello"


async def test_users_are_created(box: Box) -> None:
    assert (await box.database.create_user({"id": box.pk})).id == box.pk
