"""Tool servers that answer what a test says and keep what they were asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.tools.catalog import ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.descriptions import ToolDescription
from shared.tools.mcp_client import McpTools
from shared.tools.names import model_name
from shared.tools.outcome import Caller, CallObserver, CallOutcome, Continuation, ToolOutcome, ToolServerUnavailable
from tests.support.doubles import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    server: str
    tool: str
    arguments: str
    caller: Caller
    continuation: Continuation | None


class ScriptedTools(McpTools):
    """Lists what the catalog names and answers calls with `outcomes`, by tool.

    An exception is raised; of a list, each call gets the next.
    """

    def __init__(self, catalogs: Catalogs, clock: Clock) -> None:
        super().__init__(catalogs, clock)
        self.calls: list[ToolUse] = []
        self.outcomes: dict[str, CallOutcome | Exception | list[CallOutcome]] = {}
        self.schemas: dict[str, str] = {}
        self.observer: CallObserver | None = None
        self.away: set[str] = set()
        self.during: Callable[[], Awaitable[None]] | None = None

    async def list_tools(self, server: ServerSpec, principal: str) -> tuple[ToolDescription, ...]:
        if server.name in self.away:
            raise ToolServerUnavailable("The tool server does not answer.")
        return tuple(
            ToolDescription(
                server=server.name,
                tool=tool,
                description=f"Does {tool}.\nIn detail.",
                schema=self.schemas.get(tool, '{"type":"object"}'),
                model_name=model_name(server.name, tool),
            )
            for tool in sorted(server.tools)
        )

    async def call(
        self,
        server: ServerSpec,
        tool: str,
        arguments: str,
        caller: Caller,
        deadline_s: float,
        *,
        continuation: Continuation | None = None,
        observer: CallObserver | None = None,
    ) -> CallOutcome:
        use = ToolUse(server=server.name, tool=tool, arguments=arguments, caller=caller, continuation=continuation)
        self.calls.append(use)
        self.observer = observer
        if self.during is not None:
            await self.during()
        outcome = self.outcomes.get(tool, ToolOutcome(status="completed", text=f"{tool} says hi", is_error=False, ms=7))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.pop(0) if isinstance(outcome, list) else outcome
