"""Transactional batches."""

from typing import Any

import pytest
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from tests.local.cosmos.contract.conftest import Box


async def failing(box: Box, operations: list[Any]) -> CosmosBatchOperationError:
    with pytest.raises(CosmosBatchOperationError) as failed:
        await box.items.execute_item_batch(operations, partition_key=box.pk)
    return failed.value


def codes(error: CosmosBatchOperationError) -> list[Any]:
    return [result["statusCode"] for result in error.operation_responses or []]


async def test_all_kinds_of_operation_run_in_order(box: Box) -> None:
    await box.items.create_item(box.item("old", n=1))
    results = await box.items.execute_item_batch(
        [
            ("create", (box.item("a"),)),
            ("upsert", (box.item("b"),)),
            ("read", ("a",)),
            ("replace", ("a", box.item("a", x=1))),
            ("patch", ("old", [{"op": "incr", "path": "/n", "value": 1}])),
            ("delete", ("b",)),
        ],
        partition_key=box.pk,
    )
    assert [result["statusCode"] for result in results] == [201, 201, 200, 200, 200, 204]
    assert results[4]["resourceBody"]["n"] == 2
    assert results[3]["eTag"] == (await box.items.read_item("a", box.pk))["_etag"]


async def test_results_carry_their_charge(box: Box) -> None:
    results = await box.items.execute_item_batch([("create", (box.item("a"),))], partition_key=box.pk)
    assert float(results[0]["requestCharge"]) > 0


async def test_a_conflict_names_its_operation_and_undoes_the_others(box: Box) -> None:
    await box.items.create_item(box.item("b"))
    error = await failing(box, [("create", (box.item(name),)) for name in ("a", "b", "c")])
    assert (error.status_code, error.error_index, codes(error)) == (409, 1, [424, 409, 424])
    assert await box.rows("SELECT VALUE c.id FROM c") == ["b"]


async def test_a_stale_etag_fails_with_412_at_its_place(box: Box) -> None:
    await box.items.create_item(box.item("head"))
    stale = {"if_match_etag": '"00000000-0000-0000-0000-000000000000"'}
    error = await failing(box, [("create", (box.item("a"),)), ("replace", ("head", box.item("head")), stale)])
    assert (error.status_code, error.error_index, codes(error)) == (412, 1, [424, 412])


async def test_the_current_etag_passes(box: Box) -> None:
    head = await box.items.create_item(box.item("head", n=0))
    fresh = {"if_match_etag": head["_etag"]}
    operations: list[Any] = [("create", (box.item("a"),)), ("replace", ("head", box.item("head", n=1)), fresh)]
    await box.items.execute_item_batch(operations, partition_key=box.pk)
    assert (await box.items.read_item("head", box.pk))["n"] == 1


@pytest.mark.parametrize("kind", ["read", "replace", "delete", "patch"])
async def test_a_missing_item_fails_with_404_at_its_place(box: Box, kind: str) -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "read": ("none",),
        "replace": ("none", box.item("none")),
        "delete": ("none",),
        "patch": ("none", [{"op": "set", "path": "/x", "value": 1}]),
    }
    error = await failing(box, [("upsert", (box.item("a"),)), (kind, arguments[kind])])
    assert (error.status_code, error.error_index) == (404, 1)
    assert await box.rows("SELECT VALUE c.id FROM c") == []


async def test_a_patch_condition_that_does_not_hold_fails_with_412(box: Box) -> None:
    await box.items.create_item(box.item("a", n=1))
    change = ("patch", ("a", [{"op": "set", "path": "/n", "value": 2}]), {"filter_predicate": "FROM c WHERE c.n = 5"})
    assert (await failing(box, [change])).status_code == 412


async def test_an_item_of_another_partition_fails_the_batch(box: Box) -> None:
    error = await failing(box, [("create", ({"id": "a", "pk": "another"},))])
    assert error.status_code == 400


async def test_a_hundred_operations_pass(box: Box) -> None:
    operations = [("create", (box.item(f"e{n}"),)) for n in range(100)]
    assert len(await box.items.execute_item_batch(operations, partition_key=box.pk)) == 100


async def test_more_than_a_hundred_operations_are_400(box: Box) -> None:
    operations = [("create", (box.item(f"e{n}"),)) for n in range(101)]
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.execute_item_batch(operations, partition_key=box.pk)
    assert refused.value.status_code == 400


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_batch_over_two_megabytes_is_413(box: Box) -> None:
    operations = [("create", (box.item(f"e{n}", text="x" * 2**20),)) for n in range(3)]
    with pytest.raises(CosmosHttpResponseError) as refused:
        await box.items.execute_item_batch(operations, partition_key=box.pk)
    assert refused.value.status_code == 413


async def test_a_batch_works_under_a_hierarchical_key(box: Box) -> None:
    made = {"id": "a", "tenant": box.pk, "user": "u"}
    results = await box.tree.execute_item_batch([("create", (made,))], partition_key=[box.pk, "u"])
    assert results[0]["statusCode"] == 201
