"""Faults a test asks for: which calls of which tool are to be slow or to fail, and how."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Failure = Literal["tool_error", "not_ready", "http_500", "drop", "hang"]
When = Literal["before", "after"]
Layer = Literal["tool", "transport"]

ANY_TOOL = "*"
LONGEST_DELAY_MS = 600_000


class Fault(BaseModel):
    """The wish of one `PUT /_faults`.

    `tool_error` answers with an error result, `not_ready` wants to be called again later and to know nothing (only
    callers of the era of 2026-07-28 understand that), `http_500` answers with that status, `drop` breaks the connection
    in the middle of the answer, `hang` never answers. With `when` = `after` the tool runs first, so its effect happens
    although the caller sees a failure. `count` calls are hit, then the fault is spent.

    A delayed call whose caller gives up runs on and has its effect: with JSON responses the SDK does not
    notice that the caller has gone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str
    tool: str = ANY_TOOL
    delay_ms: int = Field(default=0, ge=0, le=LONGEST_DELAY_MS)
    fail: Failure | None = None
    when: When = "before"
    count: int = Field(default=1, ge=1, le=1_000_000)

    @property
    def layer(self) -> Layer:
        """Where it is applied: HTTP failures need the connection, the others happen around the tool."""
        return "tool" if self.fail in (None, "tool_error", "not_ready") else "transport"


class FaultBoard:
    """The live faults: at most one per server and tool; a tool's own fault goes before the one for any tool."""

    def __init__(self) -> None:
        self._live: dict[tuple[str, str], Fault] = {}

    def put(self, fault: Fault) -> None:
        """Set the fault of this server and tool, in place of the one there."""
        self._live[fault.server, fault.tool] = fault

    def clear(self) -> None:
        self._live.clear()

    def live(self) -> list[Fault]:
        return list(self._live.values())

    def any_for(self, server: str) -> bool:
        return any(name == server for name, _ in self._live)

    def take(self, server: str, tool: str, layer: Layer) -> Fault | None:
        """Return the fault this call must suffer in `layer` and count it, or None."""
        for key in ((server, tool), (server, ANY_TOOL)):
            fault = self._live.get(key)
            if fault is None or fault.layer != layer:
                continue
            if fault.count == 1:
                del self._live[key]
            else:
                self._live[key] = fault.model_copy(update={"count": fault.count - 1})
            return fault
        return None
