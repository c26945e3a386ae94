"""Point operations."""

import asyncio
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos import CosmosClient as SyncClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from tests.local.cosmos.contract.conftest import Box

STALE: dict[str, Any] = {
    "etag": '"00000000-0000-0000-0000-000000000000"',
    "match_condition": MatchConditions.IfNotModified,
}


async def test_a_created_item_has_system_properties(box: Box) -> None:
    made = await box.items.create_item(box.item("a", x=1))
    assert {"_rid", "_self", "_etag", "_ts", "_attachments"} <= set(made)
    assert str(made["_etag"]).startswith('"')


async def test_a_second_create_is_a_conflict(box: Box) -> None:
    await box.items.create_item(box.item("a"))
    with pytest.raises(CosmosResourceExistsError):
        await box.items.create_item(box.item("a"))


async def test_an_item_without_id_is_refused(box: Box) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.create_item({"pk": box.pk})
    assert refused.value.status_code == 400


async def test_an_id_is_made_on_request(box: Box) -> None:
    made = await box.items.create_item({"pk": box.pk}, enable_automatic_id_generation=True)
    assert (await box.items.read_item(made["id"], box.pk))["_rid"] == made["_rid"]


async def test_the_same_id_lives_in_two_partitions(box: Box) -> None:
    await box.items.create_item(box.item("a", x=1))
    await box.items.create_item({"id": "a", "pk": f"{box.pk}-2", "x": 2})
    assert (await box.items.read_item("a", f"{box.pk}-2"))["x"] == 2


async def test_a_missing_item_is_404_0(box: Box) -> None:
    with pytest.raises(CosmosResourceNotFoundError) as missing:
        await box.items.read_item("none", box.pk)
    assert missing.value.sub_status in (None, 0)


async def test_an_item_of_a_missing_container_is_404_1003(box: Box) -> None:
    with pytest.raises(CosmosResourceNotFoundError) as missing:
        await box.database.get_container_client("none").read_item("a", box.pk)
    assert missing.value.sub_status in (0, 1003)


async def test_an_upsert_creates_then_replaces(box: Box) -> None:
    first = await box.items.upsert_item(box.item("a", x=1))
    second = await box.items.upsert_item(box.item("a", x=2))
    assert (first["_rid"], second["x"]) == (second["_rid"], 2)
    assert first["_etag"] != second["_etag"]


async def test_a_replace_needs_an_item(box: Box) -> None:
    with pytest.raises(CosmosResourceNotFoundError):
        await box.items.replace_item("none", box.item("none"))


async def test_a_deleted_item_is_gone(box: Box) -> None:
    await box.items.create_item(box.item("a"))
    await box.items.delete_item("a", box.pk)
    with pytest.raises(CosmosResourceNotFoundError):
        await box.items.delete_item("a", box.pk)


@pytest.mark.parametrize("kind", ["replace", "upsert", "delete", "patch"])
async def test_a_stale_etag_is_412(box: Box, kind: str) -> None:
    await box.items.create_item(box.item("a"))
    calls: dict[str, Any] = {
        "replace": lambda: box.items.replace_item("a", box.item("a"), **STALE),
        "upsert": lambda: box.items.upsert_item(box.item("a"), **STALE),
        "delete": lambda: box.items.delete_item("a", box.pk, **STALE),
        "patch": lambda: box.items.patch_item("a", box.pk, [{"op": "set", "path": "/x", "value": 1}], **STALE),
    }
    with pytest.raises(CosmosAccessConditionFailedError):
        await calls[kind]()


async def test_the_current_etag_passes_once(box: Box) -> None:
    made = await box.items.create_item(box.item("a"))
    matching: dict[str, Any] = {"etag": made["_etag"], "match_condition": MatchConditions.IfNotModified}
    await box.items.replace_item("a", box.item("a", x=1), **matching)
    with pytest.raises(CosmosAccessConditionFailedError):
        await box.items.replace_item("a", box.item("a", x=2), **matching)


async def test_an_unchanged_item_is_not_sent_again(box: Box) -> None:
    made = await box.items.create_item(box.item("a"))
    again = await box.items.read_item("a", box.pk, etag=made["_etag"], match_condition=MatchConditions.IfModified)
    assert dict(again) == {}


async def test_a_write_may_ask_for_no_body(box: Box) -> None:
    assert dict(await box.items.create_item(box.item("a"), no_response=True)) == {}
    assert (await box.items.read_item("a", box.pk))["id"] == "a"


async def test_answers_carry_charge_session_activity_and_etag(box: Box) -> None:
    made = await box.items.create_item(box.item("a"))
    headers = {name.lower(): value for name, value in made.get_response_headers().items()}
    assert float(headers["x-ms-request-charge"]) > 0
    assert headers["x-ms-session-token"].startswith("0:")
    assert headers["etag"] == made["_etag"]
    assert headers["x-ms-activity-id"]


