"""Which settings a catalog's servers need and a deployment lacks."""

from shared.settings import Settings
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.catalog_auth import (
    ClientCredentialsAuth,
    IdentityAssertionAuth,
    OAuthAuth,
    OnBehalfOfAuth,
    SecretAuth,
)
from shared.tools.catalog_document import CatalogInvalid


def missing_settings(catalog: Catalog, settings: Settings) -> list[str]:
    """Return, for each setting the catalog's servers need and the deployment lacks, which one and for what."""
    return [f"servers.{name}: {lack}" for name, server in catalog.servers.items() for lack in _lacks(server, settings)]


def check_catalog(catalog: Catalog, settings: Settings) -> None:
    """Check that the deployment has the settings the catalog's servers need.

    Raises:
        CatalogInvalid: naming all that are missing.

    """
    if missing := missing_settings(catalog, settings):
        raise CatalogInvalid(f"The MCP catalog needs settings that are missing: {'; '.join(missing)}")


def _lacks(server: ServerSpec, settings: Settings) -> list[str]:
    lacking = {
        "CREDENTIALS_KEYS": not settings.credentials_keys,
        "PUBLIC_URL": not settings.public_url,
        "AUTH_CLIENT_ID": not settings.auth_client_id,
    }
    match server.auth:
        case SecretAuth(setting=setting):
            needed = [setting]
        case OAuthAuth(client_secret_setting=setting):
            needed = ["CREDENTIALS_KEYS", "PUBLIC_URL", *([setting] if setting else [])]
        case OnBehalfOfAuth():
            needed = ["CREDENTIALS_KEYS", "AUTH_CLIENT_ID"]
        case IdentityAssertionAuth(client_secret_setting=setting):
            needed = ["CREDENTIALS_KEYS", "AUTH_CLIENT_ID", setting]
        case ClientCredentialsAuth(client_secret_setting=secret, private_key_setting=key):
            needed = [setting for setting in (secret, key) if setting]
        case _:
            needed = []
    return [name for name in needed if lacking.get(name, name not in settings.mcp_secrets)]
