"""The clients whose SDKs take long to load: there from the start, built and loaded when they are first used."""

from typing import TYPE_CHECKING

from azure.core.credentials_async import AsyncTokenCredential

from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.credential import TokenProvider, is_private_channel
from shared.errors import SettingsInvalid
from shared.late import importing_late, late
from shared.model import ModelService
from shared.sealing import Sealer
from shared.settings import Settings
from shared.telemetry.embedding_calls import ToldModelService
from shared.tools.catalogs import Catalogs

with importing_late():
    from shared import model_openai
    from shared.tools import credentials_setup, mcp_client

if TYPE_CHECKING:
    from shared.tools.credentials_setup import Credentials
    from shared.tools.mcp_client import McpTools


def model(settings: Settings, credential: AsyncTokenCredential) -> ToldModelService:
    """Return the model.

    Raises:
        SettingsInvalid: its endpoint is not an https URL.

    """
    if not is_private_channel(settings.azure_openai_endpoint):
        raise SettingsInvalid("AZURE_OPENAI_ENDPOINT must be an https URL")
    token = TokenProvider(credential, settings.azure_openai_scope)
    azure: ModelService = late(lambda: model_openai.AzureOpenAIModel(settings.azure_openai_endpoint, token))
    return ToldModelService(azure, content=settings.telemetry_content, sign_in=token)


def credentials(
    settings: Settings, cosmos: Cosmos, credential: AsyncTokenCredential, catalogs: Catalogs
) -> "Credentials":
    """Return what is shown to tool servers.

    Raises:
        SettingsInvalid: `CREDENTIALS_KEYS` is malformed.

    """
    if settings.credentials_keys:
        Sealer(tuple(key.get_secret_value() for key in settings.credentials_keys))
    return late(lambda: credentials_setup.build_credentials(settings, cosmos, credential, catalogs, utc_now))


def tools(settings: Settings, catalogs: Catalogs, shown: "Credentials") -> "McpTools":
    authorization = late(lambda: shown.authorization)
    return late(lambda: mcp_client.McpTools(catalogs, utc_now, authorization, settings.mcp_private_networks))
