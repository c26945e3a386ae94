"""The catalogue is whole: whatever is served, with whatever fields, has rows; and what its rows break is good."""

from typing import get_args

import pytest
from pydantic import BaseModel

from shared.protocol import commands
from shared.protocol.command_base import CommandBase
from shared.protocol.frames import COMMAND_TYPES
from shared.protocol.group_commands import GroupCommand
from shared.settings import ServiceAddress
from tests.bad_input import endpoint_fields, frame_rows
from tests.bad_input.asking import ask, good_requests
from tests.bad_input.endpoint_rows import KINDS, rows_of
from tests.bad_input.frame_rows import good_frames
from tests.bad_input.frame_state import state_rows
from tests.bad_input.names import ENDPOINTS, OPEN
from tests.bad_input.scene import Scene, scene_on
from tests.shared.issuer import Issuer
from tests.support.world import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")
CREATED = {"create_session": 201, "add_memory_entry": 201}
GONE = {"delete_session", "delete_memory_entry", "empty_memory", "forget_connection"}
ENDS = GONE - {"forget_connection"}
"""They take away what the others ask for."""
IN_TURN = ("sync", "feedback.record", "question.answer", "query", "turn.stop", "session.update", "message.edit")
"""All commands but one, in an order in which each is possible."""
COMMANDS: dict[str, type[CommandBase]] = {
    get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(commands.SharedCommand.__value__)
}


def _names(model: type[BaseModel] | None) -> set[str]:
    fields = model.model_fields if model is not None else {}
    return {str(field.alias or name) for name, field in fields.items()}


async def test_every_endpoint_has_rows_of_every_kind_it_can_be_given(scene: Scene) -> None:
    assert set(scene.endpoints) == {*ENDPOINTS, *OPEN}
    for name in ENDPOINTS:
        endpoint = scene.endpoints[name]
        assert not endpoint.anyone
        for kind, (applies, _) in KINDS.items():
            assert bool(rows_of(scene, endpoint, kind)) is applies(endpoint), (name, kind)
        if "{" in endpoint.path and endpoint.name not in {"delete_memory_entry", "forget_connection"}:
            assert rows_of(scene, endpoint, "state"), name


async def test_every_field_of_every_endpoint_has_rows(scene: Scene) -> None:
    for name, endpoint in scene.endpoints.items():
        fields = endpoint_fields.FIELDS.get(name, endpoint_fields.Fields())
        assert set(fields.body) == _names(endpoint.body), name
        assert set(fields.query) == _names(endpoint.query), name


async def test_every_command_and_every_field_of_it_has_rows(scene: Scene) -> None:
    groups = {get_args(model.model_fields["type"].annotation)[0] for model in get_args(GroupCommand.__value__)}
    assert set(COMMANDS) == set(COMMAND_TYPES) - groups == set(frame_rows.FIELDS)
    for name, model in COMMANDS.items():
        assert set(frame_rows.FIELDS[name]) == set(model.model_fields) - {"type", "command_id"}, name
        required = {field for field, about in model.model_fields.items() if about.is_required()}
        assert set(frame_rows.REQUIRED.get(name, ())) == required - {"type"}, name
        assert list(state_rows(scene, name)), name


async def test_the_requests_that_bad_ones_differ_from_are_good(cosmos_address: ServiceAddress, issuer: Issuer) -> None:
    async with scene_on(cosmos_address, issuer) as scene:
        for name in sorted(ENDPOINTS, key=lambda name: (name in ENDS, name)):
            reply = await ask(scene, name, good_requests(scene, scene.ada)[name], scene.ada)
            assert reply.status == CREATED.get(name, 204 if name in GONE else 200), (name, reply.body)


async def test_the_frames_that_bad_ones_differ_from_are_good(cosmos_address: ServiceAddress, issuer: Issuer) -> None:
    async with scene_on(cosmos_address, issuer) as scene:
        stranger = await Client(scene.world, scene.bob.person).connect()
        for command in IN_TURN:
            frame = {"type": command, "command_id": "c1", **good_frames(scene.ada)[command]}
            assert (await stranger.send(frame)).code == "conversation_not_found"
            told = await scene.ada.client.send(frame)
            assert told.event["type"] in {"command.accepted", "session.created", "snapshot"}, told.event
        frame = {"type": "message.regenerate", **good_frames(scene.bob)["message.regenerate"]}
        assert (await scene.bob.client.send(frame)).event["type"] == "command.accepted"
