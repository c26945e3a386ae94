"""The spine put together as in the app, over a real store: one person, their connection, and the turn's activities."""

import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from chat.dependencies import ChatDependencies
from chat.service import ChatService
from orchestration.dependencies import TurnDependencies
from orchestration.spending import Spending
from shared.access import GroupGate
from shared.clock import iso
from shared.connection import StateSeal
from shared.cosmos import Cosmos
from shared.erasure import Erasure
from shared.errors import NotAllowed
from shared.event_log.head import Head
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.manifests import Manifests
from shared.members import Members
from shared.memberships import Memberships
from shared.memory_store import Memories
from shared.people import Grant, People
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore
from shared.protocol.events import StoredEvent
from shared.publisher import Publisher
from shared.rate_limits import NO_LIMITS, RateLimiter
from shared.search import Search
from shared.security_events import SecurityEvents
from shared.settings import ServiceAddress
from shared.summaries import Summaries
from shared.tools.catalog import Catalog
from shared.tools.catalogs import Catalogs
from shared.upstream import HttpReply, Upstream
from shared.usage.budgets import NO_BUDGETS
from shared.usage.ledger import Ledger
from shared.usage.prices import NO_PRICES
from tests.support.doubles import (
    ACCESS_KEY,
    Clock,
    MemoryBlobs,
    RecordingEngine,
    RecordingHub,
    ScriptedModel,
    ScriptedTools,
)
from tests.support.tokens import Tokens

ADA = "tenant.ada"
BOB = "tenant.bob"
CATALOG = """
{"servers": {"crm": {"url": "http://127.0.0.1:9/mcp", "roles": ["Sales", "HR"], "timeout_s": 20,
"trust": "trusted", "tools": {
  "find": {"policy": "allow", "idempotent": true},
  "write": {"policy": "allow", "idempotent": false},
  "forecast": {"policy": "allow", "idempotent": true, "roles": ["HR"]}
}}}}
"""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the webhook answered: the event for the sender, and the raw reply."""

    reply: HttpReply
    event: dict[str, Any]

    @property
    def code(self) -> str | None:
        return self.event.get("code")

    def timeless(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Return all that was answered but when."""
        return self.reply.status, dict(self.reply.headers), self.event | {"at": ""}


@dataclass(slots=True)
class Client:
    """A client connection as Web PubSub would speak for it; keeps the connection state between events."""

    world: "World"
    principal: str
    id: str = field(default_factory=lambda: f"connection-{next(_numbers)}")
    state: str = ""

    def headers(self, event: str = "command", **changes: str) -> dict[str, str]:
        signature = hmac.new(ACCESS_KEY.encode(), self.id.encode(), hashlib.sha256).hexdigest()
        kind = f"sys.{event}" if event in {"connect", "connected", "disconnected"} else f"user.{event}"
        usual = {
            "ce-type": f"azure.webpubsub.{kind}",
            "ce-eventname": event,
            "ce-hub": "chat",
            "ce-id": f"event-{next(_numbers)}",
            "ce-time": iso(self.world.clock()),
            "ce-userid": self.principal,
            "ce-connectionid": self.id,
            "ce-connectionstate": self.state,
            "ce-signature": f"sha256={signature}",
        }
        return usual | {f"ce-{name.replace('_', '')}": value for name, value in changes.items()}

    async def connect(self) -> "Client":
        reply = await self.world.upstream.handle("POST", self.headers("connect"), b"{}")
        assert reply.status == 204, reply
        self.state = reply.headers["ce-connectionState"]
        return self

    async def send(self, frame: object, event: str = "command", **changes: str) -> Told:
        """Send one frame (bytes as they are, anything else as JSON) and return the answer."""
        body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        reply = await self.world.upstream.handle("POST", self.headers(event, **changes), body)
        assert reply.status == 200, (reply.status, reply.body)
        self.state = reply.headers.get("ce-connectionState", self.state)
        return Told(reply=reply, event=json.loads(reply.body))

    async def open(self, **fields: Any) -> str:
        """Open a session and return its id."""
        told = await self.send({"type": "session.update", "capabilities": ["streaming"], **fields})
        assert told.event["type"] == "session.created", told.event
        return told.event["session_id"]

    async def ask(self, content: str = "How is my pipeline?", **fields: Any) -> dict[str, Any]:
        """Ask and return `command.accepted`."""
        message_id = f"m{next(_numbers)}"
        told = await self.send({"type": "query", "content": content, "client_message_id": message_id, **fields})
        assert told.event["type"] == "command.accepted", told.event
        return told.event

    @property
    def session_id(self) -> str | None:
        state = StateSeal((ACCESS_KEY.encode(),)).open(self.state, self.id)
        return state.session_id if state else None


