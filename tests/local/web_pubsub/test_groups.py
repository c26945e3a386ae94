import base64
from typing import Any

import pytest

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import RELIABLE, client, client_url, raw_client


async def test_members_get_what_is_published_and_others_do_not(service: Service) -> None:
    async with client(service, user_id="a") as a, client(service, user_id="b") as b, client(service) as c:
        assert await a.ask(type="joinGroup", group="g", ackId=1) == {"type": "ack", "ackId": 1, "success": True}
        await c.send(type="sendToGroup", group="g", dataType="text", data="hi")
        assert await a.recv() == {
            "type": "message",
            "from": "group",
            "group": "g",
            "dataType": "text",
            "data": "hi",
        }
        await b.send(type="sendToGroup", group="g", dataType="text", data="hey")
        assert (await a.recv())["fromUserId"] == "b"
        assert await c.pong() == []


@pytest.mark.parametrize(
    ("data_type", "data"),
    [
        ("text", 'grüße \n "x"'),
        ("json", {"a": [1, None, "é"]}),
        ("json", "just text"),
        ("json", False),
        ("binary", base64.b64encode(bytes(range(256))).decode()),
        ("protobuf", base64.b64encode(b"any").decode()),
    ],
)
async def test_every_data_type_arrives_as_it_was_sent(service: Service, data_type: str, data: Any) -> None:
    async with client(service, groups=["g"]) as one:
        got = await one.ask(type="sendToGroup", group="g", dataType=data_type, data=data)
        assert (got["dataType"], got["data"]) == (data_type, data)


async def test_json_is_the_default_data_type_and_metadata_travels_along(service: Service) -> None:
    async with client(service, groups=["g"]) as one:
        got = await one.ask(type="sendToGroup", group="g", data={"a": 1}, metadata={"k": "v"})
        assert (got["dataType"], got["metadata"]) == ("json", {"k": "v"})
        empty = await one.ask(type="sendToGroup", group="g", metadata={"k": "v"})
        assert (empty["dataType"], empty["data"]) == ("text", "")


async def test_no_echo_spares_the_sender_only(service: Service) -> None:
    async with client(service, groups=["g"]) as a, client(service, groups=["g"]) as b:
        await a.send(type="sendToGroup", group="g", noEcho=True, dataType="text", data="x")
        assert (await b.recv())["data"] == "x"
        assert await a.pong() == []


async def test_after_leaving_nothing_more_arrives(service: Service) -> None:
    async with client(service, groups=["g"]) as one:
        assert (await one.ask(type="leaveGroup", group="g", ackId=1))["success"]
        await one.send(type="sendToGroup", group="g", dataType="text", data="x", ackId=2)
        assert await one.recv() == {"type": "ack", "ackId": 2, "success": True}


async def test_an_ack_id_processed_before_is_a_duplicate_and_has_no_effect(service: Service) -> None:
    async with client(service, groups=["g"]) as one:
        frame = {"type": "sendToGroup", "group": "g", "dataType": "text", "data": "x", "ackId": 7}
        assert (await one.ask(**frame))["type"] == "message"
        assert (await one.recv())["success"] is True
        again = await one.ask(**frame)
        assert again == {
            "type": "ack",
            "ackId": 7,
            "success": False,
            "error": {"name": "Duplicate", "message": "Message with ack-id: 7 has been processed."},
        }
        assert await one.pong() == []


async def test_without_a_role_a_client_may_neither_join_nor_publish(service: Service) -> None:
    async with client(service, roles=[]) as one:
        for number, kind in enumerate(["joinGroup", "leaveGroup", "sendToGroup"], start=1):
            refused = await one.ask(type=kind, group="g", dataType="text", data="x", ackId=number)
            assert refused["error"]["name"] == "Forbidden"
            assert refused["error"]["message"]


async def test_without_ack_id_a_refusal_is_silent(service: Service) -> None:
    async with client(service, roles=[]) as one:
        await one.send(type="joinGroup", group="g")
        assert await one.pong() == []


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        ("webpubsub.joinLeaveGroup.a.b", ["a.b"], ["a", "a.b.c", "A.B"]),
        ("webpubsub.joinLeaveGroups.a.*", ["a.b", "a."], ["a.b.c", "b.b", "A.b"]),
        ("webpubsub.joinLeaveGroups.a.**", ["a.b", "a.b.c"], ["a", "b.c"]),
        ("webpubsub.joinLeaveGroups.r?m", ["rim"], ["r.m", "room", "rm"]),
        (r"webpubsub.joinLeaveGroups.x\*", ["x*"], ["xy", r"x\*"]),
        ("webpubsub.sendToGroup", [], ["a"]),
    ],
)
async def test_roles_name_groups_or_patterns(
    service: Service, role: str, allowed: list[str], refused: list[str]
) -> None:
    async with client(service, roles=[role]) as one:
        for number, group in enumerate([*allowed, *refused]):
            answer = await one.ask(type="joinGroup", group=group, ackId=number)
            assert answer["success"] is (group in allowed), group


async def test_names_are_checked(service: Service) -> None:
    async with client(service) as one:
        for number, group in enumerate(["", "   ", "x" * 1025]):
            answer = await one.ask(type="joinGroup", group=group, ackId=number)
            assert answer["error"]["name"] == "BadRequest"
        bad = await one.ask(type="event", event="1st", dataType="text", data="", ackId=9)
        assert bad["error"]["name"] == "BadRequest"
        assert (await one.ask(type="joinGroup", group="x" * 1024, ackId=10))["success"] is True


async def test_reliable_and_plain_members_get_the_same_message(service: Service) -> None:
    async with (
        client(service, groups=["g"]) as plain,
        client(service, groups=["g"], protocol=RELIABLE) as reliable,
        raw_client(client_url(service, groups=["g"])) as raw,
    ):
        await plain.send(type="sendToGroup", group="g", data={"a": 1})
        got = await reliable.recv()
        assert got.pop("sequenceId") == 1
        assert got == await plain.recv()
        assert await raw.recv() == '{"a":1}'


async def test_a_plain_client_may_publish_its_frames_to_a_group(service: Service) -> None:
    url = client_url(service, roles=["webpubsub.sendToGroup.g"], groups=["g"])
    async with (
        client(service, groups=["g"]) as member,
        raw_client(f"{url}&webpubsub_mode=sendToGroup&group=g&noEcho=true") as raw,
    ):
        await raw.send("text")
        assert (await member.recv())["dataType"] == "text"
        await raw.send(b"\x00\x01")
        assert await member.recv() == {
            "type": "message",
            "from": "group",
            "group": "g",
            "dataType": "binary",
            "data": "AAE=",
        }


async def test_group_state_is_refused_without_closing(service: Service) -> None:
    async with client(service) as one:
        answer = await one.ask(type="subscribeGroupState", group="g", ackId=1)
        assert answer["error"]["name"] == "BadRequest"
        assert await one.pong() == []
