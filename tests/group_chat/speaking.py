"""The coach asked whether it wants to speak, with a scripted model."""

import json
from typing import Any

from orchestration.speaking_up import SpeakingDependencies, speak_up
from shared.ambient import ListenRequest
from shared.asker_manifests import AskerManifests
from shared.model import ModelCompleted, TextDelta
from shared.protocol.shapes import Usage
from shared.usage.side_calls import SideCalls
from tests.group_chat.room import Room
from tests.support.doubles import Happening
from tests.support.side_calls import side_calls_of
from tests.support.world import World


def writes(text: str) -> list[Happening]:
    return [TextDelta(text), ModelCompleted(finish="stop", usage=Usage())]


def decides(**fields: Any) -> list[Happening]:
    return writes(json.dumps({"speak": True, "reason": "a fact is missing", "to": "everyone"} | fields))


def speaking(world: World, calls: SideCalls | None = None) -> SpeakingDependencies:
    return SpeakingDependencies(
        log=world.log,
        gate=world.gate,
        people=world.people,
        askers=AskerManifests(world.chat.manifests, world.log, world.clock),
        publisher=world.publisher,
        calls=calls or side_calls_of(world),
        now=world.clock,
    )


async def speak(room: Room, request: ListenRequest, calls: SideCalls | None = None) -> str:
    return await speak_up(speaking(room.world, calls), room.engine, request)
