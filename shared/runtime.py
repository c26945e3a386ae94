"""Builds the app's clients from settings, once, without any I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from azure.core.credentials_async import AsyncTokenCredential

from shared import late_clients
from shared.access import GroupGate
from shared.blob import BlobStore
from shared.clock import utc_now
from shared.common_questions.stores import QuestionStores
from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.erasure import Erasure
from shared.errors import NotAllowed
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.identity import TokenValidator
from shared.identity_setup import people_validator, service_validator
from shared.late import late
from shared.manifests import Manifests
from shared.members import Members
from shared.memberships import Memberships
from shared.memory_store import Memories
from shared.people import People
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore
from shared.protocol.codes import ErrorCode
from shared.publisher import Publisher
from shared.rate_limits import RateLimiter
from shared.search import Search
from shared.security_events import SecurityEvents
from shared.settings import Settings
from shared.sign_in import TokenExchange
from shared.summaries import Summaries
from shared.telemetry.embedding_calls import ToldModelService
from shared.tools.catalog import Catalog
from shared.tools.catalogs import CatalogOverride, Catalogs
from shared.tools.credentials_needed import check_catalog
from shared.unread import Unread
from shared.usage.ledger import Ledger
from shared.usage.report import UsageReports
from shared.usage.side_calls import SideCalls
from shared.usage.teams import APP, UNASSIGNED
from shared.web_pubsub import WebPubSub

if TYPE_CHECKING:
    from shared.tools.credentials_setup import Credentials, PersonalCredentials
    from shared.tools.mcp_client import McpTools

CHAT_HUB = "chat"
GROUP_HUB = "group_chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Every client of the process; each package takes from it what it needs."""

    settings: Settings
    log: EventLog
    live: LiveText
    people: People
    memberships: Memberships
    erasure: Erasure
    search: Search
    unread: Unread
    limiter: RateLimiter
    memories: Memories
    ledger: Ledger
    feedback: Feedback
    summaries: Summaries
    blobs: BlobStore
    prompts: PromptLibrary
    manifests: Manifests
    catalogs: Catalogs
    tools: "McpTools"
    model: ToldModelService
    chat_hub: WebPubSub
    group_hub: WebPubSub
    gate: GroupGate
    publisher: Publisher
    validator: TokenValidator
    security: SecurityEvents
    usage_reports: UsageReports
    upstream_validator: TokenValidator
    credentials: "Credentials"
    common_questions: QuestionStores
    now: Callable[[], datetime] = utc_now

    @property
    def members(self) -> Members:
        return self.gate.members

    @property
    def personal(self) -> "PersonalCredentials | None":
        """What deals with people's own credentials; None in a deployment without keys to keep them under."""
        return late(lambda: self.credentials.personal) if self.settings.credentials_keys else None

    @property
    def exchange(self) -> TokenExchange | None:
        """What exchanges people's tokens; None where the app has no client of its own, or nowhere to keep them."""
        ready = self.settings.credentials_keys and self.settings.auth_client_id
        return late(lambda: self.credentials.exchange) if ready else None

    def sign_in_url(self, server: str, card_id: str, principal: str, conversation_id: str) -> str | None:
        return self.credentials.sign_in_url(server, card_id, principal, conversation_id)

    @property
    def side_calls(self) -> SideCalls:
        """Calls of the models beside turns, on somebody's account."""
        return SideCalls(
            ledger=self.ledger,
            prices=self.settings.model_prices,
            model=self.model,
            embedder=self.model,
            deployment=self.settings.azure_openai_utility_model,
            publisher=self.publisher,
            now=self.now,
        )

    async def prove_service(self, authorization: str | None) -> None:
        """Check that a request comes from our Web PubSub service, which shows its managed identity's token.

        Raises:
            NotAllowed: it does not.

        """
        caller = self.settings.upstream_caller
        if caller is None:
            raise NotAllowed("No upstream identity is configured.", code=ErrorCode.TOKEN_INVALID)
        await self.upstream_validator.validate_app(authorization, caller)


