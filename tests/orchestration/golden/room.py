"""A group on the stage: Ada, whose story it is, and Ben, who only listens."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from shared import group_ids
from tests.e2e.client import Event, PlainClient
from tests.orchestration.golden.scene import Scene

_TOLD = frozenset({"command.accepted", "error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """From when it is opened on, the scene's client reads along here and no longer in the session."""

    scene: Scene
    group_id: str

    @classmethod
    def opened(cls, scene: Scene, *, ambient: bool = False) -> "Room":
        ada, ben = (
            scene.opened.enter_context(PlainClient.open(scene.stack, name, hub="group_chat")) for name in ("ada", "ben")
        )
        invited = [{"principal": ben.principal, "role": "member"}]
        body = {"title": "Contoso", "members": invited, "settings": {"ambient": ambient}}
        group_id = str(_http(scene, "ada", "groups", body)["group_id"])
        _http(scene, "ben", f"groups/{group_id}/accept", None)
        ada.send({"type": "group.open", "group_id": group_id})
        told = ada.wait_for(lambda event: event["type"] in {"snapshot", "error"})
        assert told["type"] == "snapshot", told
        scene.client = ada
        return cls(scene=scene, group_id=group_id)

    def says(self, content: str) -> Event:
        """Let Ada say something; return what she is told once it is accepted."""
        self.scene.client.send(
            {"type": "group.message", "group_id": self.group_id, "content": content, "client_message_id": content}
        )
        told = self.scene.seen(lambda event: event["type"] in _TOLD and event.get("client_message_id") == content)
        assert told["type"] == "command.accepted", told
        return told

    def ask(self) -> str:
        return str(self.says("@coach what do you think?")["turn_id"])

    def stop(self, turn: str) -> None:
        self.scene.client.send({"type": "turn.stop", "conversation_id": self.group_id, "turn_id": turn})

    def talks(self, messages: int) -> str:
        """Let Ada say so much; return the instance that waits for quiet after the last of it."""
        *_, last = [self.says(f"Thought {number} on Contoso.") for number in range(messages)]
        return group_ids.listening(self.group_id, int(last["seq"]))


def _http(scene: Scene, user: str, path: str, body: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {scene.stack.token(user)}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    url = f"{scene.stack.url('functions_host')}/api/{path}"
    request = urllib.request.Request(url, data, headers, method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - loopback
        text = reply.read()
    return json.loads(text) if text else {}
