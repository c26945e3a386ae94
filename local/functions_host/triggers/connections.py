"""Connection strings of the services that triggers listen to."""

from collections.abc import Mapping

from local.functions_host.settings import SettingsError

_DEVELOPMENT_ACCOUNT = "devstoreaccount1"
# The key every Azurite has; it protects nothing.
_DEVELOPMENT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_DEVELOPMENT = {
    "AccountName": _DEVELOPMENT_ACCOUNT,
    "AccountKey": _DEVELOPMENT_KEY,
    "QueueEndpoint": f"http://127.0.0.1:10001/{_DEVELOPMENT_ACCOUNT}",
}


def connection_text(environment: Mapping[str, str], name: str) -> str:
    """Return the connection string in the setting `name` or `AzureWebJobs<name>`.

    Raises:
        SettingsError: there is none, or it is one for a managed identity, which needs Azure.

    """
    for setting in (name, f"AzureWebJobs{name}"):
        if environment.get(setting):
            return environment[setting]
        if any(each.startswith(f"{setting}__") for each in environment):
            raise SettingsError(f"The connection '{name}' uses an identity; this host needs a connection string.")
    raise SettingsError(f"The connection '{name}' has no app setting.")


def parts_of(connection: str) -> dict[str, str]:
    """Return the parts of `Name=value;Name=value`; the development shorthand is spelled out."""
    pairs = (part.partition("=") for part in connection.split(";") if part.strip())
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if parts.get("UseDevelopmentStorage", "").lower() == "true":
        return dict(_DEVELOPMENT)
    return parts
