"""What the coach is told of who asks: the day where they are, and no more roles than they act with."""

import json
from dataclasses import replace
from typing import Any

from shared.connection import Connection, ConnectionState
from shared.event_log.documents import Manifest
from shared.protocol.frames import parse_command
from tests.group_chat.room import Room


async def _asked(room: Room, state: ConnectionState) -> Manifest:
    """Let bob ask over a connection that is remembered so, and return what his turn is told."""
    frame = {"type": "group.message", "group_id": room.id, "content": "@coach hi", "client_message_id": "m"}
    command: Any = parse_command(json.dumps(frame).encode())
    await room.commands.run(room.engine, Connection(id="of-bob", event_id="e", state=state), command)
    turn = (await room.head()).active_turn
    assert turn is not None
    manifest = await room.world.log.manifest(room.id, turn.manifest_id or "")
    assert manifest is not None
    return manifest


def _state(room: Room) -> ConnectionState:
    return ConnectionState(principal=room.people["bob"], session_id=room.id)


async def test_the_coach_is_told_the_askers_day(room: Room) -> None:
    # In Honolulu it is still the first of March, eleven hours behind.
    told = await _asked(room, replace(_state(room), time_zone="Pacific/Honolulu"))
    assert (told.variables["time_zone"], told.variables["today"]) == ("Pacific/Honolulu", "Sunday, 01 March 2026")


async def test_without_a_time_zone_it_is_the_day_in_utc(room: Room) -> None:
    told = await _asked(room, _state(room))
    assert (told.variables["time_zone"], told.variables["today"]) == ("UTC", "Monday, 02 March 2026")


async def test_the_coach_acts_with_the_role_the_asker_narrowed_theirs_to(room: Room) -> None:
    await room.world.sign_in(room.people["bob"], "Sales", "HR")
    told = await _asked(room, replace(_state(room), role="HR"))
    assert told.variables["roles"] == "HR"
    assert told.roles == ("HR",)
