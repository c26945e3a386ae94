"""Other people's servers as programs, and the product's adapter over a catalog that has one of them."""

import json
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from shared.tools.address_rules import parse_networks
from shared.tools.authorization import Authorization
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.descriptions import ToolDescription
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import Caller, CallOutcome, Continuation, InputAnswer, InputRequest, ToolOutcome
from tests.mcp.node_programs import EVERYTHING, node
from tests.services import Service, program

LOOPBACK = parse_networks("127.0.0.0/8, ::1/128")


@dataclass
class Person:
    """Answers what a tool asks as told, and keeps what it was told and asked."""

    answer: Callable[[InputRequest], InputAnswer] = lambda request: InputAnswer(key=request.key, action="cancel")
    told: list[tuple[float, float | None, str | None]] = field(default_factory=list)
    asked: list[InputRequest] = field(default_factory=list)

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        self.told.append((progress, total, message))

    async def ask(self, request: InputRequest) -> InputAnswer:
        self.asked.append(request)
        return self.answer(request)


@dataclass
class Adapter:
    """The product's tools over one server."""

    tools: McpTools
    server: ServerSpec
    asker: Caller

    async def listed(self) -> dict[str, ToolDescription]:
        return {tool.tool: tool for tool in await self.tools.list_tools(self.server, self.asker.principal)}

    async def call(
        self,
        tool: str,
        arguments: Mapping[str, object] | None = None,
        *,
        deadline_s: float = 20,
        person: Person | None = None,
        continuation: Continuation | None = None,
    ) -> CallOutcome:
        return await self.tools.call(
            self.server,
            tool,
            json.dumps(dict(arguments or {})),
            self.asker,
            deadline_s,
            continuation=continuation,
            observer=person,
        )

    async def read(self, tool: str, arguments: Mapping[str, object] | None = None) -> str:
        """Call a tool that completes, and return what the model reads."""
        outcome = await self.call(tool, arguments)
        assert isinstance(outcome, ToolOutcome)
        assert (outcome.status, outcome.is_error) == ("completed", False), outcome
        return outcome.text

    async def refusal(self, tool: str, arguments: Mapping[str, object] | None = None) -> str:
        """Call a tool whose server flags the result as an error, and return what the model reads."""
        outcome = await self.call(tool, arguments)
        assert isinstance(outcome, ToolOutcome)
        assert (outcome.status, outcome.is_error) == ("failed", True), outcome
        return outcome.text


def catalog_with(name: str, url: str, **server: object) -> Catalog:
    """Return a catalog with one server, all of whose tools may be called."""
    entry = {"url": url, "roles": ["Sales"], "default_policy": "allow", "private_network": True, **server}
    return Catalog.load(json.dumps({"servers": {name: entry}}), {})


@asynccontextmanager
async def adapter_over(
    catalogs: Catalogs, name: str, authorization: Authorization | None = None, principal: str = "p_asker"
) -> AsyncGenerator[Adapter]:
    """Return the adapter over a catalog's server, for calls of `principal`."""
    tools = McpTools(catalogs, lambda: datetime.now(UTC), authorization, LOOPBACK)
    try:
        server = (await catalogs.current()).servers[name]
        yield Adapter(tools=tools, server=server, asker=Caller(principal=principal, name="Ada Winter"))
    finally:
        await tools.close()


def adapter(name: str, url: str) -> AbstractAsyncContextManager[Adapter]:
    """Return the adapter over a server that takes calls without a credential."""
    return adapter_over(Catalogs(catalog_with(name, url)), name)


@asynccontextmanager
async def over_stdio(name: str, *command: str, **environment: str) -> AsyncGenerator[Adapter]:
    """Return the adapter over a program that speaks MCP over its standard input, behind a bridge."""
    async with (
        program(sys.executable, "-m", "tests.support.stdio_bridge", *command, **environment) as bridge,
        adapter(name, f"{bridge.url}/mcp") as opened,
    ):
        yield opened


def everything_program() -> AbstractAsyncContextManager[Service]:
    """Run the reference server that has every kind of tool."""
    return program(*node(EVERYTHING, "streamableHttp"), PORT="0", ANNOUNCE_AS="everything")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everything_server() -> AsyncGenerator[Service]:
    async with everything_program() as running:
        yield running


@pytest.fixture
async def everything(everything_server: Service) -> AsyncGenerator[Adapter]:
    async with adapter("everything", f"{everything_server.url}/mcp") as opened:
        yield opened
