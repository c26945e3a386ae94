"""The tools of `quotes`: read an offer, send it to a customer."""

from collections.abc import Mapping
from typing import Annotated

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.settings import AuthSettings
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from local.mcp_servers.quotes.authority import SCOPE, Authority
from local.mcp_servers.quotes.routes import URL

PATH = "/quotes/mcp"
_READ = ToolAnnotations(read_only_hint=True, idempotent_hint=True)
_SEND = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)


class Quote(BaseModel):
    """An offer to a customer."""

    number: str
    account: str
    product: str
    seats: int
    amount: int = Field(description="Price per year, whole EUR.")
    discount_percent: int
    valid_until: str
    sent_to: list[str] = Field(default_factory=list[str])
    desk: str | None = Field(default=None, description="Who is signed in to Quotes.")


class Sent(BaseModel):
    number: str
    to: str
    message: str


_QUOTES = (
    Quote(
        number="Q-1041",
        account="Contoso Retail",
        product="Fabric analytics",
        seats=240,
        amount=86400,
        discount_percent=8,
        valid_until="2026-12-15",
    ),
    Quote(
        number="Q-1042",
        account="Fabrikam",
        product="Support, premium",
        seats=60,
        amount=19800,
        discount_percent=0,
        valid_until="2026-12-31",
    ),
    Quote(
        number="Q-1043",
        account="Northwind Traders",
        product="Fabric analytics",
        seats=35,
        amount=14700,
        discount_percent=5,
        valid_until="2027-01-31",
    ),
)


def quotes_server(authority: Authority, hints: Mapping[CacheableMethod, CacheHint]) -> MCPServer:
    """Return the server; it lets in only tokens `authority` gave for it."""
    quotes = {quote.number: quote.model_copy(deep=True) for quote in _QUOTES}
    server = MCPServer(
        "quotes",
        title="Quotes",
        version="1.0",
        instructions="Offers made to customers. Sending one reaches the customer at once.",
        cache_hints=hints,
        auth=_settings(authority),
        token_verifier=authority,
    )

    @server.tool(title="Get a quote", annotations=_READ)
    async def get_quote(
        account: Annotated[str, Field(min_length=1, max_length=100, description="The customer, e.g. 'Contoso'.")],
    ) -> Quote:
        """Return the current quote for a customer: product, seats, price, discount, until when it is valid."""
        wanted = account.casefold()
        found = next((quote for quote in quotes.values() if wanted in quote.account.casefold()), None)
        if found is None:
            raise ToolError(f"There is no quote for {account}.")
        return found.model_copy(update={"desk": _desk()})

    @server.tool(title="Send a quote", annotations=_SEND)
    async def send_quote(
        number: Annotated[str, Field(pattern=r"^Q-\d{4}$", description="The quote's number.")],
        to: Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+$", description="The recipient's e-mail.")],
        message: Annotated[str, Field(max_length=1000, description="A line to go with it.")] = "",
    ) -> Sent:
        """E-mail a quote to a customer, with a line of one's own. It cannot be taken back."""
        if number not in quotes:
            raise ToolError(f"There is no quote {number}.")
        quotes[number].sent_to.append(to)
        return Sent(number=number, to=to, message=message or "Sent without a line.")

    return server


def _desk() -> str | None:
    token = get_access_token()
    return token.subject if token else None


def _settings(authority: Authority) -> AuthSettings:
    return AuthSettings(
        issuer_url=URL.validate_python(authority.issuer),
        resource_server_url=URL.validate_python(authority.resource),
        required_scopes=[SCOPE],
        validate_token_resource=True,
    )
