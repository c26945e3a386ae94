"""Somebody is removed while the coach writes: not one frame of the group reaches their open sockets from then on."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.e2e.kills.cell import SCENARIO
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.fold import Event
from tests.e2e.kills.live import LiveClient, live_client
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
OWNER, STAYS, GOES = "ada", "ben", "dana"
SOCKETS = 2
"""How many the removed person has open, as with two tabs."""


@asynccontextmanager
async def _opened(stack: Stack) -> AsyncGenerator[tuple[aiohttp.ClientSession, Doors]]:
    async with aiohttp.ClientSession() as http:
        doors = Doors(stack, http)
        try:
            yield http, doors
        finally:
            await doors.open_all()
            await doors.ask("DELETE", stack.url("openai") + "/_scenario")


async def _http(
    stack: Stack, http: aiohttp.ClientSession, who: str, method: str, path: str, body: object = None
) -> Any:
    """Send a request to the API as that person and return what it answers."""
    headers = {"Authorization": f"Bearer {stack.token(who)}"}
    url = f"{stack.url('functions_host')}/api/{path}"
    async with http.request(method, url, json=body, headers=headers) as answer:
        text = await answer.text()
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text) if text else None


def _of_group(client: LiveClient, group_id: str) -> list[Event]:
    return [event for event in client.events if event.get("conversation_id") == group_id]


async def test_who_is_removed_while_the_coach_writes_gets_not_one_frame_more(stack: Stack) -> None:
    async with _opened(stack) as (http, doors), AsyncExitStack() as sockets:
        users = (OWNER, STAYS, *[GOES] * SOCKETS)
        asker, stays, *gone = [
            await sockets.enter_async_context(live_client(stack, user=user, hub="group_chat")) for user in users
        ]
        removed = gone[0].principal
        invited = [{"principal": principal, "role": "member"} for principal in (stays.principal, removed)]
        made = await _http(stack, http, OWNER, "POST", "groups", {"title": "Removal", "members": invited})
        group_id = made["group_id"]
        for who in (STAYS, GOES):
            await _http(stack, http, who, "POST", f"groups/{group_id}/accept")
        for client in (asker, stays, *gone):
            await client.open_group(group_id)
        marker = f"x{secrets.token_hex(6)}"
        await doors.script(SCENARIO)
        writing = await doors.arm("openai", {"text": f".*{marker}.*"}, "during", after=10)
        question = {"type": "group.message", "group_id": group_id, "client_message_id": marker}
        await asker.send(question | {"content": f"@coach Cell {marker} answers something."})
        assert await doors.somebody(writing)
        for client in (asker, stays, *gone):
            await client.wait_for(lambda event: event["type"] == "message.delta")

        await _http(stack, http, OWNER, "DELETE", f"groups/{group_id}/members/{removed}")
        await asyncio.gather(*(_answered(client, "removed") for client in gone))
        heard = [len(_of_group(client, group_id)) for client in gone]
        left = max(event.get("seq") or 0 for client in gone for event in _of_group(client, group_id))
        await doors.decide(writing, "carry_out")
        saying = {"type": "group.message", "group_id": group_id, "content": "She is gone.", "client_message_id": "gone"}
        await stays.send(saying)
        for client in (asker, stays):
            end = await client.wait_for(lambda event: event["type"] == "chat_response")
            assert end["status"] == "completed"
            await client.wait_for(lambda event: event.get("author", {}).get("id") == stays.principal)
            told = next(event for event in client.events if event["type"] == "participant.removed")
            assert (told["participant"]["id"], told["seq"]) == (removed, left + 1)

        await asyncio.gather(*(_answered(client, "last") for client in gone))
        assert [len(_of_group(client, group_id)) for client in gone] == heard
        assert "She is gone." not in str([client.events for client in gone])


async def _answered(client: LiveClient, command_id: str) -> None:
    """Send something and see it answered, so that whatever was sent to this socket before has come."""
    await client.send({"type": "group.open", "group_id": "g_none", "command_id": command_id})
    refused = await client.wait_for(lambda event: event.get("command_id") == command_id)
    assert refused["code"] == "conversation_not_found"
