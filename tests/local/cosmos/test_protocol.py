"""What goes over the wire: authorization, malformed requests, clients that go away."""

import asyncio
import base64
import json
import time
from typing import Any

import aiohttp
import jwt
import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosBatchOperationError

from local.cosmos.auth import EMULATOR_KEY
from tests.local.cosmos.conftest import Emulator
from tests.local.cosmos.http import post_item, signed

LINK = "dbs/app/colls/items"
KEY_HEADER: dict[str, str] = {"x_ms_documentdb_partitionkey": '["p"]'}


async def get(url: str, headers: dict[str, str]) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_wrong_key_is_refused(emulator: Emulator, container: ContainerProxy) -> None:
    wrong = base64.b64encode(b"another key").decode()
    status, answer = await get(f"{emulator.url}/dbs/app", signed("get", "dbs", "dbs/app", key=wrong))
    assert (status, answer["code"]) == (401, "Unauthorized")


async def test_requests_need_a_signature_for_their_own_resource(emulator: Emulator, container: ContainerProxy) -> None:
    assert (await get(f"{emulator.url}/dbs/app", {}))[0] == 401
    assert (await get(f"{emulator.url}/dbs/app", {"authorization": "type%3Dother%26sig%3Dx"}))[0] == 401
    assert (await get(f"{emulator.url}/dbs/app", signed("get", "dbs", "dbs/other")))[0] == 401
    assert (await get(f"{emulator.url}/dbs/app", signed("get", "dbs", "dbs/app")))[0] == 200


def entra(expires_in: float) -> dict[str, str]:
    token = jwt.encode({"sub": "x", "exp": int(time.time() + expires_in)}, "a secret of thirty-two bytes, or so")
    return {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{token}"}


async def test_an_entra_token_is_accepted_until_it_expires(emulator: Emulator, container: ContainerProxy) -> None:
    assert (await get(f"{emulator.url}/dbs/app", entra(60)))[0] == 200
    assert (await get(f"{emulator.url}/dbs/app", entra(-60)))[0] == 401
    assert (await get(f"{emulator.url}/dbs/app", {"authorization": "type%3Daad%26sig%3Dnonsense"}))[0] == 401


async def test_the_account_leads_back_to_the_address_it_was_asked_at(emulator: Emulator) -> None:
    port = emulator.url.rsplit(":", 1)[1]
    async with aiohttp.ClientSession() as session:
        headers = signed("get", "", "") | {"host": f"localhost:{port}"}
        async with session.get(f"{emulator.url}/", headers=headers) as answer:
            account = await answer.json()
    assert account["writableLocations"][0]["databaseAccountEndpoint"] == f"http://localhost:{port}/"


MALFORMED = [
    b"",
    b"{",
    b"[1]",
    b'"text"',
    b'{"id": NaN}',
    b'{"id": "\\ud800", "pk": "p"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"pk": "p"}',
    b'{"id": 5, "pk": "p"}',
]


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_malformed_item_is_a_400(emulator: Emulator, container: ContainerProxy, body: bytes) -> None:
    status, _, text = await post_item(emulator.url, LINK, body, **KEY_HEADER)
    assert status == 400
    assert json.loads(text)["code"] == "BadRequest"


async def test_a_document_of_another_partition_is_refused_with_1001(
    emulator: Emulator, container: ContainerProxy
) -> None:
    status, headers, _ = await post_item(emulator.url, LINK, {"id": "a", "pk": "q"}, **KEY_HEADER)
    assert (status, headers["x-ms-substatus"]) == (400, "1001")


async def test_a_write_without_partition_key_is_refused(emulator: Emulator, container: ContainerProxy) -> None:
    assert (await post_item(emulator.url, LINK, {"id": "a", "pk": "p"}))[0] == 400


@pytest.mark.parametrize("key", ["", "p", "[", '{"a": 1}', "[[1]]", '["p", "q"]', "[]"])
async def test_a_malformed_partition_key_is_a_400(emulator: Emulator, container: ContainerProxy, key: str) -> None:
    answer = await post_item(emulator.url, LINK, {"id": "a", "pk": "p"}, x_ms_documentdb_partitionkey=key)
    assert answer[0] == 400


async def test_a_query_across_partitions_needs_permission_with_1004(
    emulator: Emulator, container: ContainerProxy
) -> None:
    query = {"query": "SELECT * FROM c"}
    status, headers, _ = await post_item(emulator.url, LINK, query, x_ms_documentdb_isquery="True")
    assert (status, headers["x-ms-substatus"]) == (400, "1004")


async def test_an_outdated_container_identity_is_refused_with_1024(
    emulator: Emulator, container: ContainerProxy
) -> None:
    named = {**KEY_HEADER, "x_ms_cosmos_intended_collection_rid": "AAAAAA=="}
    status, headers, _ = await post_item(emulator.url, LINK, {"id": "a", "pk": "p"}, **named)
    assert (status, headers["x-ms-substatus"]) == (400, "1024")


@pytest.mark.parametrize("body", [b"{}", b"[]", b"[1]", b'[{"operationType": "Jump", "id": "a"}]', b"x"])
async def test_a_malformed_batch_changes_nothing(emulator: Emulator, container: ContainerProxy, body: bytes) -> None:
    status, _, _ = await post_item(emulator.url, LINK, body, x_ms_cosmos_is_batch_request="True", **KEY_HEADER)
    assert status in {207, 400}
    assert [item async for item in container.read_all_items()] == []


async def test_unknown_paths_and_methods_are_refused(emulator: Emulator, container: ContainerProxy) -> None:
    assert (await get(f"{emulator.url}/nowhere/x", signed("get", "nowhere", "nowhere/x")))[0] == 400
    headers = signed("put", "dbs", "dbs/app")
    async with aiohttp.ClientSession() as session, session.put(f"{emulator.url}/dbs/app", headers=headers) as answer:
        assert answer.status == 405


async def test_clients_that_leave_mid_request_harm_nobody(emulator: Emulator, container: ContainerProxy) -> None:
    host, port = emulator.url.removeprefix("http://").split(":")
    for _ in range(20):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /dbs/app/colls/items/docs/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert (await container.create_item({"id": "a", "pk": "p"}))["id"] == "a"


async def test_concurrent_appends_under_one_head_let_exactly_one_win_each_time(container: ContainerProxy) -> None:
    head = await container.create_item({"id": "head", "pk": "p", "seq": 0})

    async def append(name: int) -> tuple[int | None, int | None]:
        operations = [
            ("create", ({"id": f"e{name}", "pk": "p"},)),
            ("replace", ("head", {"id": "head", "pk": "p", "seq": 1}), {"if_match_etag": head["_etag"]}),
        ]
        try:
            await container.execute_item_batch(operations, partition_key="p")
        except CosmosBatchOperationError as error:
            return error.status_code, error.error_index
        return 200, None

    ends = await asyncio.gather(*(append(name) for name in range(20)))
    assert sorted(ends, key=str) == [(200, None)] + [(412, 1)] * 19
    assert [item async for item in container.query_items("SELECT VALUE COUNT(1) FROM c", partition_key="p")] == [2]


async def test_the_sdk_key_is_the_published_one() -> None:
    assert len(base64.b64decode(EMULATOR_KEY)) == 64
