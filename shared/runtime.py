"""Builds the app's clients from settings, once, without any I/O."""

from dataclasses import dataclass
from pathlib import Path

from shared.blob import BlobStore
from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.credential import TokenProvider, azure_credential
from shared.errors import NotAllowed
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.identity import TokenValidator
from shared.manifests import Manifests
from shared.model_openai import AzureOpenAIModel
from shared.people import People
from shared.prompts import PromptLibrary
from shared.protocol.codes import ErrorCode
from shared.publisher import Publisher
from shared.settings import Settings
from shared.summaries import Summaries
from shared.tools.catalog import Catalog
from shared.tools.mcp_client import McpTools
from shared.usage.ledger import Ledger
from shared.web_pubsub import WebPubSub

CHAT_HUB = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Every client of the process; each package takes from it what it needs."""

    settings: Settings
    log: EventLog
    live: LiveText
    people: People
    ledger: Ledger
    summaries: Summaries
    blobs: BlobStore
    manifests: Manifests
    catalog: Catalog
    tools: McpTools
    model: AzureOpenAIModel
    chat_hub: WebPubSub
    chat_publisher: Publisher
    validator: TokenValidator
    upstream_validator: TokenValidator

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
    variables = {"MCP_BASE_URL": settings.mcp_base_url}
    cosmos = Cosmos(settings.cosmos, credential, settings.cosmos_database)
    blobs = BlobStore(settings.blob, credential)
    catalog = Catalog.load(Path(settings.mcp_servers_file).read_text(encoding="utf-8"), variables)
    tools = McpTools(catalog, utc_now)
    chat_hub = WebPubSub(settings.web_pubsub, credential, CHAT_HUB)
    return Runtime(
        settings=settings,
        log=EventLog(cosmos),
        live=LiveText(cosmos),
        people=People(cosmos),
        ledger=Ledger(cosmos, settings.budgets, settings.model_prices.currency),
        summaries=Summaries(cosmos),
        blobs=blobs,
        manifests=Manifests(PromptLibrary(blobs, utc_now), catalog, tools, utc_now),
        catalog=catalog,
        tools=tools,
        model=AzureOpenAIModel(settings.azure_openai_endpoint, TokenProvider(credential, settings.azure_openai_scope)),
        chat_hub=chat_hub,
        chat_publisher=Publisher(chat_hub),
        validator=TokenValidator(settings.auth_issuer, settings.auth_audience, utc_now, settings.team_groups),
        upstream_validator=TokenValidator(settings.auth_issuer, settings.upstream_audience or "", utc_now),
    )
