"""Every command, every kind of bad frame at the hub of groups; and what is for groups at the other hub."""

import pytest

from shared.protocol.frames import COMMAND_TYPES
from tests.bad_input import frame_rows
from tests.bad_input.frame_rows import rows_of_frame
from tests.bad_input.group_frame_state import NOT_GIVEN_AGAIN, state_rows
from tests.bad_input.group_frames import FIELDS, REQUIRED, good_frames
from tests.bad_input.scene import Scene
from tests.bad_input.test_frames import differences
from tests.support.client import Client

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("command", sorted(COMMAND_TYPES))
async def test_a_bad_frame_is_refused_and_changes_nothing(scene: Scene, command: str) -> None:
    before = await scene.everything()
    client = scene.room.client
    wrong: list[str] = []
    good = {"type": command, "command_id": "c1", **good_frames(scene)[command]}
    for bad in (*rows_of_frame(scene, good, FIELDS[command], REQUIRED.get(command, ())), *state_rows(scene, command)):
        if command == NOT_GIVEN_AGAIN and bad.code == "content_empty":
            continue
        told, state = scene.told(), client.client.state
        found = differences(await client.send(bad.frame), bad)
        if scene.told() != told or client.client.state != state:
            found.append("something was written or sent")
        if found:
            wrong.append(f"{bad.what}: {'; '.join(found)}")
    assert not wrong, "\n".join(wrong)
    assert await scene.everything() == before
    sync = {"type": "sync", **good_frames(scene)["sync"]}
    assert (await client.send(sync)).event["type"] == "snapshot"


@pytest.mark.parametrize("command", sorted(COMMAND_TYPES))
async def test_a_connection_that_is_not_ones_own_may_do_nothing(scene: Scene, command: str) -> None:
    before = await scene.everything()
    frame = {"type": command, **good_frames(scene)[command]}
    client, chat = scene.room.client, scene.ada.client
    for what, changes in {
        "no state": {"connectionstate": ""},
        "a state that is none": {"connectionstate": "AAAA"},
        "the state of a connection to the other hub": {"connectionstate": chat.state},
        "the state of another's connection": {"connectionstate": scene.bob.client.state},
        "another's name": {"userid": scene.bob.person},
        "no name": {"userid": ""},
    }.items():
        kept = client.client.state
        told = await client.send(frame, **changes)
        assert (told.event["type"], told.code, client.client.state) == ("error", "token_invalid", kept), what
    for what, changes, status in (
        ("no signature", {"signature": ""}, 401),
        ("another's signature", {"signature": scene.bob.client.headers()["ce-signature"]}, 401),
        ("the other hub", {"hub": "chat"}, 400),
        ("another event", {"type": "azure.webpubsub.sys.everything"}, 400),
    ):
        reply = await client.upstream.handle("POST", client.headers(**changes), b"{}")
        assert reply.status == status, what
    assert await scene.everything() == before


@pytest.mark.parametrize("command", sorted(COMMAND_TYPES - set(frame_rows.FIELDS)))
async def test_the_hub_of_sessions_takes_no_command_of_groups(scene: Scene, command: str) -> None:
    before = await scene.everything()
    client = await Client(scene.world, scene.ada.person).connect()
    told = await client.send({"type": command, "command_id": "c1", **good_frames(scene)[command]})
    assert (told.event["type"], told.code, told.event["command_id"]) == ("error", "unknown_command", "c1")
    assert await scene.everything() == before
