"""`python -m tests.support.stdio_bridge PROGRAM ...`: an MCP server that speaks over its standard input, on HTTP.

The product speaks HTTP only, many public servers do not. Both sides are the SDK's: a server at `/mcp` that hands
listing and calling tools to a client of the program.
"""

import asyncio
import os
import sys

import mcp_types as types
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.server import Server, ServerRequestContext

from tests.support import asgi


def bridge(client: Client) -> Server[object]:
    """Return a server with the tools of the server that `client` talks to."""

    async def list_tools(
        _context: ServerRequestContext[object], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return await client.list_tools(cursor=params.cursor if params else None, cache_mode="bypass")

    async def call_tool(
        _context: ServerRequestContext[object], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        return await client.session.call_tool(params.name, params.arguments, allow_input_required=True)

    return Server("stdio_bridge", on_list_tools=list_tools, on_call_tool=call_tool)


async def run(command: list[str]) -> None:
    # What the bridge was given of the environment is the program's too; the SDK alone would pass on a few names.
    program = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
    async with Client(program) as client:
        app = bridge(client).streamable_http_app(stateless_http=True, json_response=True)
        await asgi.serve(app, "stdio_bridge")


def main() -> None:
    asyncio.run(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
