"""One tool call through the product's adapter, beside the same call made as plainly as the protocol allows.

Three callers take turns, so that all see the same machine: the product (`McpTools.call`), a kept session of the SDK,
and bare JSON-RPC over a kept connection.
"""

import itertools
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any, Literal, cast

import aiohttp
from mcp import Client

from bench.turn_figures import Row, Table, spread
from shared.tools.address_rules import parse_networks
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import Caller, ToolOutcome

type Era = Literal["modern", "handshake"]
type Call = Callable[[str, dict[str, Any]], Awaitable[str]]
"""Calls a tool by name and returns its text."""

ERAS: tuple[Era, ...] = ("modern", "handshake")
VERSIONS: Mapping[Era, str] = {"modern": "2026-07-28", "handshake": "2025-11-25"}
MOST_ADDED_MS = 6
WARM_UP = 20
_ASKER = Caller(principal="p_bench", name="Ada Winter")
_DEADLINE_S = 20
_ACCEPT = {"accept": "application/json, text/event-stream"}
_ARGUMENTS = {"account": "Contoso"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """The three ways to call one server."""

    product: Call
    session: Call
    bare: Call


@asynccontextmanager
async def callers(url: str, era: Era) -> AsyncGenerator[Callers]:
    """Open all three for the server at `url`."""
    async with _product(url, era) as product, _session(url, era) as session, _bare(f"{url}/{era}/mcp", era) as bare:
        yield Callers(product=product, session=session, bare=bare)


@asynccontextmanager
async def _product(url: str, era: Era) -> AsyncGenerator[Call]:
    entry = {"url": f"{url}/{era}/mcp", "roles": ["Sales"], "default_policy": "allow", "private_network": True}
    catalog = Catalog.load(json.dumps({"servers": {era: entry}}), {})
    tools = McpTools(Catalogs(catalog), lambda: datetime.now(UTC), None, parse_networks("127.0.0.0/8"))
    server: ServerSpec = catalog.servers[era]

    async def call(tool: str, arguments: dict[str, Any]) -> str:
        outcome = await tools.call(server, tool, json.dumps(arguments), _ASKER, _DEADLINE_S)
        assert isinstance(outcome, ToolOutcome), outcome
        assert outcome.status == "completed", outcome
        return outcome.text

    try:
        yield call
    finally:
        await tools.close()


@asynccontextmanager
async def _session(url: str, era: Era) -> AsyncGenerator[Call]:
    mode = "legacy" if era == "handshake" else VERSIONS[era]
    async with Client(f"{url}/{era}/mcp", mode=mode) as client:

        async def call(tool: str, arguments: dict[str, Any]) -> str:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result
            return _text(result.model_dump(mode="json", by_alias=True))

        yield call


@asynccontextmanager
async def _bare(url: str, era: Era) -> AsyncGenerator[Call]:
    version = VERSIONS[era]
    meta: dict[str, Any] = {}
    if era == "modern":
        place = "io.modelcontextprotocol"
        meta = {"_meta": {f"{place}/protocolVersion": version, f"{place}/clientCapabilities": {}}}
    headers = {**_ACCEPT, "mcp-protocol-version": version}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(_DEADLINE_S)) as http:
        ids = itertools.count(1)
        session = {} if era == "modern" else await _shake_hands(http, url)

        async def call(tool: str, arguments: dict[str, Any]) -> str:
            params = {"name": tool, "arguments": arguments, **meta}
            body = {"jsonrpc": "2.0", "id": next(ids), "method": "tools/call", "params": params}
            named = session or {"mcp-method": "tools/call", "mcp-name": tool}
            async with http.post(url, json=body, headers=named) as response:
                answer = await response.json()
            return _text(answer["result"])

        yield call


async def _shake_hands(http: aiohttp.ClientSession, url: str) -> dict[str, str]:
    """Open a session; return the header that names it."""
    params = {
        "protocolVersion": VERSIONS["handshake"],
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    }
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}
    async with http.post(url, json=hello) as response:
        await response.read()
        session = {"mcp-session-id": response.headers["mcp-session-id"]}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    async with http.post(url, json=ready, headers=session) as response:
        await response.read()
    return session


def _text(result: Mapping[str, Any]) -> str:
    return "\n".join(cast("list[str]", [part["text"] for part in result["content"] if part["type"] == "text"]))


async def single_calls(url: str, rounds: int) -> list[Table]:
    """Measure a call that returns at once, in both eras, as text and with an output schema."""
    tables: list[Table] = []
    for era in ERAS:
        async with callers(url, era) as open_callers:
            tables += [await _single(open_callers, era, tool, rounds) for tool in ("plain", "structured")]
    return tables


async def _single(callers_: Callers, era: Era, tool: str, rounds: int) -> Table:
    ways = {"product": callers_.product, "session": callers_.session, "bare": callers_.bare}
    took: dict[str, list[float]] = {name: [] for name in ways}
    worked: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(WARM_UP + rounds):
        for name, call in ways.items():
            begun, busy = time.perf_counter(), time.process_time()
            await call(tool, _ARGUMENTS)
            if number >= WARM_UP:
                took[name].append((time.perf_counter() - begun) * 1000)
                worked[name].append((time.process_time() - busy) * 1000)
    rows: list[Row] = []
    for name, said in (("session", "a kept session of the SDK"), ("bare", "bare JSON-RPC")):
        # Pair by pair, so that a moment when the machine was busy is in both.
        added = [mine - theirs for mine, theirs in zip(took["product"], took[name], strict=True)]
        rows += [
            Row(name=f"beside {said}", unit="ms", product=spread(took["product"]), plain=spread(took[name])),
            Row(name="  added", unit="ms", product=spread(added), most=(MOST_ADDED_MS,)),
            Row(name="  as a multiple", product=(median(took["product"]) / median(took[name]),)),
            Row(name="  processor time", unit="ms", product=spread(worked["product"]), plain=spread(worked[name])),
        ]
    kind = "with an output schema" if tool == "structured" else "text"
    return Table(title=f"One call, {era} era, {kind} ({rounds} rounds)", rows=rows, beside="beside")
