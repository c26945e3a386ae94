"""The hub of groups on the whole stack: many connections, several processes that append, a worker that dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import cast

import pytest
from azure.messaging.webpubsubclient.aio import WebPubSubClient, WebPubSubClientCredential
from azure.messaging.webpubsubclient.models import (
    CallbackType,
    OnGroupDataMessageArgs,
    OnServerDataMessageArgs,
    WebPubSubDataType,
)

from bench.group_direct import Process, process_of
from bench.group_people import Person, connected, tickets
from tests.e2e.client import negotiate
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

PEOPLE = 12
WAIT_S = 60.0


@pytest.fixture
async def processes(stack: Stack) -> AsyncIterator[list[Process]]:
    async with AsyncExitStack() as opened:
        yield [await opened.enter_async_context(process_of(stack)) for _ in range(3)]


async def _until(person: Person, group_id: str, count: int) -> None:
    log = person.logs[group_id]
    async with asyncio.timeout(WAIT_S):
        while len(log.texts) < count:
            log.changed.clear()
            await log.changed.wait()


async def test_all_connections_read_the_same_whatever_process_appended(stack: Stack, processes: list[Process]) -> None:
    async with AsyncExitStack() as opened:
        people = [await opened.enter_async_context(connected(ticket)) for ticket in await tickets(stack, PEOPLE)]
        members = [person.principal for person in people]
        group_id = await processes[0].lay_down("front door: order", members)
        await asyncio.gather(*(person.open(group_id) for person in people))
        said = [
            processes[number % 3].say(group_id, members[number % PEOPLE], f"order {number}") for number in range(30)
        ]
        await asyncio.gather(*said)
        await asyncio.gather(*(_until(person, group_id, 30) for person in people))
        assert sorted(people[0].logs[group_id].texts) == list(range(1, 31))
        assert all(person.logs[group_id].texts == people[0].logs[group_id].texts for person in people)


async def test_a_worker_that_dies_while_people_open_the_group_loses_nobody(
    stack: Stack, processes: list[Process]
) -> None:
    async with AsyncExitStack() as opened:
        people = [await opened.enter_async_context(connected(ticket)) for ticket in await tickets(stack, PEOPLE)]
        members = [person.principal for person in people]
        group_id = await processes[0].lay_down("front door: kill", members)
        await processes[0].say(group_id, members[0], "kill before")
        opening = [asyncio.create_task(person.open(group_id)) for person in people]
        stack.kill_worker()
        await processes[1].say(group_id, members[1], "kill meanwhile")
        await asyncio.gather(*opening)
        await processes[2].say(group_id, members[2], "kill after")
        await asyncio.gather(*(_until(person, group_id, 3) for person in people))
        expected = {1: "kill before", 2: "kill meanwhile", 3: "kill after"}
        assert [person.logs[group_id].texts for person in people] == [expected] * PEOPLE


async def test_the_official_client_reads_along_in_two_groups(stack: Stack, processes: list[Process]) -> None:
    (ticket,) = await tickets(stack, 1)
    groups = [await processes[0].lay_down(f"front door: official {number}", [ticket.principal]) for number in (1, 2)]
    got: asyncio.Queue[object] = asyncio.Queue()

    async def heard(message: OnServerDataMessageArgs | OnGroupDataMessageArgs) -> None:
        await got.put(message.data)

    client = WebPubSubClient(WebPubSubClientCredential(ticket.url))
    async with client:
        await client.subscribe(CallbackType.SERVER_MESSAGE, heard)
        await client.subscribe(CallbackType.GROUP_MESSAGE, heard)
        for group_id in groups:
            opening = {"type": "group.open", "group_id": group_id}
            await client.send_event("command", opening, WebPubSubDataType.JSON)
        for group_id in groups:
            await processes[1].say(group_id, ticket.principal, f"said in {group_id}")
        read: set[str] = set()
        async with asyncio.timeout(WAIT_S):
            while len(read) < len(groups):
                event = await got.get()
                assert isinstance(event, dict)
                # What is said before the group is open stands in its snapshot.
                read |= {group_id for group_id in groups if f"said in {group_id}" in str(cast("object", event))}


@pytest.mark.parametrize("token", [None, "not a token"])
async def test_nobody_connects_to_the_hub_of_groups_without_signing_in(stack: Stack, token: str | None) -> None:
    status, body = await asyncio.to_thread(negotiate, stack, token, "group_chat")
    assert (status, body["code"]) == (401, "token_missing" if token is None else "token_invalid")
