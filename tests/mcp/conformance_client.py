"""The product's MCP adapter as the client that the conformance suite tests.

The suite judges what it sees on the wire. What is done here is what a model and a person would do: list the tools,
call them, fill in what they ask for.
"""

import asyncio
import json
import traceback
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from shared.cosmos import Cosmos
from shared.tools.descriptions import ToolDescription
from shared.tools.outcome import (
    Continuation,
    InputAnswer,
    InputNeeded,
    InputRequest,
    NotExecuted,
    SignInNeeded,
)
from tests.mcp.conformance_deployment import Wish
from tests.mcp.conformance_sign_in import Person as Somebody
from tests.mcp.conformance_sign_in import signing_in
from tests.mcp.conftest import Adapter, Person, adapter

MOST_ROUNDS = 5
MOST_SIGN_INS = 3
SIGN_IN_SCENARIOS = "auth/"
SCHEMA_TOOL, SCHEMA_ECHO = "json_schema_2020_12_tool", "json_schema_echo"
_SAMPLES: Mapping[str, object] = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "array": [],
    "object": {},
}

type Wanted = tuple[str, Mapping[str, object]]


@dataclass
class Visit:
    """One run of the client: a server, and what the scenario wants to be called with."""

    cosmos: Cosmos
    wish: Wish
    said: list[str] = field(default_factory=list[str])

    async def play(self) -> None:
        if self.wish.scenario.startswith(SIGN_IN_SCENARIOS):
            async with signing_in(self.cosmos, self.wish) as (opened, somebody):
                await self._call_all(opened, somebody)
        else:
            async with adapter("suite", self.wish.url) as opened:
                await self._call_all(opened, None)

    async def _call_all(self, opened: Adapter, somebody: Somebody | None) -> None:
        """Call everything; when the server wants a sign-in, sign in and call everything anew."""
        for _ in range(MOST_SIGN_INS):
            if not await self._stopped_at_sign_in(opened) or somebody is None:
                return
            self.said.append(await somebody.sign_in(opened.server.name))
        self.said.append(f"still not let in after {MOST_SIGN_INS} sign-ins")

    async def _stopped_at_sign_in(self, opened: Adapter) -> bool:
        for tool, arguments in await self._wanted(opened):
            try:
                outcome = await self._call(opened, tool, arguments)
            except NotExecuted as error:
                outcome = f"not called: {error}"
            self.said.append(f"{tool}: {outcome}")
            if isinstance(outcome, SignInNeeded):
                return True
        return False

    async def _wanted(self, opened: Adapter) -> Sequence[Wanted]:
        listed = await opened.listed()
        if "toolCalls" in self.wish.context:
            return [(call["name"], call["arguments"]) for call in self.wish.context["toolCalls"]]
        return [(tool, arguments_for(described, listed)) for tool, described in listed.items()]

    async def _call(self, opened: Adapter, tool: str, arguments: Mapping[str, object]) -> object:
        """Call the tool, answer what it asks, and go on until it is over."""
        continuation = None
        for _ in range(MOST_ROUNDS):
            outcome = await opened.call(tool, arguments, person=Person(answer_to), continuation=continuation)
            if not isinstance(outcome, InputNeeded):
                return outcome
            answers = tuple(answer_to(request) for request in outcome.requests)
            continuation = Continuation(answers=answers, state=outcome.state)
        raise RuntimeError(f"{tool} asked more than {MOST_ROUNDS} times")


def answer_to(request: InputRequest) -> InputAnswer:
    """Agree, with what the form opens with and something in every field that must be filled in."""
    if request.kind == "url":
        return InputAnswer(key=request.key, action="accept")
    schema = _object(request.schema)
    required = frozenset(schema.get("required", []))
    values = {
        name: filled(wanted)
        for name, wanted in schema.get("properties", {}).items()
        if name in required or "default" in wanted
    }
    return InputAnswer(key=request.key, action="accept", values=json.dumps(values))


def arguments_for(described: ToolDescription, listed: Mapping[str, ToolDescription]) -> Mapping[str, object]:
    """Return something for each argument the tool requires."""
    if described.tool == SCHEMA_ECHO:
        return {"schema": _object(listed[SCHEMA_TOOL].schema)}
    schema = _object(described.schema)
    fields = schema.get("properties", {})
    return {name: filled(fields.get(name, {})) for name in schema.get("required", [])}


def filled(schema: Mapping[str, Any]) -> object:
    """Return a value the schema takes."""
    if "default" in schema:
        return schema["default"]
    return schema["enum"][0] if schema.get("enum") else _SAMPLES.get(str(schema.get("type")), "text")


def _object(text: str | None) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(text or "{}"))


@asynccontextmanager
async def resident(cosmos: Cosmos) -> AsyncGenerator[int]:
    """Let `knock.py` start visits in this process; return the port."""

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = Visit(cosmos, Wish(**json.loads(await reader.readline())))
        done = True
        try:
            await visit.play()
        except Exception:  # noqa: BLE001 - the boundary: what went wrong is told to the suite, with its trace
            visit.said.append(traceback.format_exc())
            done = False
        writer.write(json.dumps({"said": "\n".join(visit.said), "done": done}).encode())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(let_in, "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
