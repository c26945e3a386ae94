"""How other MCP clients learn where to sign in (RFC 9728), and how they are told that they have to."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from api.endpoint import Output

SERVER_ROUTE = "mcp"
METADATA_ROUTE = ".well-known/oauth-protected-resource"


class ProtectedResource(Output):
    """The metadata document."""

    resource: str
    authorization_servers: tuple[str, ...]
    scopes_supported: tuple[str, ...]
    bearer_methods_supported: tuple[str, ...] = ("header",)
    resource_name: str = "SalesCoach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the app's functions are, such as `https://host/api`."""

    base: str

    @classmethod
    def of(cls, url: str, route: str) -> "Place":
        """Return the place from the URL of a request to one of its routes."""
        parts = urlsplit(url)
        return cls(base=f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(route).rstrip('/')}")

    def metadata(self, issuer: str, audience: str) -> ProtectedResource:
        return ProtectedResource(
            resource=f"{self.base}/{SERVER_ROUTE}",
            authorization_servers=(issuer,),
            scopes_supported=(f"{audience}/.default",),
        )

    def challenge(self) -> str:
        """Return the value of `WWW-Authenticate` that points to the metadata."""
        return f'Bearer resource_metadata="{self.base}/{METADATA_ROUTE}"'