class World:
    """Everything around one test; the store is real, conversations are the test's own."""

    def __init__(self, cosmos: Cosmos, catalog: str = CATALOG) -> None:
        self.clock = Clock()
        self.cosmos = cosmos
        self.log = EventLog(cosmos, self.clock)
        self.live = LiveText(cosmos)
        self.people = People(cosmos)
        self.memories = Memories(cosmos, self.clock)
        self.members = Members(cosmos)
        self.gate = GroupGate(self.log, self.members)
        self.hub = RecordingHub()
        self.group_hub = RecordingHub("group_chat")
        self.engine = RecordingEngine()
        self.model = ScriptedModel()
        self.blobs = MemoryBlobs()
        self.catalogs = Catalogs(Catalog.load(catalog, {}))
        self.prompts = PromptLibrary(PromptStore(self.blobs), self.clock)
        self.tools = ScriptedTools(self.catalogs, self.clock)
        self.tokens = Tokens(self.clock)
        self.publisher = Publisher(self.hub, self.group_hub, self.log)
        self.spending = Spending(
            ledger=Ledger(cosmos, NO_BUDGETS, "EUR", self.clock),
            prices=NO_PRICES,
            model="chat-model",
            publisher=self.publisher,
        )
        self.memberships = Memberships(cosmos)
        self.feedback = Feedback(cosmos)
        self.erasure = Erasure(
            cosmos, self.blobs, self.memberships, self.feedback, (self.hub, self.group_hub), self.clock
        )
        self.chat = ChatDependencies(
            log=self.log,
            people=self.people,
            memberships=self.memberships,
            erasure=self.erasure,
            search=Search(cosmos),
            limiter=RateLimiter(NO_LIMITS, self.clock),
            manifests=Manifests(self.prompts, self.catalogs, self.tools, self.clock, company="Northwind"),
            publisher=self.publisher,
            web_pubsub=self.hub,
            validator=self.tokens,
            security=SecurityEvents(cosmos, self.clock),
            feedback=self.feedback,
            now=self.clock,
        )
        self.turn = TurnDependencies(
            log=self.log,
            live=self.live,
            people=self.people,
            memories=self.memories,
            members=self.members,
            publisher=self.publisher,
            model=self.model,
            chat_model="chat-model",
            spending=self.spending,
            summaries=Summaries(cosmos),
            catalogs=self.catalogs,
            tools=self.tools,
            blobs=self.blobs,
            sign_in_url=self.sign_in_url,
            now=self.clock,
        )
        self.upstream = Upstream(
            "chat",
            ChatService(self.chat, self.engine),
            host="service.example",
            keys=(ACCESS_KEY.encode(),),
            prover=_nobody,
            now=self.clock,
        )

    async def sign_in(self, principal: str = ADA, *roles: str) -> None:
        """Leave a grant behind, as negotiate does."""
        grant = Grant(
            principal=principal,
            name=principal.rsplit(".", 1)[-1].title(),
            email=f"{principal}@example.com",
            roles=frozenset(roles or {"Sales"}),
            checked_at=iso(self.clock()),
        )
        await self.people.remember(grant)

    async def client(self, principal: str = ADA) -> Client:
        """Return a signed-in person's new connection."""
        await self.sign_in(principal)
        return await Client(self, principal).connect()

    def person(self, principal: str = ADA) -> str:
        """Return a principal nobody else in the store has."""
        return f"{principal}-{next(_numbers)}"

    async def head(self, conversation_id: str) -> Head:
        return (await self.log.head(conversation_id)).head

    async def events(self, conversation_id: str) -> tuple[StoredEvent, ...]:
        """Return all events; checks on the way that `seq` has no gap and the head agrees."""
        events = await self.log.events_after(conversation_id, 0, 1000)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert (await self.head(conversation_id)).seq == len(events)
        return events

    async def types(self, conversation_id: str) -> list[str]:
        return [event.type for event in await self.events(conversation_id)]

    def sign_in_url(self, server: str, card_id: str, principal: str, conversation_id: str) -> str:
        return f"https://sign-in.example/{server}/{conversation_id}/{card_id}?for={principal}"

    async def close(self) -> None:
        await self.hub.close()
        await self.group_hub.close()
        await self.blobs.close()
        await self.tools.close()
        await self.tokens.close()


async def _nobody(authorization: str | None) -> None:
    raise NotAllowed("Only signatures count here.")


def store(address: ServiceAddress, database: str) -> Cosmos:
    """Return the app's client for a database of the emulator; an account key needs no credential."""
    return Cosmos(address, cast("Any", None), database)


@asynccontextmanager
async def world_on(address: ServiceAddress, database: str, catalog: str = CATALOG) -> AsyncGenerator[World]:
    cosmos = store(address, database)
    world = World(cosmos, catalog)
    try:
        yield world
    finally:
        await world.close()
        await cosmos.close()
