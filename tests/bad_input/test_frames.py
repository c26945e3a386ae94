"""Every command, every kind of bad frame: refused by code and in words, nothing changed, the next frame is heard."""

import pytest

from tests.bad_input.frame_rows import FIELDS, BadFrame, frame_rows, good_frames
from tests.bad_input.frame_state import state_rows
from tests.bad_input.scene import Scene
from tests.support.client import Client, Told

pytestmark = pytest.mark.asyncio(loop_scope="session")
MAX_MESSAGE = 500


@pytest.mark.parametrize("command", sorted(FIELDS))
async def test_a_bad_frame_is_refused_and_changes_nothing(scene: Scene, command: str) -> None:
    before = await scene.everything()
    client = scene.ada.client
    wrong: list[str] = []
    for bad in (*frame_rows(scene, command), *state_rows(scene, command)):
        told, state = scene.told(), client.state
        found = differences(await client.send(bad.frame), bad)
        if scene.told() != told or client.state != state:
            found.append("something was written or sent")
        if found:
            wrong.append(f"{bad.what}: {'; '.join(found)}")
    assert not wrong, "\n".join(wrong)
    assert await scene.everything() == before
    good = {"type": "sync", **good_frames(scene.ada)["sync"]}
    assert (await client.send(good)).event["type"] == "snapshot"


def differences(told: Told, bad: BadFrame) -> list[str]:
    """Return in what the answer is not the error it has to be."""
    event = told.event
    wanted = {"type": "error", "code": bad.code, "retryable": False}
    if bad.told_back:
        wanted["command_id"] = "c1"
    found = [
        f"{name} is {event.get(name)!r}, not {value!r}" for name, value in wanted.items() if event.get(name) != value
    ]
    message = str(event.get("message", ""))
    if not message.startswith(bad.place) or not 10 <= len(message) <= MAX_MESSAGE:
        found.append(f"the message is {message[:200]!r}")
    if any(word in message for word in ("Traceback", "pydantic", "Value error", "Error(")):
        found.append(f"the message tells of the program: {message[:200]!r}")
    return found


@pytest.mark.parametrize("command", sorted(FIELDS))
async def test_a_connection_that_is_not_ones_own_may_do_nothing(scene: Scene, command: str) -> None:
    before = await scene.everything()
    frame = {"type": command, **good_frames(scene.ada)[command]}
    ada, bob = scene.ada.client, scene.bob.client
    other = await Client(scene.world, scene.ada.person).connect()
    for what, changes in {
        "no state": {"connectionstate": ""},
        "a state that is none": {"connectionstate": "AAAA"},
        "a state that is no base64": {"connectionstate": "\u00e9"},
        "the state of another's connection": {"connectionstate": bob.state},
        "the state of another connection of one's own": {"connectionstate": other.state},
        "another's name": {"userid": bob.principal},
        "no name": {"userid": ""},
    }.items():
        reply = await scene.world.upstream.handle("POST", ada.headers(**changes), b"{}")
        assert reply.status == 200, what
        kept = ada.state
        told = await ada.send(frame, **changes)
        assert (told.event["type"], told.code, ada.state) == ("error", "token_invalid", kept), what
    for what, changes, status in (
        ("no signature", {"signature": ""}, 401),
        ("another's signature", {"signature": bob.headers()["ce-signature"]}, 401),
        ("another hub", {"hub": "group_chat"}, 400),
        ("another event", {"type": "azure.webpubsub.sys.everything"}, 400),
    ):
        reply = await scene.world.upstream.handle("POST", ada.headers(**changes), b"{}")
        assert reply.status == status, what
    assert await scene.everything() == before
