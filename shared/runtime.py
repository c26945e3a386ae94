"""Builds the app's clients from settings, once, without any I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from azure.core.credentials_async import AsyncTokenCredential

from shared.blob import BlobStore
from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.credential import TokenProvider, azure_credential
from shared.erasure import Erasure
from shared.errors import NotAllowed
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.identity import TokenValidator
from shared.manifests import Manifests
from shared.memberships import Memberships
from shared.memory_store import Memories
from shared.model_openai import AzureOpenAIModel
from shared.people import People
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore
from shared.protocol.codes import ErrorCode
from shared.publisher import Publisher
from shared.rate_limits import RateLimiter
from shared.search import Search
from shared.security_events import SecurityEvents
from shared.settings import Settings
from shared.summaries import Summaries
from shared.tools.catalog import Catalog
from shared.tools.catalogs import CatalogOverride, Catalogs
from shared.tools.credentials_setup import Credentials, build_credentials, check_catalog
from shared.tools.mcp_client import McpTools
from shared.usage.ledger import Ledger
from shared.usage.report import UsageReports
from shared.usage.teams import UNASSIGNED
from shared.web_pubsub import WebPubSub

CHAT_HUB = "chat"


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
    limiter: RateLimiter
    memories: Memories
    ledger: Ledger
    feedback: Feedback
    summaries: Summaries
    blobs: BlobStore
    prompts: PromptLibrary
    manifests: Manifests
    catalogs: Catalogs
    tools: McpTools
    model: AzureOpenAIModel
    chat_hub: WebPubSub
    chat_publisher: Publisher
    validator: TokenValidator
    security: SecurityEvents
    usage_reports: UsageReports
    upstream_validator: TokenValidator
    credentials: Credentials
    now: Callable[[], datetime] = utc_now

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
    credential = azure_credential()
    cosmos, blobs = Cosmos(settings.cosmos, credential, settings.cosmos_database), BlobStore(settings.blob, credential)
    catalogs = _catalogs(settings, blobs)
    credentials = build_credentials(settings, cosmos, credential, catalogs, utc_now)
    prompts, tools = _prompts(settings, blobs), _tools(settings, catalogs, credentials)
    memberships, feedback, hub = Memberships(cosmos), Feedback(cosmos), _hub(settings, credential)
    return Runtime(
        settings=settings,
        log=EventLog(cosmos),
        live=LiveText(cosmos),
        people=People(cosmos),
        memberships=memberships,
        erasure=Erasure(cosmos, blobs, memberships, feedback, hub, utc_now, _retention(settings)),
        search=Search(cosmos),
        limiter=RateLimiter(settings.rate_limits, utc_now),
        memories=Memories(cosmos, utc_now),
        ledger=Ledger(cosmos, settings.budgets, settings.model_prices.currency),
        feedback=feedback,
        summaries=Summaries(cosmos),
        blobs=blobs,
        prompts=prompts,
        manifests=Manifests(prompts, catalogs, tools, utc_now, company=settings.company_name),
        catalogs=catalogs,
        tools=tools,
        model=AzureOpenAIModel(settings.azure_openai_endpoint, TokenProvider(credential, settings.azure_openai_scope)),
        chat_hub=hub,
        chat_publisher=Publisher(hub),
        validator=_people_validator(settings),
        security=SecurityEvents(cosmos, utc_now),
        usage_reports=_usage_reports(settings, cosmos),
        upstream_validator=_service_validator(settings),
        credentials=credentials,
    )


def _prompts(settings: Settings, blobs: BlobStore) -> PromptLibrary:
    return PromptLibrary(PromptStore(blobs), utc_now, settings.prompt_label)


def _hub(settings: Settings, credential: AsyncTokenCredential) -> WebPubSub:
    return WebPubSub(settings.web_pubsub, credential, CHAT_HUB)


def _retention(settings: Settings) -> timedelta | None:
    return None if settings.retention_days is None else timedelta(days=settings.retention_days)


def _catalogs(settings: Settings, blobs: BlobStore) -> Catalogs:
    variables = {"MCP_BASE_URL": settings.mcp_base_url}
    packaged = Catalog.load(Path(settings.mcp_servers_file).read_text(encoding="utf-8"), variables)
    check_catalog(packaged, settings)
    return Catalogs(packaged, CatalogOverride(blobs=blobs, variables=variables))


def _tools(settings: Settings, catalogs: Catalogs, credentials: Credentials) -> McpTools:
    return McpTools(
        catalogs,
        utc_now,
        authorization=credentials.authorization,
        private_networks=settings.mcp_private_networks,
    )


def _usage_reports(settings: Settings, cosmos: Cosmos) -> UsageReports:
    return UsageReports(cosmos, (*settings.team_groups.teams, UNASSIGNED))


def _people_validator(settings: Settings) -> TokenValidator:
    return TokenValidator(
        settings.auth_issuer,
        settings.auth_audience,
        utc_now,
        settings.team_groups,
        tenants=settings.auth_tenants,
        behind_platform=settings.app_service_auth,
    )


def _service_validator(settings: Settings) -> TokenValidator:
    return TokenValidator(
        settings.auth_issuer, settings.upstream_audience or "", utc_now, tenants=settings.auth_tenants
    )
