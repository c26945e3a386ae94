import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import (
    ODD,
    Client,
    ServiceSdk,
    client,
)


async def test_existence_is_seen_in_the_status(sdk: ServiceSdk, one: Client) -> None:
    assert await sdk.connection_exists(one.id) is True
    assert await sdk.connection_exists("nobody") is False
    assert await sdk.group_exists(ODD) is True
    assert await sdk.group_exists("g 1") is False
    assert await sdk.user_exists("u@x/y") is True
    assert await sdk.user_exists("u@x") is False


async def test_membership_of_connections_and_users(service: Service, sdk: ServiceSdk, one: Client) -> None:
    connection = service.hubs.get("chat").connections[one.id]
    await sdk.add_connection_to_group("a", one.id)
    await sdk.add_user_to_group("b", "u@x/y")
    assert connection.groups == {ODD, "a", "b"}
    await sdk.remove_connection_from_group("a", one.id)
    await sdk.remove_user_from_group("b", "u@x/y")
    assert connection.groups == {ODD}
    await sdk.remove_user_from_all_groups("u@x/y")
    assert connection.groups == frozenset()
    await sdk.add_connection_to_group("a", one.id)
    await sdk.remove_connection_from_all_groups(one.id)
    assert connection.groups == frozenset()
    assert await sdk.group_exists("a") is False
    with pytest.raises(ResourceNotFoundError):
        await sdk.add_connection_to_group("a", "nobody")


async def test_permissions_can_be_granted_seen_and_revoked(sdk: ServiceSdk, service: Service) -> None:
    async with client(service, roles=[]) as one:
        await sdk.grant_permission("joinLeaveGroup", one.id, target_name="g")
        assert (await one.ask(type="joinGroup", group="g", ackId=1))["success"] is True
        assert (await one.ask(type="joinGroup", group="h", ackId=2))["success"] is False
        assert await sdk.has_permission("joinLeaveGroup", one.id, target_name="g") is True
        assert await sdk.has_permission("joinLeaveGroup", one.id) is False
        await sdk.grant_permission("sendToGroup", one.id)
        assert await sdk.has_permission("sendToGroup", one.id, target_name="any") is True
        await sdk.revoke_permission("sendToGroup", one.id)
        await sdk.revoke_permission("joinLeaveGroup", one.id, target_name="g")
        assert await sdk.has_permission("sendToGroup", one.id) is False
        assert (await one.ask(type="leaveGroup", group="g", ackId=3))["success"] is False


async def test_members_are_listed_in_pages(service: Service, sdk: ServiceSdk) -> None:
    async with client(service, user_id="a", groups=["g/1"]) as a, client(service, groups=["g/1"]) as b:
        members = {
            member.connection_id: member.user_id
            async for member in sdk.list_connections(group="g/1", params={"maxpagesize": 1})
        }
        assert members == {a.id: "a", b.id: None}
        pages = [page async for page in sdk.list_connections(group="g/1", maxpagesize=1).by_page()]
        assert len(pages) >= 1
        assert len([each async for each in sdk.list_connections(group="g/1", top=1)]) == 1
        assert [each async for each in sdk.list_connections(group="nobody")] == []


async def test_bulk_operations_select_by_filter(service: Service, sdk: ServiceSdk, one: Client) -> None:
    async with client(service, user_id="other") as other:
        hub = service.hubs.get("chat")
        body = {"groups": ["a", "b"], "filter": "userId eq 'other'"}
        response = await sdk.send_request(HttpRequest("POST", "/api/hubs/chat/:addToGroups", json=body))
        assert response.status_code == 200
        assert hub.connections[other.id].groups == {"a", "b"}
        assert hub.connections[one.id].groups == {ODD}
        await sdk.send_request(HttpRequest("POST", "/api/hubs/chat/:addToGroups", json={"groups": ["c"]}))
        body = {"groups": ["b", "c"], "filter": ""}
        response = await sdk.send_request(HttpRequest("POST", "/api/hubs/chat/:removeFromGroups", json=body))
        assert response.status_code == 200
        assert hub.connections[other.id].groups == {"a"}
        assert hub.connections[one.id].groups == {ODD}
