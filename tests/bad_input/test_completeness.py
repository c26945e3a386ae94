"""The catalogue is whole: whatever is served, with whatever fields, has rows; and what its rows break is good."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from shared.protocol import commands
from shared.protocol.command_base import CommandBase
from shared.protocol.frames import COMMAND_TYPES
from shared.protocol.group_commands import GroupCommand
from shared.settings import ServiceAddress
from tests.bad_input import frame_rows, frame_state, group_frame_state, group_frames
from tests.bad_input.asking import ask
from tests.bad_input.catalogue import FIELDS, good_requests
from tests.bad_input.endpoint_fields import Fields
from tests.bad_input.endpoint_rows import KINDS, rows_of
from tests.bad_input.frame_rows import good_frames
from tests.bad_input.group_room import GroupClient
from tests.bad_input.names import ENDPOINTS, OPEN
from tests.bad_input.scene import Scene, scene_on
from tests.shared.issuer import Issuer
from tests.support.client import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")
CREATED: dict[str, int] = dict.fromkeys(
    ("create_session", "add_memory_entry", "create_group", "invite_to_group", "copy_session_to_group"), 201
) | {"analyze_questions": 202}
ENDS = {"delete_session", "delete_memory_entry", "empty_memory", "delete_group"}
"""They take away what the others ask for."""
GONE = {
    *ENDS,
    "forget_connection",
    "decline_invitation",
    "remove_member",
    "revoke_invitation",
    "withdraw_answer",
    "reopen_review",
}
IN_TURN = ("sync", "feedback.record", "question.answer", "query", "turn.stop", "session.update", "message.edit")
"""All commands but one, in an order in which each is possible."""
IN_GROUP = (
    *("session.update", "group.open", "sync", "read", "typing", "presence", "group.message", "query"),
    *("feedback.record", "question.answer", "reaction.set", "message.share", "message.edit", "steer.take"),
    *("turn.stop", "message.delete", "group.leave"),
)
"""All commands of the hub of groups but the one it never takes, in an order in which each is possible."""


def _commands(union: Any) -> dict[str, type[CommandBase]]:
    models = get_args(union.__value__)
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


COMMANDS, OF_GROUPS = _commands(commands.SharedCommand), _commands(GroupCommand)


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
        fields = FIELDS.get(name, Fields())
        assert set(fields.body) == _names(endpoint.body), name
        assert set(fields.query) == _names(endpoint.query), name


async def test_every_command_and_every_field_of_it_has_rows(scene: Scene) -> None:
    assert set(COMMANDS) == set(COMMAND_TYPES) - set(OF_GROUPS) == set(frame_rows.FIELDS)
    for name, model in COMMANDS.items():
        _check_fields(model, frame_rows.FIELDS[name], frame_rows.REQUIRED.get(name, ()))
        assert list(frame_state.state_rows(scene, name)), name


async def test_every_command_of_groups_and_every_field_of_it_has_rows(scene: Scene) -> None:
    assert set(COMMANDS | OF_GROUPS) == set(COMMAND_TYPES) == set(group_frames.FIELDS)
    for name, model in (COMMANDS | OF_GROUPS).items():
        _check_fields(model, group_frames.FIELDS[name], group_frames.REQUIRED.get(name, ()))
        assert list(group_frame_state.state_rows(scene, name)), name


def _check_fields(model: type[CommandBase], fields: dict[str, list[object]], needed: tuple[str, ...]) -> None:
    assert set(fields) == set(model.model_fields) - {"type", "command_id", "traceparent"}, model
    required = {field for field, about in model.model_fields.items() if about.is_required()}
    assert set(needed) == required - {"type"}, model


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


async def test_the_frames_to_groups_that_bad_ones_differ_from_are_good(
    cosmos_address: ServiceAddress, issuer: Issuer
) -> None:
    assert {*IN_GROUP, group_frame_state.NOT_GIVEN_AGAIN} == set(COMMAND_TYPES)
    async with scene_on(cosmos_address, issuer) as scene:
        client = scene.room.client
        other = Client(scene.world, scene.bob.person)
        stranger = await GroupClient(client=other, upstream=client.upstream).connect()
        for command in IN_GROUP:
            frame = {"type": command, "command_id": "c1", **group_frames.good_frames(scene)[command]}
            assert (await stranger.send(frame)).code == "conversation_not_found", command
            told = await client.send(frame)
            assert told.event["type"] in {"command.accepted", "snapshot"}, (command, told.event)
