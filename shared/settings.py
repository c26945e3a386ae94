"""Everything the app is told from outside, read once and checked as a whole.

An Azure service `X` is named in one of two forms: `X__serviceUri` (identity, as deployed) or `X` (a connection
string, for development). Names are listed in `local.settings.json.template`.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shared.credential import is_private_channel
from shared.errors import SettingsInvalid
from shared.rate_limits import USUAL_LIMITS, RateLimits
from shared.tools.address_rules import Network, parse_networks
from shared.usage.budgets import NO_BUDGETS, Budgets
from shared.usage.prices import NO_PRICES, PriceList
from shared.usage.setting_text import from_json
from shared.usage.teams import NO_TEAMS, UNASSIGNED, TeamGroups

_SERVICES = ("COSMOS", "BLOB", "WEB_PUBSUB")
_NAMES = (
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_CHAT_MODEL",
    "AZURE_OPENAI_UTILITY_MODEL",
    "AZURE_OPENAI_EMBEDDING_MODEL",
    "AZURE_OPENAI_SCOPE",
    "COSMOS_DATABASE",
    "AUTH_ISSUER",
    "AUTH_AUDIENCE",
    "AUTH_TENANTS",
    "APP_SERVICE_AUTH",
    "WEBSITE_AUTH_ENABLED",
    "MCP_SERVERS_FILE",
    "UPSTREAM_AUDIENCE",
    "UPSTREAM_CALLER",
    "MCP_BASE_URL",
    "MCP_PRIVATE_NETWORKS",
    "MODEL_PRICES",
    "TEAM_GROUPS",
    "BUDGETS",
    "COMPANY_NAME",
    "PROMPT_LABEL",
    "PUBLIC_URL",
    "AUTH_CLIENT_ID",
    "AUTH_CLIENT_SECRET",
    "CREDENTIALS_KEYS",
    "RATE_LIMITS",
    "RETENTION_DAYS",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "TRACE_SAMPLE_RATIO",
    "TELEMETRY_CONTENT",
)
_MCP_SECRET = "MCP_SECRET_"  # noqa: S105 - how names begin, not a secret


type NonEmpty = Annotated[str, Field(min_length=1)]


class ServiceAddress(BaseModel):
    """Where one Azure service is: exactly one of the two forms is set."""

    model_config = ConfigDict(frozen=True)

    service_uri: str | None = None
    connection_string: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.service_uri is None) == (self.connection_string is None):
            raise ValueError("set either NAME__serviceUri (identity) or NAME (connection string)")
        return self


def _words(value: object) -> object:
    """Split a setting that lists words, by commas or blanks."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