async def test_a_small_read_costs_one_unit_and_a_write_more(box: Box) -> None:
    made = await box.items.create_item(box.item("a"))
    read = await box.items.read_item("a", box.pk)
    costs = [float(answer.get_response_headers()["x-ms-request-charge"]) for answer in (read, made)]
    assert costs[0] == 1.0
    assert costs[1] > 4


@pytest.mark.parametrize("name", ["a b", "ümläut-日本", "it's", "50%25", "a+b&c=d", "a.b_c-d:e;f", "x" * 255])
async def test_unusual_ids_come_back(box: Box, name: str) -> None:
    await box.items.create_item(box.item(name))
    assert (await box.items.read_item(name, box.pk))["id"] == name


@pytest.mark.parametrize("value", ["", "text", 0, -1.5, True, None])
async def test_a_partition_key_may_be_any_scalar(box: Box, value: Any) -> None:
    await box.items.upsert_item({"id": box.pk, "pk": value})
    assert (await box.items.read_item(box.pk, value))["pk"] == value
    await box.items.delete_item(box.pk, value)


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_an_item_over_two_megabytes_is_413(box: Box) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.create_item(box.item("a", text="x" * (2 * 2**20)))
    assert refused.value.status_code == 413


async def test_an_item_expires(box: Box) -> None:
    await box.items.create_item(box.item("a", ttl=1))
    for _ in range(200):
        if not await box.rows("SELECT VALUE c.id FROM c"):
            return
        await asyncio.sleep(0.1)
    pytest.fail("the item is still there after 20 seconds")


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        ({"op": "add", "path": "/new", "value": 1}, "new", 1),
        ({"op": "set", "path": "/n", "value": "s"}, "n", "s"),
        ({"op": "replace", "path": "/n", "value": 5}, "n", 5),
        ({"op": "incr", "path": "/n", "value": 2}, "n", 3),
        ({"op": "move", "from": "/n", "path": "/m"}, "m", 1),
        ({"op": "add", "path": "/list/-", "value": 3}, "list", [1, 2, 3]),
        ({"op": "add", "path": "/list/0", "value": 0}, "list", [0, 1, 2]),
        ({"op": "remove", "path": "/list/0"}, "list", [2]),
    ],
)
async def test_a_patch_does_what_it_says(box: Box, operation: dict[str, Any], path: str, expected: Any) -> None:
    await box.items.create_item(box.item("a", n=1, list=[1, 2]))
    assert (await box.items.patch_item("a", box.pk, [operation]))[path] == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "remove", "path": "/none"},
        {"op": "incr", "path": "/text", "value": 1},
        {"op": "add", "path": "/none/deeper", "value": 1},
        {"op": "set", "path": "/id", "value": "b"},
    ],
)
async def test_an_impossible_patch_is_400(box: Box, operation: dict[str, Any]) -> None:
    await box.items.create_item(box.item("a", text="t"))
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.patch_item("a", box.pk, [operation])
    assert refused.value.status_code == 400


async def test_more_than_ten_patch_operations_are_400(box: Box) -> None:
    await box.items.create_item(box.item("a"))
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.patch_item("a", box.pk, [{"op": "set", "path": f"/p{n}", "value": n} for n in range(11)])
    assert refused.value.status_code == 400


async def test_a_conditional_patch_applies_only_where_it_holds(box: Box) -> None:
    await box.items.create_item(box.item("a", n=1))
    change = [{"op": "incr", "path": "/n", "value": 1}]
    patched = await box.items.patch_item("a", box.pk, change, filter_predicate="FROM c WHERE c.n = 1")
    assert patched["n"] == 2
    with pytest.raises(CosmosAccessConditionFailedError):
        await box.items.patch_item("a", box.pk, change, filter_predicate="FROM c WHERE c.n = 1")


async def test_a_unique_key_holds_within_its_partition(box: Box) -> None:
    await box.people.create_item(box.item("a", mail="x"))
    with pytest.raises(CosmosResourceExistsError):
        await box.people.create_item(box.item("b", mail="x"))
    await box.people.create_item({"id": "b", "pk": f"{box.pk}-2", "mail": "x"})


async def test_a_whole_number_keeps_its_value_as_a_double(box: Box) -> None:
    await box.items.create_item(box.item("a", n=2**53 + 1))
    assert (await box.items.read_item("a", box.pk))["n"] == 2**53


def test_the_synchronous_client_reads_what_it_wrote(connection_string: str, database_name: str) -> None:
    with SyncClient.from_connection_string(connection_string) as client:
        items = client.get_database_client(database_name).get_container_client("items")
        items.upsert_item({"id": "s", "pk": "sync", "n": 1})
        assert items.patch_item("s", "sync", [{"op": "incr", "path": "/n", "value": 1}])["n"] == 2
        assert list(items.query_items("SELECT VALUE c.n FROM c", partition_key="sync")) == [2]
        items.delete_item("s", "sync")
