"""One conversation in which one question is asked while something goes wrong; a marker tells it from all others."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.e2e.audit import Audit, audit
from tests.e2e.kills.doors import Doors, Held, Service
from tests.e2e.kills.fold import Event
from tests.e2e.kills.live import LiveClient, live_client
from tests.e2e.stack import Stack

type Kind = Literal["answers", "looks up", "writes down", "asks around", "has to ask", "remembers", "looks around"]
"""No tool, one that may be called twice, one that may not, two of the former at once, one a person has to allow, the
coach's own that stores something in a person's memory, and one whose results are for the asker alone."""

ANSWER = " ".join(f"word{number}" for number in range(40))
SECOND_THOUGHTS = " ".join(f"other{number}" for number in range(40))
"""What the model says when it is asked the same again: no attempt can pass for another one."""
ENDED_S = 60
LOOKUP = {"name": "crm__find_accounts", "arguments": {"query": "Contoso {{1}}"}}
SEARCH = {"name": "sales_playbook__search_playbook", "arguments": {"query": "price {{1}}"}}
NOTE = {"name": "crm_notes__log_activity", "arguments": {"account": "Contoso", "kind": "note", "note": "{{1}}"}}
ALLOWED = {"name": "crm_asking__log_activity", "arguments": NOTE["arguments"]}
PRIVATE = {"name": "crm_private__find_accounts", "arguments": LOOKUP["arguments"]}
REMEMBERED = {"name": "remember", "arguments": {"kind": "fact", "text": "I know {{1}}."}}
SCENARIO: list[dict[str, Any]] = [
    {"match": {"text": r"Cell (\w+) looks up", "step": 0}, "respond": {"calls": [LOOKUP]}},
    {"match": {"text": r"Cell (\w+) writes down", "step": 0}, "respond": {"calls": [NOTE]}},
    {"match": {"text": r"Cell (\w+) asks around", "step": 0}, "respond": {"calls": [LOOKUP, SEARCH]}},
    {"match": {"text": r"Cell (\w+) has to ask", "step": 0}, "respond": {"calls": [ALLOWED]}},
    {"match": {"text": r"Cell (\w+) remembers", "step": 0}, "respond": {"calls": [REMEMBERED]}},
    {"match": {"text": r"Cell (\w+) looks around", "step": 0}, "respond": {"calls": [PRIVATE]}},
    {"match": {"text": r"Cell (\w+)", "attempt": 1}, "respond": {"text": ANSWER}},
    {"match": {"text": r"Cell (\w+)"}, "respond": {"text": SECOND_THOUGHTS}},
]


@dataclass(slots=True, kw_only=True)
class Cell:
    """`marker` is in the question, in the arguments of its tool call, and nowhere else.

    In a group `others` are further members, `outside` somebody who is none; the question may be `whispered`.
    """

    stack: Stack
    doors: Doors
    client: LiveClient
    kind: Kind
    more: int = 0
    others: tuple[LiveClient, ...] = ()
    outside: LiveClient | None = None
    whispered: bool = False
    marker: str = field(default_factory=lambda: f"x{secrets.token_hex(6)}")

    @property
    def query(self) -> Event:
        content = f"Cell {self.marker} {self.kind} something."
        if self.client.hub == "chat":
            return {"type": "query", "content": content, "client_message_id": self.marker}
        named = {"type": "group.message", "group_id": self.client.session_id, "client_message_id": self.marker}
        return named | {"content": f"@coach {content}", "to": ["coach"] if self.whispered else []}

    @property
    def asked(self) -> list[str]:
        """The `client_message_id`s of all that was asked, in order."""
        return [self.marker, *(f"{self.marker}{number}" for number in range(self.more))]

    async def ask(self) -> None:
        await self.client.send(self.query)

    async def ask_more(self) -> None:
        """Ask a further question, which needs no tool, and see it taken up."""
        marker = f"{self.marker}{self.more}"
        self.more += 1
        await self.client.send({"type": "query", "content": f"Cell {marker} answers.", "client_message_id": marker})
        await self.client.wait_for(lambda event: event.get("client_message_id") == marker)

    async def stop(self) -> None:
        started = await self.client.wait_for(lambda event: event["type"] == "turn.started")
        await self.client.send(
            {"type": "turn.stop", "conversation_id": self.client.session_id, "turn_id": started["turn_id"]}
        )

    async def ended(self) -> None:
        """Wait until every turn has ended."""
        await self.client.until(lambda: len(ends_of(self.client.events)) >= len(self.asked), ENDED_S)

    async def arm(self, service: Service, match: dict[str, str], at: str = "before", *, after: int = 0) -> Held:
        """Hold the next request of this conversation that fits."""
        return await self.doors.arm(service, match | self._mine(service), at, after=after)

    def _mine(self, service: Service) -> dict[str, str]:
        match service:
            case "cosmos":
                return {"partition": rf'\["{self.client.session_id}"\]'}
            case "web_pubsub":
                return {"target": f"group [cd]-{self.client.session_id}"}
            case "openai":
                return {"text": f".*{self.marker}.*"}
            case "mcp":
                return {"arguments": f".*{self.marker}.*"}

    async def log(self) -> Audit:
        return await asyncio.to_thread(audit, self.stack, self.client.session_id)

    @property
    def clients(self) -> tuple[LiveClient, ...]:
        """Everybody who reads along."""
        return (self.client, *self.others)

    async def read_again(self, client: LiveClient) -> list[Event]:
        """Return what the client's person gets to see when they come later."""
        async with live_client(self.stack, client.session_id, client.user, client.hub) as later:
            return later.fold.durable


def ends_of(events: list[Event]) -> set[str]:
    """Return the turns that have ended; a terminal event may be sent more than once."""
    return {event["turn_id"] for event in events if event["type"] == "chat_response"}


@asynccontextmanager
async def open_cell(stack: Stack, doors: Doors, kind: Kind, user: str = "ada") -> AsyncGenerator[Cell]:
    async with live_client(stack, user=user) as client:
        yield Cell(stack=stack, doors=doors, client=client, kind=kind)
