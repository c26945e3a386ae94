"""What a story is told with: a person in a session of their own, the model's script, and the doors to faults.

Everything a story learns it learns over the wire, as a client would.
"""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, cast

from local.stack.settings import CHAT_MODEL
from shared.turns import TURN
from tests.e2e.client import Event, PlainClient
from tests.e2e.stack import Stack

type Rule = dict[str, Any]
PAUSE_S = 0.05
END_S = 90.0


def says(text: str = "Here is what I think about that.", step: int | None = None, **how: Any) -> Rule:
    """Return a rule by which the model answers; `how` are further `respond` fields."""
    return {"match": _match(step), "respond": {"text": text, **how}}


def calls(*wanted: tuple[str, dict[str, Any]], step: int | None = None) -> Rule:
    """Return a rule by which the model asks for tools: names as the model sees them, and arguments."""
    asked = [{"name": name, "arguments": arguments} for name, arguments in wanted]
    return {"match": _match(step), "respond": {"calls": asked}}


def fails(times: int | None = None, **how: Any) -> Rule:
    """Return a rule by which the model does something wrong, so often."""
    return {"match": {}, "respond": how, "times": times}


def _match(step: int | None) -> dict[str, Any]:
    return {} if step is None else {"step": step}


@dataclass(slots=True)
class Scene:
    """One story's stage. A question's turn is known by its id; `opened` is closed when the story is over."""

    stack: Stack
    client: PlainClient
    session_id: str
    opened: ExitStack
    _asked: int = field(default=0)

    @classmethod
    @contextmanager
    def set(cls, stack: Stack) -> Generator[Self]:
        """Open a new session with no fault armed; on leaving, disarm what the story armed."""
        with ExitStack() as opened:
            client = opened.enter_context(PlainClient.open(stack))
            session = client.open_session(capabilities=["streaming"])
            scene = cls(stack, client, str(session["session_id"]), opened)
            scene.calm()
            try:
                yield scene
            finally:
                scene.calm()

    def calm(self) -> None:
        self.calm_tools()
        self.stack.send("DELETE", self.stack.url("openai") + "/_log", None)
        self.chaos()
        self.model(says())

    def calm_tools(self) -> None:
        self.stack.send("DELETE", self.stack.url("mcp_servers") + "/_faults", None)

    def model(self, *rules: Rule) -> None:
        """Give the model its script; the first rule that fits decides."""
        self.stack.send("PUT", self.stack.url("openai") + "/_scenario", list(rules))

    def chaos(self, *faults: dict[str, Any], **plan: Any) -> None:
        """Set the Functions host's plan."""
        self.stack.send("PUT", self._host("/admin/chaos"), {"faults": faults, **plan})

    def tool_fault(self, tool: str, **fault: Any) -> None:
        """Spoil the next call of `server.tool`."""
        server, name = tool.split(".")
        self.stack.send("PUT", self.stack.url("mcp_servers") + "/_faults", {"server": server, "tool": name, **fault})

    def ask(self, content: str = "What do you think?") -> str:
        """Ask, and return the turn once the question is accepted."""
        self._asked += 1
        message_id = f"m{self._asked}"
        self.client.send({"type": "query", "content": content, "client_message_id": message_id})
        told = self.seen(lambda event: event.get("client_message_id") == message_id and event["type"] in _ANSWERS)
        assert told["type"] == "command.accepted", told
        return str(told["turn_id"])

    def stop(self, turn: str) -> None:
        self.client.send({"type": "turn.stop", "conversation_id": self.session_id, "turn_id": turn})

    def seen(self, fits: Callable[[Event], bool]) -> Event:
        """Return the first event of the scene that fits, waiting for it if it has not come yet."""
        known = next((event for event in self.client.events if fits(event)), None)
        return known or self.client.wait_for(fits, END_S)

    def sees(self, kind: str, turn: str) -> Event:
        return self.seen(lambda event: event["type"] == kind and event.get("turn_id") == turn)

    def ends(self, turn: str) -> str:
        """Wait until the turn has ended for its person, and in the engine; return its status."""
        status = str(self.sees("chat_response", turn)["status"])
        self.engine_done(turn)
        return status

    def comes_to(self, instance: str) -> str:
        """Wait until an instance that is no turn has ended in the engine; return what it came to."""
        self.engine_done(instance)
        return str(self.instance(instance)["output"])

    def engine_done(self, turn: str) -> None:
        self.until(lambda: self.instance(turn)["runtimeStatus"] == "Completed", f"{turn} does not end in the engine")

    def instance(self, turn: str, *, history: bool = False) -> dict[str, Any]:
        """Return what the engine's HTTP API says of a turn, with everything it keeps of it if asked."""
        query = "?showHistory=true&showHistoryOutput=true" if history else ""
        return self.stack.get(self._host(f"/runtime/webhooks/durabletask/instances/{turn}{query}"))

    def start_again(self, turn: str) -> None:
        """Start the turn's finished instance once more, with its own input."""
        request = self.instance(turn)["input"]
        self.stack.send("POST", self._host(f"/runtime/webhooks/durabletask/orchestrators/{TURN}/{turn}"), request)

    def faster(self, turn: str, *, longest_s: float = 75.0) -> None:
        """Let the durable clock run ahead, second by second, until the turn ends; counted faults begin anew."""
        offset = 0.0

        def step() -> bool:
            nonlocal offset
            offset = min(offset + 1.0, longest_s)
            plan = self.stack.get(self._host("/admin/chaos"))
            if not _ended(self.instance(turn)):
                self.stack.send("PUT", self._host("/admin/chaos"), {**plan, "clock_offset_s": offset})
            return _ended(self.instance(turn))

        self.until(step, f"{turn} does not end by its timers")

    def model_asked(self, times: int) -> None:
        """Wait until the model has been asked so often in all since the scene was set."""
        self.until(lambda: len(self.model_log()) >= times, f"the model was not asked {times} times")

    def model_log(self) -> list[dict[str, Any]]:
        """Return the requests at the model that answers since the scene was set; titles are another's work."""
        log = cast("list[dict[str, Any]]", self.stack.get(self.stack.url("openai") + "/_log"))
        return [entry for entry in log if entry["model"] == CHAT_MODEL]

    def until(self, done: Callable[[], bool], otherwise: str) -> None:
        ends = time.monotonic() + END_S
        while not done():
            assert time.monotonic() < ends, otherwise
            time.sleep(PAUSE_S)

    def _host(self, path: str) -> str:
        return self.stack.url("functions_host") + path


_ANSWERS = frozenset({"command.accepted", "error"})


def _ended(instance: dict[str, Any]) -> bool:
    return instance["runtimeStatus"] not in {"Pending", "Running"}