def build_runtime(settings: Settings) -> Runtime:
    """Build all clients.

    Raises:
        SettingsInvalid: the catalog or a setting is wrong; the message says where.

    """
    base = _basics(settings)
    tools = late_clients.tools(settings, base.catalogs, base.credentials)
    return Runtime(
        settings=settings,
        log=base.log,
        live=LiveText(base.cosmos),
        people=People(base.cosmos),
        memberships=base.memberships,
        erasure=_erasure(settings, base),
        search=Search(base.cosmos),
        unread=Unread(base.cosmos),
        limiter=RateLimiter(settings.rate_limits, utc_now),
        memories=Memories(base.cosmos, utc_now),
        ledger=Ledger(base.cosmos, settings.budgets, settings.model_prices.currency),
        feedback=base.feedback,
        summaries=Summaries(base.cosmos),
        blobs=base.blobs,
        prompts=base.prompts,
        manifests=Manifests(base.prompts, base.catalogs, tools, utc_now, company=settings.company_name),
        catalogs=base.catalogs,
        tools=tools,
        model=late_clients.model(settings, base.credential),
        chat_hub=base.chat_hub,
        group_hub=base.group_hub,
        gate=GroupGate(base.log, Members(base.cosmos)),
        publisher=Publisher(base.chat_hub, base.group_hub, base.log),
        validator=people_validator(settings),
        security=SecurityEvents(base.cosmos, utc_now),
        usage_reports=_usage_reports(settings, base.cosmos),
        upstream_validator=service_validator(settings),
        credentials=base.credentials,
        common_questions=QuestionStores.over(base.cosmos, utc_now),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basics:
    """What several of the other clients work with."""

    credential: AsyncTokenCredential
    cosmos: Cosmos
    blobs: BlobStore
    prompts: PromptLibrary
    catalogs: Catalogs
    credentials: "Credentials"
    log: EventLog
    memberships: Memberships
    feedback: Feedback
    chat_hub: WebPubSub
    group_hub: WebPubSub


def _basics(settings: Settings) -> _Basics:
    credential = azure_credential()
    cosmos, blobs = Cosmos(settings.cosmos, credential, settings.cosmos_database), BlobStore(settings.blob, credential)
    catalogs = _catalogs(settings, blobs)
    return _Basics(
        credential=credential,
        cosmos=cosmos,
        blobs=blobs,
        prompts=PromptLibrary(PromptStore(blobs), utc_now, settings.prompt_label),
        catalogs=catalogs,
        credentials=late_clients.credentials(settings, cosmos, credential, catalogs),
        log=EventLog(cosmos),
        memberships=Memberships(cosmos),
        feedback=Feedback(cosmos),
        chat_hub=WebPubSub(settings.web_pubsub, credential, CHAT_HUB),
        group_hub=WebPubSub(settings.web_pubsub, credential, GROUP_HUB),
    )


def _erasure(settings: Settings, base: _Basics) -> Erasure:
    hubs, kept = (base.chat_hub, base.group_hub), _retention(settings)
    return Erasure(base.cosmos, base.blobs, base.memberships, base.feedback, hubs, utc_now, kept)


def _retention(settings: Settings) -> timedelta | None:
    return None if settings.retention_days is None else timedelta(days=settings.retention_days)


def _catalogs(settings: Settings, blobs: BlobStore) -> Catalogs:
    variables = {"MCP_BASE_URL": settings.mcp_base_url}
    packaged = Catalog.load(Path(settings.mcp_servers_file).read_text(encoding="utf-8"), variables)
    check_catalog(packaged, settings)
    return Catalogs(packaged, CatalogOverride(blobs=blobs, variables=variables))


def _usage_reports(settings: Settings, cosmos: Cosmos) -> UsageReports:
    return UsageReports(cosmos, (*settings.team_groups.teams, UNASSIGNED, APP))
