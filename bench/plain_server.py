"""What SalesCoach is compared with: one WebSocket server, as plain as the work allows.

`python -m bench.plain_server --port N --model URL --tools URL` does the turns of `bench.turn` in the shape of the
specification: one aiohttp process that holds the sockets, keeps the last 8 messages of a session in memory, streams
the Responses API through the openai SDK's own objects, calls tools with bare JSON-RPC over kept connections (quicker
than a kept session of the mcp SDK, so the comparison is with the better server), and sends every token as a frame of
its own. Prompt and tools are those SalesCoach gives the same person. It signs
nobody in, stores nothing, and loses every turn under way when it ends.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from openai import AsyncOpenAI
from openai.types.responses import FunctionToolParam, ResponseInputParam

from local import service
from shared.prompts.template import read_template, render
from shared.prompts.variables import PromptVariables
from shared.tools.address_rules import parse_networks
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.descriptions import ToolDescription
from shared.tools.mcp_client import McpTools

ROOT = Path(__file__).resolve().parent.parent
ROLES = frozenset({"Sales"})
HISTORY_MESSAGES = 8
MAX_STEPS = 8

_MCP_HEADERS = {"Accept": "application/json, text/event-stream"}
_KEEP_S = 2
"""Shorter than the tool servers keep an idle connection: one they are about to close must not be used."""

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A tool call the model asked for; `arguments` is JSON text."""

    call_id: str
    name: str
    arguments: str

    def item(self) -> Item:
        return {"type": "function_call", "call_id": self.call_id, "name": self.name, "arguments": self.arguments}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """What all connections share: the model, the tool servers' URLs by name, and what the model is given."""

    model: AsyncOpenAI
    http: aiohttp.ClientSession
    servers: Mapping[str, str]
    offered: Mapping[str, ToolDescription]
    tools: Sequence[FunctionToolParam]
    instructions: str

    async def step(self, items: Sequence[Item], say: "Say") -> tuple[str, list[Wanted]]:
        """Stream one model step; return its text and the calls it asks for."""
        pieces: list[str] = []
        calls: list[Wanted] = []
        stream = await self.model.responses.create(
            model="scripted-coach",
            instructions=self.instructions,
            input=cast("ResponseInputParam", list(items)),
            tools=self.tools,
            parallel_tool_calls=True,
            store=False,
            stream=True,
        )
        async with stream:
            async for event in stream:
                if event.type == "response.output_text.delta":
                    pieces.append(event.delta)
                    await say({"type": "message.delta", "text": event.delta})
                elif event.type == "response.output_item.done" and event.item.type == "function_call":
                    item = event.item
                    calls.append(Wanted(call_id=item.call_id, name=item.name, arguments=item.arguments))
        return "".join(pieces), calls

    async def call(self, wanted: Wanted) -> Item:
        tool = self.offered[wanted.name]
        params = {"name": tool.tool, "arguments": json.loads(wanted.arguments)}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        async with self.http.post(self.servers[tool.server], json=body, headers=_MCP_HEADERS) as response:
            answer = await response.json()
        text = "\n".join(part["text"] for part in answer["result"]["content"] if part["type"] == "text")
        return {"type": "function_call_output", "call_id": wanted.call_id, "output": text}


@dataclass(slots=True)
class Say:
    """Sends frames of one session to its socket."""

    socket: web.WebSocketResponse
    session_id: str

    async def __call__(self, frame: Item) -> None:
        await self.socket.send_json({**frame, "session_id": self.session_id})


@dataclass(slots=True, kw_only=True)
class Talk:
    """One session on one connection."""

    coach: Coach
    say: Say
    messages: list[Item] = field(default_factory=list[Item])

    async def answer(self, question: str) -> None:
        """Run a turn: model step, its tool calls side by side, next model step, until there is an answer."""
        self.messages.append({"role": "user", "content": question})
        items = self.messages[-HISTORY_MESSAGES:]
        text, status = "", "exhausted"
        for _ in range(MAX_STEPS):
            text, calls = await self.coach.step(items, self.say)
            if not calls:
                status = "completed"
                break
            results = await asyncio.gather(*(self.coach.call(each) for each in calls))
            items = [*items, *(each.item() for each in calls), *results]
        self.messages.append({"role": "assistant", "content": text})
        end = {"type": "chat_response", "turn_id": uuid.uuid4().hex, "status": status, "response": text}
        await self.say(end)


