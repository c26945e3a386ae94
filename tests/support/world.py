"""The spine put together as in the app, over a real store: one person, their connection, and the turn's activities."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from chat.dependencies import ChatDependencies
from chat.service import ChatService
from orchestration.dependencies import TurnDependencies
from orchestration.spending import Spending
from shared.access import GroupGate
from shared.clock import iso
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
from shared.upstream import Upstream
from shared.usage.budgets import NO_BUDGETS
from shared.usage.ledger import Ledger
from shared.usage.prices import NO_PRICES
from tests.support.client import Client
from tests.support.doubles import ACCESS_KEY, Clock, RecordingEngine, RecordingHub, ScriptedModel
from tests.support.memory_blobs import MemoryBlobs
from tests.support.scripted_tools import ScriptedTools
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


class World:
    """Everything around one test; the store is real, conversations are the test's own."""

    def __init__(self, cosmos: Cosmos, catalog: str = CATALOG, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
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
            currency="EUR",
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
