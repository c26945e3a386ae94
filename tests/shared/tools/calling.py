"""Calls as the tests make them: for one person, with an end that is told as text."""

from shared.tools.catalog import ServerSpec
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import Caller, ToolOutcome

CALLER = Caller(principal="p")


async def called(
    tools: McpTools, server: ServerSpec, tool: str, arguments: str = "{}", deadline_s: float = 5
) -> ToolOutcome:
    outcome = await tools.call(server, tool, arguments, CALLER, deadline_s)
    assert isinstance(outcome, ToolOutcome), outcome
    return outcome
