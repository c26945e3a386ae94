import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import AzureError
from azure.cosmos.aio import ContainerProxy

from tests.local.cosmos.conftest import Emulator

END: list[Any] = [("create", ({"id": "t1.end", "pk": "p"},)), ("upsert", ({"id": "head", "pk": "p"},))]


class Door:
    """The holds of the emulator, asked for over HTTP."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = f"{url}/holds"

    async def arm(self, at: str = "before", **match: str) -> int:
        async with self._http.post(self._url, json={"match": match, "at": at}) as answer:
            assert answer.status == 201, await answer.text()
            return (await answer.json())["hold"]

    async def held(self, number: int) -> dict[str, list[str]]:
        """Wait until a request is held and return what it is about."""
        async with self._http.get(f"{self._url}/{number}?wait_s=5") as answer:
            seen = await answer.json()
        assert seen["state"] == "held", seen
        return seen["request"]

    async def decide(self, number: int, what: str) -> None:
        async with self._http.post(f"{self._url}/{number}?do={what}") as answer:
            assert answer.status == 200


@pytest.fixture
async def door(emulator: Emulator) -> AsyncIterator[Door]:
    async with aiohttp.ClientSession() as http:
        yield Door(http, emulator.admin_url)


async def ids(container: ContainerProxy) -> set[str]:
    return {item["id"] async for item in container.read_all_items()}


async def test_a_batch_is_held_by_a_document_it_creates_before_it_is_carried_out(
    container: ContainerProxy, door: Door
) -> None:
    number = await door.arm(operation="batch", container="items", document=r"create .*\.end")
    await container.upsert_item({"id": "other", "pk": "p"})
    batch = asyncio.ensure_future(container.execute_item_batch(END, "p"))

    request = await door.held(number)
    assert request["document"] == ["create t1.end", "upsert head"]
    assert request["partition"] == ['["p"]']
    assert await ids(container) == {"other"}
    await door.decide(number, "carry_out")

    assert [result["statusCode"] for result in await batch] == [201, 201]
    assert await ids(container) == {"other", "t1.end", "head"}


async def test_a_write_is_held_when_it_is_done_and_its_answer_lost(container: ContainerProxy, door: Door) -> None:
    number = await door.arm(at="done", document="create t1.end")
    batch = asyncio.ensure_future(container.execute_item_batch(END, "p", retry_total=0))
    await door.held(number)
    assert await ids(container) == {"t1.end", "head"}

    await door.decide(number, "drop")

    with pytest.raises(AzureError):
        await batch


async def test_a_dropped_write_never_happens(container: ContainerProxy, door: Door) -> None:
    number = await door.arm(operation="create")
    create = asyncio.ensure_future(container.create_item({"id": "a", "pk": "p"}, retry_total=0))
    await door.held(number)

    await door.decide(number, "drop")

    with pytest.raises(AzureError):
        await create
    assert await ids(container) == set()


async def test_a_write_whose_client_is_gone_still_happens_if_the_test_says_so(
    container: ContainerProxy, door: Door
) -> None:
    number = await door.arm(operation="create")
    create = asyncio.ensure_future(container.create_item({"id": "a", "pk": "p"}))
    await door.held(number)
    create.cancel()
    await asyncio.wait({create})

    await door.decide(number, "carry_out")

    async with asyncio.timeout(5):
        while await ids(container) != {"a"}:  # noqa: ASYNC110 - the store has no event to wait for
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("read", "read a"),
        ("replace", "replace a"),
        ("delete", "delete a"),
        ("upsert", "upsert a"),
        ("patch", "patch a"),
    ],
)
async def test_point_operations_are_named_by_their_document(
    container: ContainerProxy, door: Door, operation: str, document: str
) -> None:
    item = {"id": "a", "pk": "p"}
    await container.create_item(item)
    number = await door.arm(operation=operation, document=document)
    asked = asyncio.ensure_future(
        {
            "read": lambda: container.read_item("a", "p"),
            "replace": lambda: container.replace_item("a", item),
            "delete": lambda: container.delete_item("a", "p"),
            "upsert": lambda: container.upsert_item(item),
            "patch": lambda: container.patch_item("a", "p", [{"op": "add", "path": "/n", "value": 1}]),
        }[operation]()
    )

    assert (await door.held(number))["container"] == ["items"]

    await door.decide(number, "carry_out")
    await asked


async def test_queries_are_named_by_operation_and_partition(container: ContainerProxy, door: Door) -> None:
    number = await door.arm(operation="query", partition=r'\["p"\]')

    async def query() -> list[Any]:
        return [row async for row in container.query_items("SELECT * FROM c", partition_key="p")]

    asked = asyncio.ensure_future(query())
    await door.held(number)
    await door.decide(number, "carry_out")

    assert await asked == []


async def test_a_reset_lets_all_held_requests_go(emulator: Emulator, container: ContainerProxy, door: Door) -> None:
    number = await door.arm(operation="read")
    asked = asyncio.ensure_future(container.read_item("a", "p"))
    await door.held(number)

    emulator.cosmos.reset()

    with pytest.raises(AzureError):
        await asked
    assert emulator.cosmos.holds.as_json() == []
