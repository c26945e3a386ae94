import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient

from local.web_pubsub.app import Service
from tests.local.web_pubsub.harness import ServiceSdk, client, connection_string

END = {"type": "chat_response", "n": 1}
LOST = (ServiceRequestError, ServiceResponseError)


class Door:
    def __init__(self, http: aiohttp.ClientSession, service: Service) -> None:
        self._http = http
        self._base = f"http://127.0.0.1:{service.admin_port}"

    async def arm(self, at: str = "before", **match: str) -> int:
        return (await self._post("/holds", 201, {"match": match, "at": at}))["hold"]

    async def held(self, number: int) -> dict[str, Any]:
        async with self._http.get(f"{self._base}/holds/{number}?wait_s=5") as answer:
            seen = await answer.json()
        assert seen["state"] == "held", seen
        return seen["request"]

    async def decide(self, number: int, what: str) -> None:
        await self._post(f"/holds/{number}?do={what}", 200, None)

    async def spoil(self, **switches: object) -> None:
        await self._post("/chaos", 200, switches)

    async def _post(self, path: str, status: int, body: object) -> Any:
        async with self._http.post(self._base + path, json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()


@pytest.fixture
async def door(service: Service) -> AsyncGenerator[Door]:
    async with aiohttp.ClientSession() as http:
        yield Door(http, service)


@pytest.fixture
async def impatient(service: Service) -> AsyncGenerator[ServiceSdk]:
    """A service client that retries nothing."""
    connection = connection_string(service)
    async with WebPubSubServiceClient.from_connection_string(connection, "chat", retry_total=0) as opened:
        yield opened


async def test_a_send_is_held_by_the_type_of_its_event_before_anybody_gets_it(
    service: Service, impatient: ServiceSdk, door: Door
) -> None:
    async with client(service, groups=["c-1"]) as one:
        number = await door.arm(type="chat_response", target="group c-1")
        await impatient.send_to_group("c-1", {"type": "message.created"})
        sending = asyncio.create_task(impatient.send_to_group("c-1", END))
        assert await door.held(number) == {"hub": ["chat"], "target": ["group c-1"], "type": ["chat_response"]}
        await impatient.send_to_group("c-1", {"type": "other"})

        await door.decide(number, "carry_out")

        await sending
        assert [(await one.recv())["data"]["type"] for _ in range(3)] == ["message.created", "other", "chat_response"]


async def test_a_send_is_held_when_it_is_delivered_and_its_answer_lost(
    service: Service, impatient: ServiceSdk, door: Door
) -> None:
    async with client(service) as one:
        number = await door.arm("done")
        sending = asyncio.create_task(impatient.send_to_all(END))
        await door.held(number)
        assert (await one.recv())["data"] == END

        await door.decide(number, "drop")

        with pytest.raises(LOST):
            await sending


async def test_a_dropped_send_reaches_nobody(service: Service, impatient: ServiceSdk, door: Door) -> None:
    async with client(service) as one:
        number = await door.arm()
        sending = asyncio.create_task(impatient.send_to_all(END))
        await door.held(number)

        await door.decide(number, "drop")

        with pytest.raises(LOST):
            await sending
        await impatient.send_to_all("next")
        assert (await one.recv())["data"] == "next"


async def test_a_send_whose_sender_is_gone_is_delivered_if_the_test_says_so(
    service: Service, impatient: ServiceSdk, door: Door
) -> None:
    async with client(service) as one:
        number = await door.arm()
        sending = asyncio.create_task(impatient.send_to_all(END))
        await door.held(number)
        sending.cancel()
        await asyncio.wait({sending})

        await door.decide(number, "carry_out")

        assert (await one.recv())["data"] == END


@pytest.mark.parametrize("status", [429, 503])
async def test_sends_can_be_refused(service: Service, impatient: ServiceSdk, door: Door, status: int) -> None:
    async with client(service) as one:
        await door.spoil(fail_sends=1, send_status=status)

        with pytest.raises(HttpResponseError) as refused:
            await impatient.send_to_all(1)

        assert refused.value.status_code == status
        await impatient.send_to_all(2)
        assert (await one.recv())["data"] == 2


async def test_sends_can_be_delivered_and_their_answers_lost(
    service: Service, impatient: ServiceSdk, door: Door
) -> None:
    async with client(service) as one:
        await door.spoil(lose_answers=1)

        with pytest.raises(AzureError):
            await impatient.send_to_all(1)

        await impatient.send_to_all(2)
        assert [(await one.recv())["data"] for _ in range(2)] == [1, 2]
