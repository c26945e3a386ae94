"""Finds out who signs people in for an MCP server: RFC 9728 for the server, RFC 8414 or OpenID for the authority."""

import re

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    create_oauth_metadata_request,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
    get_client_metadata_scopes,
    handle_auth_metadata_response,
    handle_protected_resource_response,
    issuers_match,
    validate_authorization_response_iss,
    validate_metadata_issuer,
)
from mcp.shared.auth import OAuthMetadata, ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url
from pydantic import BaseModel, ConfigDict

from shared.tools.catalog import ServerSpec
from shared.tools.catalog_auth import OAuthAuth
from shared.tools.oauth_errors import AuthorizationServerFailed, Unreachable
from shared.tools.oauth_http import OAuthHttp, is_busy
from shared.tools.scopes import all_scopes

_PKCE = "S256"
_SCHEME = re.compile(r"(?:^|,)\s*(bearer|dpop)(?=[\s,]|$)", re.IGNORECASE)
_GRANTS = ["authorization_code", "refresh_token"]
_REFUSALS = (401, 403)


type Metadata = OAuthMetadata


class AuthorizationServer(BaseModel):
    """An authorization server as its metadata describes it, for one protected server.

    `resource` names the server in requests (RFC 8707); `scopes` are what to ask for, None when nobody says. `bound`:
    the server takes only tokens that are bound to a key (DPoP).
    """

    model_config = ConfigDict(frozen=True)

    metadata: OAuthMetadata
    resource: str
    scopes: str | None
    private_network: bool
    bound: bool = False

    @property
    def issuer(self) -> str:
        return str(self.metadata.issuer)


async def discover(http: OAuthHttp, server: ServerSpec, wanted: str | None = None) -> AuthorizationServer:
    """Return who signs people in for `server`; `wanted` are scopes to ask for besides those that are always.

    Raises:
        AuthorizationServerFailed: nobody that could be used.
        Unreachable: the server or the authority does not answer.

    """
    private = server.private_network
    refusal = await _refusal(http, server, private_network=private)
    protected = await _protected(http, server, refusal, private_network=private)
    advertised = str(protected.authorization_servers[0]) if protected else None
    metadata = await _metadata(http, advertised, server.url, private_network=private)
    if metadata is None and protected is None and _speaks_first_revision(server):
        metadata = _by_default(server.url)
    if metadata is None:
        raise AuthorizationServerFailed("The server does not say who signs people in for it.")
    if _PKCE not in (metadata.code_challenge_methods_supported or ()):
        raise AuthorizationServerFailed("The authorization server does not offer the protection (PKCE) we insist on.")
    own = server.auth.scopes if isinstance(server.auth, OAuthAuth) else ()
    asked = extract_scope_from_www_auth(refusal) if refusal is not None else None
    scopes = get_client_metadata_scopes(" ".join(own) or asked, protected, metadata, _GRANTS)
    resource = str(protected.resource) if protected else resource_of(server)
    asking = all_scopes(scopes, wanted)
    bound = (protected is not None and protected.dpop_bound_access_tokens_required is True) or _wants_bound(refusal)
    return AuthorizationServer(
        metadata=metadata, resource=resource, scopes=asking, private_network=private, bound=bound
    )


def resource_of(server: ServerSpec) -> str:
    """Return what the server is called in requests to authorization servers (RFC 8707)."""
    return resource_url_from_server_url(server.url)


async def trusted(http: OAuthHttp, issuer: str, *, private_network: bool = False) -> Metadata:
    """Return the metadata of an authorization server the deployment itself names; raises as `discover` does."""
    metadata = await _metadata(http, issuer, issuer, private_network=private_network)
    if metadata is None:
        raise AuthorizationServerFailed("The authorization server does not describe itself.")
    return metadata


def check_response_issuer(issuer: str | None, metadata: OAuthMetadata) -> None:
    """Check the `iss` that came with a code (RFC 9207).

    Raises:
        AuthorizationServerFailed: the code is of another authorization server.

    """
    try:
        validate_authorization_response_iss(issuer, metadata)
    except OAuthFlowError:
        raise AuthorizationServerFailed("The answer did not come from the service you were sent to.") from None


async def _refusal(http: OAuthHttp, server: ServerSpec, *, private_network: bool) -> httpx2.Response | None:
    """Return how the server turns away a request without a credential: it may say where its metadata are."""
    headers = {"accept": "application/json, text/event-stream", "accept-encoding": "identity"}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    request = httpx2.Request("POST", server.url, json=ping, headers=headers)
    try:
        response = await http.send(request, private_network=private_network)
    except AuthorizationServerFailed:
        return None
    return response if response.status_code in _REFUSALS else None


async def _protected(
    http: OAuthHttp, server: ServerSpec, refusal: httpx2.Response | None, *, private_network: bool
) -> ProtectedResourceMetadata | None:
    told = extract_resource_metadata_from_www_auth(refusal) if refusal is not None else None
    for url in build_protected_resource_metadata_discovery_urls(told, server.url):
        response = await http.send(create_oauth_metadata_request(url), private_network=private_network)
        if is_busy(response):
            # Says nothing about whether there are metadata, so it must not lead to guessing.
            raise Unreachable.host(response.request.url.netloc.decode(), sent=False)
        found = await handle_protected_resource_response(response)
        if found is not None:
            if not check_resource_allowed(resource_of(server), str(found.resource)):
                raise AuthorizationServerFailed(f"{server.name} says it is another server than the one we know.")
            return found
    return None


async def _metadata(
    http: OAuthHttp, advertised: str | None, server_url: str, *, private_network: bool
) -> OAuthMetadata | None:
    for url in build_oauth_authorization_server_metadata_discovery_urls(advertised, server_url):
        response = await http.send(create_oauth_metadata_request(url), private_network=private_network)
        if is_busy(response):
            raise Unreachable.host(response.request.url.netloc.decode(), sent=False)
        _, found = await handle_auth_metadata_response(response)
        if found is not None:
            return _checked(found, advertised, server_url)
    return None


def _wants_bound(refusal: httpx2.Response | None) -> bool:
    told = refusal.headers.get("www-authenticate", "") if refusal is not None else ""
    schemes = {scheme.lower() for scheme in _SCHEME.findall(told)}
    return "dpop" in schemes and "bearer" not in schemes


def _speaks_first_revision(server: ServerSpec) -> bool:
    return isinstance(server.auth, OAuthAuth) and server.auth.revision is not None


def _by_default(server_url: str) -> OAuthMetadata:
    """Return what the revision 2025-03-26 takes for granted of a server without metadata; it asks PKCE of everybody."""
    origin = httpx2.URL(server_url).copy_with(raw_path=b"/")
    return OAuthMetadata.model_validate(
        {
            "issuer": str(origin),
            "authorization_endpoint": str(origin.copy_with(raw_path=b"/authorize")),
            "token_endpoint": str(origin.copy_with(raw_path=b"/token")),
            "registration_endpoint": str(origin.copy_with(raw_path=b"/register")),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": [_PKCE],
        }
    )


def _checked(metadata: OAuthMetadata, advertised: str | None, server_url: str) -> OAuthMetadata:
    origin = httpx2.URL(server_url).copy_with(raw_path=b"/")
    expected = advertised or str(origin)
    if issuers_match(str(metadata.issuer), expected):
        expected = str(metadata.issuer)
    try:
        validate_metadata_issuer(metadata, expected)
    except OAuthFlowError:
        raise AuthorizationServerFailed("The authorization server's description names another one.") from None
    return metadata
