"""Every operation of the data plane through both official Python clients, with its exact status."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest
from azure.messaging.webpubsubservice import WebPubSubServiceClient as SyncClient
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient as AsyncClient

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import ODD, Client, ServiceSdk, connection_string


@dataclass(slots=True)
class Caller:
    """Calls a method of one of the clients and notes the statuses of the answers."""

    call: Callable[..., Awaitable[Any]]
    statuses: list[int] = field(default_factory=list[int])

    async def status(self, method: str, *arguments: Any, **options: Any) -> int:
        def note(response: Any) -> None:
            self.statuses.append(response.http_response.status_code)

        with suppress(ResourceNotFoundError):
            await self.call(method, *arguments, raw_response_hook=note, **options)
        return self.statuses[-1]


@pytest.fixture(params=["sync", "aio"])
async def caller(request: pytest.FixtureRequest, service: Service) -> Any:
    if request.param == "aio":
        async with AsyncClient.from_connection_string(connection_string(service), "chat") as opened:
            aio: ServiceSdk = opened

            async def call(method: str, *arguments: Any, **options: Any) -> Any:
                found = getattr(aio, method)(*arguments, **options)
                return [each async for each in found] if method == "list_connections" else await found

            yield Caller(call)
        return
    with SyncClient.from_connection_string(connection_string(service), "chat") as blocking:

        def work(method: str, *arguments: Any, **options: Any) -> Any:
            found = getattr(blocking, method)(*arguments, **options)
            return list(found) if method == "list_connections" else found

        async def call_in_thread(method: str, *arguments: Any, **options: Any) -> Any:
            return await asyncio.to_thread(work, method, *arguments, **options)

        yield Caller(call_in_thread)


async def test_sends_are_202_with_and_without_a_receiver(caller: Caller, one: Client) -> None:
    ttl = {"messageTtlSeconds": 30}
    text = {"content_type": "text/plain"}
    assert await caller.status("send_to_all", "1", params=ttl, filter="userId ne null", **text) == 202
    assert await caller.status("send_to_group", ODD, "2", params=ttl, excluded=["nobody"], **text) == 202
    assert await caller.status("send_to_user", "u@x/y", "3", params=ttl, filter="length(userId) gt 1", **text) == 202
    assert await caller.status("send_to_connection", one.id, "4", params=ttl, **text) == 202
    assert await caller.status("send_to_group", "empty", "5", **text) == 202
    assert await caller.status("send_to_user", "nobody", "6", **text) == 202
    assert await caller.status("send_to_connection", "none", "7", **text) == 202
    assert [(await one.recv())["data"] for _ in range(4)] == ["1", "2", "3", "4"]


async def test_existence_is_200_or_404(caller: Caller, one: Client) -> None:
    assert await caller.status("send_request", HttpRequest("HEAD", "/api/health")) == 200
    assert await caller.status("connection_exists", one.id) == 200
    assert await caller.status("connection_exists", "none") == 404
    assert await caller.status("group_exists", ODD) == 200
    assert await caller.status("group_exists", "none") == 404
    assert await caller.status("user_exists", "u@x/y") == 200
    assert await caller.status("user_exists", "none") == 404


async def test_membership_is_200_to_add_and_204_to_remove(caller: Caller, one: Client, service: Service) -> None:
    connection = service.hubs.get("chat").connections[one.id]
    assert await caller.status("add_connection_to_group", "a", one.id) == 200
    assert await caller.status("add_connection_to_group", "a", "none") == 404
    assert await caller.status("add_user_to_group", "b", "u@x/y") == 200
    assert connection.groups == {ODD, "a", "b"}
    assert await caller.status("remove_connection_from_group", "a", one.id) == 204
    assert await caller.status("remove_user_from_group", "b", "u@x/y") == 204
    assert connection.groups == {ODD}
    assert await caller.status("remove_user_from_all_groups", "u@x/y") == 204
    assert connection.groups == frozenset()
    assert await caller.status("add_connection_to_group", "a", one.id) == 200
    assert await caller.status("remove_connection_from_all_groups", one.id) == 204
    assert await caller.status("remove_connection_from_all_groups", "none") == 204
    assert connection.groups == frozenset()


async def test_bulk_membership_and_the_list_of_members_are_200(caller: Caller, one: Client, service: Service) -> None:
    connection = service.hubs.get("chat").connections[one.id]
    for operation, groups in (("addToGroups", {ODD, "a", "b"}), ("removeFromGroups", {ODD})):
        body = {"groups": ["a", "b"], "filter": "userId eq 'u@x/y'"}
        request = HttpRequest("POST", f"/api/hubs/chat/:{operation}", json=body)
        assert await caller.status("send_request", request) == 200
        assert connection.groups == groups
    assert await caller.status("list_connections", group=ODD) == 200


async def test_permissions_are_200_to_grant_and_204_to_revoke(caller: Caller, one: Client) -> None:
    for permission in ("joinLeaveGroup", "sendToGroup"):
        options = {"target_name": "g"}
        assert await caller.status("revoke_permission", permission, one.id) == 204
        assert await caller.status("has_permission", permission, one.id, **options) == 404
        assert await caller.status("grant_permission", permission, one.id, **options) == 200
        assert await caller.status("has_permission", permission, one.id, **options) == 200
        assert await caller.status("has_permission", permission, one.id) == 404
        assert await caller.status("grant_permission", permission, "none") == 404
        assert await caller.status("revoke_permission", permission, "none") == 204


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("close_connection", "its id"),
        ("close_all_connections", None),
        ("close_group_connections", ODD),
        ("close_user_connections", "u@x/y"),
    ],
)
async def test_closing_is_204_and_closes(caller: Caller, one: Client, method: str, target: str | None) -> None:
    arguments = [one.id if target == "its id" else target] if target else []
    assert await caller.status(method, *arguments, reason="enough") == 204
    code, frames = await one.closed()
    assert code == 1000
    assert frames[-1] == {"type": "system", "event": "disconnected", "message": "enough"}
    assert await caller.status(method, *arguments) == 204


async def test_token_generation_is_200(caller: Caller) -> None:
    for kind in ("Default", "MQTT", "SocketIO"):
        path = f"/api/hubs/chat/:generateToken?clientType={kind}&userId=u&role=r&group=g&minutesToExpire=5"
        assert await caller.status("send_request", HttpRequest("POST", path)) == 200
