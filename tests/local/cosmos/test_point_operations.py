"""Items one at a time, through the SDK."""

from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, DatabaseProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from tests.local.cosmos.conftest import Emulator

STALE = '"00000000-0000-0000-0000-000000000000"'


async def test_an_item_comes_back_with_its_system_properties(container: ContainerProxy) -> None:
    made = await container.create_item({"id": "a", "pk": "p", "text": "grüß 🙂", "n": 1.5})
    read = await container.read_item("a", "p")
    assert read == made
    assert read["text"] == "grüß 🙂"
    assert read["_etag"].startswith('"')
    assert isinstance(read["_ts"], int)
    assert read["_self"].endswith(f"/docs/{read['_rid']}/")


async def test_a_second_create_of_the_same_id_is_a_conflict(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p", "v": 1})
    with pytest.raises(CosmosResourceExistsError):
        await container.create_item({"id": "a", "pk": "p", "v": 2})
    assert (await container.read_item("a", "p"))["v"] == 1


async def test_the_same_id_may_exist_in_two_partitions(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p"})
    await container.create_item({"id": "a", "pk": "q"})
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("a", "r")


async def test_a_missing_item_is_404_with_substatus_0_and_a_missing_container_1003(
    container: ContainerProxy, database: DatabaseProxy
) -> None:
    with pytest.raises(CosmosResourceNotFoundError) as missing:
        await container.read_item("a", "p")
    assert missing.value.sub_status == 0
    with pytest.raises(CosmosResourceNotFoundError) as ownerless:
        await database.get_container_client("nowhere").read_item("a", "p")
    assert ownerless.value.sub_status == 1003


async def test_an_upsert_creates_then_replaces_and_keeps_the_resource_id(container: ContainerProxy) -> None:
    first = await container.upsert_item({"id": "a", "pk": "p", "v": 1})
    second = await container.upsert_item({"id": "a", "pk": "p", "v": 2})
    assert second["_rid"] == first["_rid"]
    assert second["_etag"] != first["_etag"]
    assert (await container.read_item("a", "p"))["v"] == 2


async def test_replace_upsert_delete_and_patch_under_a_stale_etag_fail(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p", "v": 1})
    stale: dict[str, Any] = {"etag": STALE, "match_condition": MatchConditions.IfNotModified}
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.replace_item("a", {"id": "a", "pk": "p", "v": 2}, **stale)
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.upsert_item({"id": "a", "pk": "p", "v": 2}, **stale)
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.patch_item("a", "p", [{"op": "set", "path": "/v", "value": 2}], **stale)
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.delete_item("a", "p", **stale)
    assert (await container.read_item("a", "p"))["v"] == 1


async def test_the_current_etag_lets_a_write_through_once(container: ContainerProxy) -> None:
    made = await container.create_item({"id": "a", "pk": "p", "v": 1})
    guard: dict[str, Any] = {"etag": made["_etag"], "match_condition": MatchConditions.IfNotModified}
    await container.replace_item("a", {"id": "a", "pk": "p", "v": 2}, **guard)
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.replace_item("a", {"id": "a", "pk": "p", "v": 3}, **guard)


async def test_an_upsert_under_if_match_of_a_missing_item_creates_it(container: ContainerProxy) -> None:
    made = await container.upsert_item(
        {"id": "a", "pk": "p"}, etag=STALE, match_condition=MatchConditions.IfNotModified
    )
    assert made["id"] == "a"


async def test_a_read_of_an_unchanged_item_has_no_body(container: ContainerProxy) -> None:
    made = await container.create_item({"id": "a", "pk": "p"})
    again = await container.read_item("a", "p", etag=made["_etag"], match_condition=MatchConditions.IfModified)
    assert dict(again) == {}


async def test_a_write_without_response_returns_nothing(container: ContainerProxy) -> None:
    assert dict(await container.create_item({"id": "a", "pk": "p"}, no_response=True)) == {}
    assert (await container.read_item("a", "p"))["id"] == "a"


async def test_every_answer_names_charge_session_and_activity(container: ContainerProxy) -> None:
    small = await container.create_item({"id": "a", "pk": "p"})
    large = await container.create_item({"id": "b", "pk": "p", "text": "x" * 10_000})
    headers, more = small.get_response_headers(), large.get_response_headers()
    assert float(more["x-ms-request-charge"]) > float(headers["x-ms-request-charge"]) > 1
    assert headers["x-ms-session-token"].startswith("0:-1#")
    assert headers["x-ms-activity-id"]
    assert headers["etag"] == small["_etag"]


@pytest.mark.parametrize("value", [1, 1.5, True, None, "x/y", "ü"])
async def test_a_partition_key_may_be_any_scalar(container: ContainerProxy, value: Any) -> None:
    await container.create_item({"id": "a", "pk": value})
    assert (await container.read_item("a", value))["pk"] == value


async def test_one_and_true_are_different_partitions(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": 1})
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("a", True)
    assert (await container.read_item("a", 1.0))["pk"] == 1


@pytest.mark.parametrize("name", ["a b", "ü", "a+b", "a%b", "a'b", "t_x.q", "=&;:@"])
async def test_unusual_ids_work_everywhere(container: ContainerProxy, name: str) -> None:
    await container.create_item({"id": name, "pk": "p"})
    assert (await container.read_item(name, "p"))["id"] == name
    await container.replace_item(name, {"id": name, "pk": "p", "v": 1})
    await container.delete_item(name, "p")


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # the SDK sends bytes
async def test_an_item_over_two_megabytes_is_refused(container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await container.create_item({"id": "a", "pk": "p", "text": "x" * 2 * 2**20})
    assert refused.value.status_code == 413
    await container.create_item({"id": "a", "pk": "p", "text": "x" * (2 * 2**20 - 500)})


async def test_a_patch_applies_all_operations(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p", "n": 1, "list": [1, 2], "old": "x", "gone": True})
    operations = [
        {"op": "add", "path": "/list/1", "value": 9},
        {"op": "add", "path": "/list/-", "value": 3},
        {"op": "set", "path": "/new", "value": {"deep": 1}},
        {"op": "replace", "path": "/new/deep", "value": 2},
        {"op": "incr", "path": "/n", "value": 4},
        {"op": "remove", "path": "/gone"},
        {"op": "move", "from": "/old", "path": "/moved"},
    ]
    patched = await container.patch_item("a", "p", operations)
    assert {key: patched.get(key) for key in ("n", "list", "new", "moved", "old", "gone")} == {
        "n": 5, "list": [1, 9, 2, 3], "new": {"deep": 2}, "moved": "x", "old": None, "gone": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/missing", "value": 1},
        {"op": "remove", "path": "/missing"},
        {"op": "incr", "path": "/text", "value": 1},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "set", "path": "/a/b/c", "value": 1},
        {"op": "set", "path": "/id", "value": "b"},
        {"op": "set", "path": "/pk", "value": "q"},
    ],
)
async def test_an_impossible_patch_changes_nothing(container: ContainerProxy, operation: dict[str, object]) -> None:
    made = await container.create_item({"id": "a", "pk": "p", "text": "x", "list": []})
    with pytest.raises(CosmosHttpResponseError) as refused:
        await container.patch_item("a", "p", [{"op": "set", "path": "/v", "value": 1}, operation])
    assert refused.value.status_code == 400
    assert await container.read_item("a", "p") == made


async def test_a_patch_with_a_filter_applies_only_where_it_holds(container: ContainerProxy) -> None:
    await container.create_item({"id": "a", "pk": "p", "n": 1})
    operations = [{"op": "set", "path": "/v", "value": 1}]
    with pytest.raises(CosmosAccessConditionFailedError):
        await container.patch_item("a", "p", operations, filter_predicate="FROM c WHERE c.n > 1")
    assert (await container.patch_item("a", "p", operations, filter_predicate="FROM c WHERE c.n = 1"))["v"] == 1


async def test_unique_keys_hold_within_a_partition(database: DatabaseProxy) -> None:
    policy: dict[str, Any] = {"uniqueKeys": [{"paths": ["/mail", "/in/city"]}]}
    keyed = await database.create_container("keyed", PartitionKey("/pk"), unique_key_policy=policy)
    await keyed.create_item({"id": "a", "pk": "p", "mail": "m", "in": {"city": "x"}})
    with pytest.raises(CosmosResourceExistsError):
        await keyed.create_item({"id": "b", "pk": "p", "mail": "m", "in": {"city": "x"}})
    await keyed.create_item({"id": "b", "pk": "q", "mail": "m", "in": {"city": "x"}})
    await keyed.upsert_item({"id": "a", "pk": "p", "mail": "other"})
    await keyed.create_item({"id": "b", "pk": "p", "mail": "m", "in": {"city": "x"}})


async def test_items_expire_by_their_own_ttl_or_the_containers(emulator: Emulator, database: DatabaseProxy) -> None:
    aging = await database.create_container("aging", PartitionKey("/pk"), default_ttl=100)
    await aging.create_item({"id": "default", "pk": "p"})
    await aging.create_item({"id": "short", "pk": "p", "ttl": 10})
    await aging.create_item({"id": "forever", "pk": "p", "ttl": -1})

    async def alive() -> list[str]:
        return [item["id"] async for item in aging.query_items("SELECT c.id FROM c ORDER BY c.id", partition_key="p")]

    assert await alive() == ["default", "forever", "short"]
    emulator.cosmos.store.clock.offset = 50
    assert await alive() == ["default", "forever"]
    with pytest.raises(CosmosResourceNotFoundError):
        await aging.read_item("short", "p")
    await aging.create_item({"id": "short", "pk": "p", "again": True})
    emulator.cosmos.store.clock.offset = 120
    assert await alive() == ["forever", "short"]


async def test_a_ttl_on_an_item_is_ignored_while_the_container_has_none(
    emulator: Emulator, database: DatabaseProxy, container: ContainerProxy
) -> None:
    await container.create_item({"id": "a", "pk": "p", "ttl": 10})
    emulator.cosmos.store.clock.offset = 50
    assert (await container.read_item("a", "p"))["id"] == "a"
    await database.replace_container(container, PartitionKey("/pk"), default_ttl=-1)
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("a", "p")