class Settings(BaseModel):
    """The app's settings; see `local.settings.json.template` for what each means."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    cosmos: ServiceAddress
    blob: ServiceAddress
    web_pubsub: ServiceAddress
    cosmos_database: NonEmpty = "salescoach"
    azure_openai_endpoint: NonEmpty
    azure_openai_chat_model: NonEmpty
    """The deployment that answers."""
    azure_openai_utility_model: NonEmpty
    """The deployment for small work beside the answers, such as titles."""
    azure_openai_embedding_model: str = ""
    """The deployment that makes vectors of questions; empty: common questions are not looked for."""
    azure_openai_scope: NonEmpty = "https://ai.azure.com/.default"
    auth_issuer: NonEmpty
    auth_audience: NonEmpty
    auth_tenants: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    """The tenants that may sign in, where `AUTH_ISSUER` names the tenant as `{tenantid}`."""
    website_auth_enabled: bool = False
    """Set by App Service where its authentication stands in front of the app."""
    app_service_auth: Annotated[bool, Field(validate_default=True)] = False
    """Believe what App Service authentication says of a request that carries no token."""
    mcp_servers_file: NonEmpty = "mcpservers.json"
    mcp_base_url: str = ""
    """Fills `%MCP_BASE_URL%` in the tool catalog."""
    company_name: NonEmpty = "your company"
    """For whom the coach works; `{{company}}` in prompts."""
    prompt_label: NonEmpty = "production"
    """Which label's prompt versions new sessions use."""
    mcp_private_networks: Annotated[tuple[Network, ...], BeforeValidator(parse_networks)] = ()
    """Ranges in which tool servers may have addresses that are not public, and be called without TLS."""
    upstream_audience: Annotated[str | None, Field(validate_default=True)] = None
    """Audience of the managed-identity token Web PubSub sends upstream; needed in the `__serviceUri` form."""
    upstream_caller: Annotated[str | None, Field(validate_default=True)] = None
    """Object id of that managed identity; needed in the `__serviceUri` form."""

    public_url: str = ""
    """Where people's browsers reach the app (scheme and host); sign-ins to tool servers come back there."""
    auth_client_id: str = ""
    """The app's client id at `auth_issuer`, for exchanging people's tokens on their behalf."""
    auth_client_secret: SecretStr | None = None
    """Without it the app shows its managed identity, federated with that client."""
    credentials_keys: Annotated[tuple[SecretStr, ...], BeforeValidator(_words)] = ()
    """Keys that people's credentials are kept under, newest first."""
    mcp_secrets: Mapping[str, SecretStr] = {}
    """The settings `MCP_SECRET_*`, which the tool catalog refers to by name."""

    model_prices: Annotated[PriceList, BeforeValidator(from_json)] = NO_PRICES
    team_groups: Annotated[TeamGroups, BeforeValidator(from_json)] = NO_TEAMS
    budgets: Annotated[Budgets, BeforeValidator(from_json)] = NO_BUDGETS
    rate_limits: Annotated[RateLimits, BeforeValidator(from_json)] = USUAL_LIMITS
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """How long a conversation nobody uses is kept; None: until its owner deletes it."""

    applicationinsights_connection_string: SecretStr | None = None
    """Where spans, metrics and logs go in Azure."""
    otel_exporter_otlp_endpoint: str = ""
    """An OTLP endpoint (HTTP) they go to."""
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Which part of the traces is kept."""
    telemetry_content: bool = False
    """Let spans hold what was said, and what tools were given and gave back."""

    # A check of the whole model would be skipped as long as any field is wrong; all have to be named at once.
    @field_validator("upstream_audience", "upstream_caller")
    @classmethod
    def _upstream_is_proven(cls, value: str | None, others: ValidationInfo) -> str | None:
        service = others.data.get("web_pubsub")
        if isinstance(service, ServiceAddress) and service.service_uri and not value:
            raise ValueError("needed with WEB_PUBSUB__serviceUri")
        return value

    @field_validator("app_service_auth")
    @classmethod
    def _platform_is_proven(cls, value: bool, others: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's signature
        if value and not others.data.get("website_auth_enabled"):
            raise ValueError("App Service authentication is not in front of this app (WEBSITE_AUTH_ENABLED)")
        return value

    @field_validator("public_url", "otel_exporter_otlp_endpoint")
    @classmethod
    def _url_is_safe(cls, value: str) -> str:
        if value and not is_private_channel(value):
            raise ValueError("must be an https URL")
        return value

    @field_validator("budgets")
    @classmethod
    def _budgets_fit_the_rest(cls, value: Budgets, others: ValidationInfo) -> Budgets:
        """Refuse limits that could never bind: of teams nobody is in, of money nothing costs."""
        teams, prices = others.data.get("team_groups"), others.data.get("model_prices")
        if isinstance(teams, TeamGroups):
            unknown = sorted(set(value.overrides) - teams.teams - {UNASSIGNED})
            if unknown:
                raise ValueError(f"overrides: not among the teams of TEAM_GROUPS: {', '.join(unknown)}")
        if isinstance(prices, PriceList) and value.in_money:
            used = (others.data.get(f"azure_openai_{role}_model") for role in ("chat", "utility"))
            if any(isinstance(deployment, str) and deployment not in prices.models for deployment in used):
                raise ValueError("limits of cost_micros need a price in MODEL_PRICES for every deployment in use")
        return value

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read settings by their environment names; unset and empty are the same.

        Raises:
            SettingsInvalid: naming every missing or wrong setting at once, never a value.

        """
        values: dict[str, object] = {
            name.lower(): environment[name].strip() for name in _NAMES if environment.get(name, "").strip()
        }
        values["mcp_secrets"] = {
            name: value.strip() for name, value in environment.items() if name.startswith(_MCP_SECRET) and value.strip()
        }
        for name in _SERVICES:
            values[name.lower()] = {
                "service_uri": environment.get(f"{name}__serviceUri", "").strip() or None,
                "connection_string": environment.get(name, "").strip() or None,
            }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsInvalid("Settings are missing or wrong: " + "; ".join(_problems(error))) from None


def _problems(error: ValidationError) -> list[str]:
    return [
        f"{_place(problem['loc'])}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    ]


def _place(path: tuple[int | str, ...]) -> str:
    """Return the setting's name and where in its value, as that is spelled there."""
    name, *rest = path or ("settings",)
    return ".".join([str(name).upper() if path else str(name), *map(str, rest)])