async def _converse(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "connection.ack", "connection_id": uuid.uuid4().hex})
    talk: Talk | None = None
    async for message in socket:
        if message.type is not aiohttp.WSMsgType.TEXT:
            break
        command = json.loads(message.data)
        if command["type"] == "session.update":
            talk = Talk(coach=request.app[_COACH], say=Say(socket, uuid.uuid4().hex))
            await talk.say({"type": "session.created"})
        elif talk is not None:
            await talk.answer(command["content"])
    return socket


_COACH = web.AppKey("coach", Coach)


def _tool(offered: ToolDescription) -> FunctionToolParam:
    return {
        "type": "function",
        "name": offered.model_name,
        "description": offered.description,
        "parameters": json.loads(offered.schema),
        "strict": False,
    }


async def _offered(catalog: Catalog, specs: Sequence[ServerSpec]) -> dict[str, ToolDescription]:
    """Return the tools a seller may call, by the name the model knows, as SalesCoach describes them."""
    tools = McpTools(Catalogs(catalog), lambda: datetime.now(UTC), private_networks=parse_networks("127.0.0.0/8"))
    try:
        lists = await asyncio.gather(*(tools.list_tools(spec, "someone") for spec in specs))
    finally:
        await tools.close()
    allowed = [tool for found in lists for tool in found if catalog.may_call(tool.server, tool.tool, ROLES)]
    return {tool.model_name: tool for tool in sorted(allowed, key=lambda tool: tool.model_name)}


def _instructions(offered: Mapping[str, ToolDescription]) -> str:
    template = read_template("coach.sales", (ROOT / "prompts" / "coach.sales.md").read_bytes())
    variables = PromptVariables(
        today=datetime.now(UTC).date(),
        time_zone=ZoneInfo("UTC"),
        person_name="Ada Winter",
        roles=ROLES,
        tools=tuple((name, tool.description) for name, tool in offered.items()),
        company="Northwind Cloud",
    )
    return render(template, variables)


@contextlib.asynccontextmanager
async def _coach(model_url: str, tools_url: str) -> AsyncGenerator[Coach]:
    """Open what is kept for the life of the process."""
    text = (ROOT / "mcpservers.json").read_text(encoding="utf-8")
    catalog = Catalog.load(text, {"MCP_BASE_URL": tools_url})
    # A program of its own has nobody who could sign in.
    specs = tuple(spec for spec in catalog.servers_for(ROLES) if spec.auth.mode == "none")
    offered = await _offered(catalog, specs)
    async with (
        AsyncOpenAI(base_url=f"{model_url}/openai/v1/", api_key="local", max_retries=0) as model,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_S)) as http,
    ):
        yield Coach(
            model=model,
            http=http,
            servers={spec.name: spec.url for spec in specs},
            offered=offered,
            tools=[_tool(each) for each in offered.values()],
            instructions=_instructions(offered),
        )


async def _serve(port: int, model_url: str, tools_url: str, stop: asyncio.Event) -> None:
    sock = service.bind(port)
    async with _coach(model_url, tools_url) as coach:
        application = web.Application()
        application[_COACH] = coach
        application.router.add_get("/ws/chat", _converse)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.SockSite(runner, sock, backlog=1024).start()
            service.announce("plain_server", service.port_of(sock))
            await stop.wait()
        finally:
            await runner.cleanup()


def main() -> None:
    flags = service.parser("plain_server", "The plain WebSocket server that SalesCoach is compared with.")
    flags.prog = "python -m bench.plain_server"
    flags.add_argument("--model", required=True, help="base URL of the model's emulator")
    flags.add_argument("--tools", required=True, help="base URL of the tool servers")
    chosen = flags.parse_args()
    service.configure_logging(chosen.log_level)
    service.run(lambda stop: _serve(chosen.port, chosen.model, chosen.tools, stop))


if __name__ == "__main__":
    main()
