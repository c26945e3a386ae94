"""Transactional batches as the event log uses them."""

from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError, CosmosResourceNotFoundError

type Operation = tuple[Any, ...]


def create(name: str, **fields: object) -> Operation:
    return ("create", ({"id": name, "pk": "p", **fields},))


def replace_head(etag: str, seq: int) -> Operation:
    return ("replace", ("head", {"id": "head", "pk": "p", "seq": seq}), {"if_match_etag": etag})


async def head(container: ContainerProxy) -> dict[str, Any]:
    return dict(await container.upsert_item({"id": "head", "pk": "p", "seq": 0}))


async def refused(container: ContainerProxy, operations: list[Operation]) -> CosmosBatchOperationError:
    with pytest.raises(CosmosBatchOperationError) as failure:
        await container.execute_item_batch(operations, partition_key="p")
    return failure.value


async def test_an_append_creates_its_events_and_moves_the_head(container: ContainerProxy) -> None:
    before = await head(container)
    results = await container.execute_item_batch(
        [create("e1", seq=1), create("e2", seq=2), replace_head(before["_etag"], 2)], partition_key="p"
    )
    assert [result["statusCode"] for result in results] == [201, 201, 200]
    now = await container.read_item("head", "p")
    assert now["seq"] == 2
    assert results[2]["eTag"] == now["_etag"]
    assert results[2]["resourceBody"] == now
    assert (await container.read_item("e2", "p"))["seq"] == 2


async def test_a_repeated_append_fails_on_its_key_event(container: ContainerProxy) -> None:
    before = await head(container)
    await container.create_item({"id": "e1", "pk": "p"})
    failure = await refused(container, [create("e1"), create("e2"), replace_head(before["_etag"], 2)])
    assert (failure.error_index, failure.status_code) == (0, 409)
    assert [entry["statusCode"] for entry in failure.operation_responses or []] == [409, 424, 424]


async def test_a_conflict_on_a_later_event_names_that_event_and_keeps_nothing(container: ContainerProxy) -> None:
    before = await head(container)
    await container.create_item({"id": "e2", "pk": "p"})
    failure = await refused(container, [create("e1"), create("e2"), replace_head(before["_etag"], 2)])
    assert (failure.error_index, failure.status_code) == (1, 409)
    assert [entry["statusCode"] for entry in failure.operation_responses or []] == [424, 409, 424]
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("e1", "p")
    assert await container.read_item("head", "p") == before


async def test_a_moved_head_fails_with_412_on_the_head(container: ContainerProxy) -> None:
    before = await head(container)
    await head(container)
    failure = await refused(container, [create("e1"), create("e2"), replace_head(before["_etag"], 2)])
    assert (failure.error_index, failure.status_code) == (2, 412)
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("e1", "p")


async def test_a_checkpoint_replaces_live_and_reads_the_head(container: ContainerProxy) -> None:
    stored = await head(container)
    live = await container.create_item({"id": "live", "pk": "p", "offset": 0})
    results = await container.execute_item_batch(
        [
            ("replace", ("live", {"id": "live", "pk": "p", "offset": 5}), {"if_match_etag": live["_etag"]}),
            ("read", ("head",)),
        ],
        partition_key="p",
    )
    assert [result["statusCode"] for result in results] == [200, 200]
    assert results[1]["resourceBody"] == stored
    failure = await refused(
        container,
        [
            ("replace", ("live", {"id": "live", "pk": "p", "offset": 9}), {"if_match_etag": live["_etag"]}),
            ("read", ("head",)),
        ],
    )
    assert (failure.error_index, failure.status_code) == (0, 412)
    assert (await container.read_item("live", "p"))["offset"] == 5


async def test_all_six_kinds_of_operation_see_each_other(container: ContainerProxy) -> None:
    await container.create_item({"id": "old", "pk": "p"})
    results = await container.execute_item_batch(
        [
            create("a", n=1),
            ("patch", ("a", [{"op": "incr", "path": "/n", "value": 2}])),
            ("read", ("a",)),
            ("upsert", ({"id": "b", "pk": "p"},)),
            ("delete", ("old",)),
            ("replace", ("b", {"id": "b", "pk": "p", "v": 1})),
        ],
        partition_key="p",
    )
    assert [result["statusCode"] for result in results] == [201, 200, 200, 201, 204, 200]
    assert results[2]["resourceBody"]["n"] == 3


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (("read", ("missing",)), 404),
        (("delete", ("missing",)), 404),
        (("replace", ("missing", {"id": "missing", "pk": "p"})), 404),
        (("create", ({"id": "x", "pk": "elsewhere"},)), 400),
        (("create", ({"id": "x?", "pk": "p"},)), 400),
        (("patch", ("a", [{"op": "remove", "path": "/none"}])), 400),
        (
            ("patch", ("a", [{"op": "set", "path": "/v", "value": 1}]), {"filter_predicate": "FROM c WHERE c.v = 9"}),
            412,
        ),
    ],
)
async def test_a_failing_operation_undoes_the_batch(
    container: ContainerProxy, operation: Operation, status: int
) -> None:
    failure = await refused(container, [create("a"), operation, create("z")])
    assert (failure.error_index, failure.status_code) == (1, status)
    with pytest.raises(CosmosResourceNotFoundError):
        await container.read_item("a", "p")


async def test_an_undone_batch_leaves_no_trace_in_queries(container: ContainerProxy) -> None:
    query = "SELECT VALUE c.id FROM c"
    assert [item async for item in container.query_items(query, partition_key="p")] == []
    await refused(container, [create("a"), ("read", ("missing",))])
    await container.create_item({"id": "b", "pk": "p"})
    assert [item async for item in container.query_items(query, partition_key="p")] == ["b"]


async def test_a_hundred_operations_pass_and_one_more_does_not(container: ContainerProxy) -> None:
    results = await container.execute_item_batch([create(f"e{n}") for n in range(100)], partition_key="p")
    assert len(results) == 100
    with pytest.raises(CosmosHttpResponseError) as too_many:
        await container.execute_item_batch([create(f"f{n}") for n in range(101)], partition_key="p")
    assert too_many.value.status_code == 400


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # the SDK sends bytes
async def test_a_batch_over_two_megabytes_is_refused(container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError) as too_large:
        await container.execute_item_batch([create(f"e{n}", text="x" * 300_000) for n in range(8)], partition_key="p")
    assert too_large.value.status_code == 413
