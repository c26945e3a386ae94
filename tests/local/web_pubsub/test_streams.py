import asyncio
from typing import Any

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import RELIABLE, Client, client, until


async def start(one: Client, stream_id: str = "s1", **options: Any) -> dict[str, Any]:
    return await one.ask(type="sendToGroup", group="g", stream={"streamId": stream_id, **options})


async def fragment(one: Client, number: int, data: str, stream_id: str = "s1") -> dict[str, Any]:
    return await one.ask(type="streamData", streamId=stream_id, streamSequenceId=number, dataType="text", data=data)


async def test_fragments_reach_the_group_in_order_and_are_acknowledged(service: Service) -> None:
    async with client(service, user_id="p") as publisher, client(service, groups=["g"], protocol=RELIABLE) as reader:
        assert await start(publisher) == {"type": "streamAck", "streamId": "s1", "expectedSequenceId": 1}
        for number, text in enumerate(["one", "two"], start=1):
            ack = await fragment(publisher, number, text)
            assert ack == {"type": "streamAck", "streamId": "s1", "expectedSequenceId": number + 1}
            assert await reader.recv() == {
                "sequenceId": number,
                "type": "message",
                "from": "group",
                "group": "g",
                "fromUserId": "p",
                "dataType": "text",
                "data": text,
                "stream": {"streamId": "s1", "streamSequenceId": number},
            }
        closed = await publisher.ask(type="streamEnd", streamId="s1")
        assert closed == {"type": "streamClosed", "streamId": "s1"}
        last = await reader.recv()
        assert last["stream"] == {"streamId": "s1", "streamSequenceId": 3, "endOfStream": True}
        assert (last["dataType"], last["data"]) == ("text", "")


async def test_a_repeated_fragment_is_not_published_again_and_a_gap_is_refused(service: Service) -> None:
    async with client(service) as publisher, client(service, groups=["g"]) as reader:
        await start(publisher)
        await fragment(publisher, 1, "x")
        assert (await fragment(publisher, 1, "x"))["expectedSequenceId"] == 2
        nack = await fragment(publisher, 3, "z")
        assert (nack["type"], nack["name"], nack["expectedSequenceId"]) == ("streamNack", "InvalidSequenceId", 2)
        assert [frame["data"] for frame in await reader.pong()] == ["x"]


async def test_a_keep_alive_publishes_nothing(service: Service) -> None:
    async with client(service) as publisher, client(service, groups=["g"]) as reader:
        await start(publisher)
        alive = await publisher.ask(type="streamData", streamId="s1")
        assert alive["expectedSequenceId"] == 1
        assert await reader.pong() == []


async def test_starting_an_open_stream_again_tells_what_is_expected(service: Service) -> None:
    async with client(service) as publisher:
        await start(publisher)
        await fragment(publisher, 1, "x")
        assert (await start(publisher))["expectedSequenceId"] == 2
        other = await publisher.ask(type="sendToGroup", group="h", stream={"streamId": "s1"})
        assert other["error"]["name"] == "BadRequest"


async def test_a_publishers_error_reaches_the_readers(service: Service) -> None:
    async with client(service) as publisher, client(service, groups=["g"]) as reader:
        await start(publisher)
        error = {"message": "model failed", "userErrorCode": "E1"}
        assert (await publisher.ask(type="streamEnd", streamId="s1", error=error))["type"] == "streamClosed"
        assert (await reader.recv())["stream"]["error"] == {
            "name": "UserError",
            "message": "model failed",
            "userErrorCode": "E1",
        }
        assert (await start(publisher))["expectedSequenceId"] == 1


async def test_an_idle_stream_is_closed_on_both_sides(service: Service) -> None:
    async with client(service) as publisher, client(service, groups=["g"]) as reader:
        await start(publisher, idleTimeoutMs=50)
        assert (await publisher.recv())["error"]["name"] == "IdleTimeout"
        assert (await reader.recv())["stream"]["error"]["name"] == "IdleTimeout"
        assert (await fragment(publisher, 1, "x"))["error"]["name"] == "StreamNotFound"


async def test_when_the_publisher_goes_its_streams_are_cancelled(service: Service) -> None:
    async with client(service, groups=["g"]) as reader:
        async with client(service) as publisher:
            await start(publisher)
        await until(lambda: len(service.hubs.connections()) == 1)
        assert (await reader.recv())["stream"]["error"]["name"] == "Cancelled"


async def test_without_permission_no_stream_opens(service: Service) -> None:
    async with client(service, roles=[]) as publisher:
        assert (await start(publisher))["error"]["name"] == "Forbidden"


async def test_streams_of_one_publisher_are_independent_and_spare_it_with_no_echo(service: Service) -> None:
    async with client(service, groups=["g"]) as publisher, client(service, groups=["g"]) as reader:
        for stream_id in ("a", "b"):
            frame = {"type": "sendToGroup", "group": "g", "noEcho": True, "stream": {"streamId": stream_id}}
            assert (await publisher.ask(**frame))["streamId"] == stream_id
        assert (await fragment(publisher, 1, "1", "b"))["expectedSequenceId"] == 2
        assert (await fragment(publisher, 1, "2", "a"))["expectedSequenceId"] == 2
        assert [frame["stream"]["streamId"] for frame in await reader.pong()] == ["b", "a"]


async def test_refused_fragments_do_not_keep_a_stream_alive(service: Service) -> None:
    async with client(service) as publisher, asyncio.timeout(5):
        await start(publisher, idleTimeoutMs=300)
        while (answer := await fragment(publisher, 7, "too early"))["type"] == "streamNack":
            assert answer["expectedSequenceId"] == 1
        assert (answer["type"], answer["error"]["name"]) == ("streamClosed", "IdleTimeout")
