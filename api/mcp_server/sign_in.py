"""How other MCP clients learn where to sign in (RFC 9728), and how they are told that they have to."""

from collections.abc import Mapping
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
    """Where clients reach the app's functions, such as `https://host/api`."""

    base: str

    @classmethod
    def of(cls, url: str, route: str, headers: Mapping[str, str], public_url: str) -> "Place":
        """Return the place from the URL of a request to one of its routes; `headers` have lower-case names.

        A request that came through Front Door names the app's own host, which may be closed to clients: for it the
        place is under `public_url`.
        """
        parts = urlsplit(url)
        public = urlsplit(public_url)
        through = public.netloc and (
            headers.get("x-forwarded-host", "").lower() == public.netloc.lower() or "x-azure-fdid" in headers
        )
        outside = public if through else parts
        path = parts.path.rstrip("/").removesuffix(route).rstrip("/")
        return cls(base=f"{outside.scheme}://{outside.netloc}{path}")

    def metadata(self, issuer: str, audience: str) -> ProtectedResource:
        return ProtectedResource(
            resource=f"{self.base}/{SERVER_ROUTE}",
            authorization_servers=(issuer,),
            scopes_supported=(f"{audience}/.default",),
        )

    def challenge(self) -> str:
        """Return the value of `WWW-Authenticate` that points to the metadata."""
        return f'Bearer resource_metadata="{self.base}/{METADATA_ROUTE}"'
