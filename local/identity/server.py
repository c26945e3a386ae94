"""The HTTP surface of the issuer."""

import asyncio
import base64
import binascii
import hmac
import logging
import urllib.parse
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from pydantic import ValidationError

from local.cosmos.tls import server_context
from local.identity.directory import Directory
from local.identity.grants import ON_BEHALF_OF, Grants, OAuthError
from local.identity.issuer import AUDIENCE, MANAGED_IDENTITY, Issuer, pairwise
from local.identity.keys import KeyRing
from local.identity.minting import TokenOrder, mint
from local.identity.sign_in import SignIn
from local.service import HOST, announce, bind, port_of

log = logging.getLogger("identity")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
IDENTITY_HEADER = "local-identity-header"
MSI_VERSION = "2019-08-01"
LEAF_FILE = "identity.pem"
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600",
}


@web.middleware
async def envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer preflights, give refusals OAuth's shape, log one line a request, allow any origin."""
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=CORS)
    try:
        response = await handler(request)
    except OAuthError as error:
        response = web.json_response(error.body(), status=error.status)
    log.info("%s %s %d", request.method, request.path, response.status)
    if not request.path.startswith(("/_", "/msi")):
        response.headers.update(CORS)
    return response


class Routes:
    """The handlers that need no browser session."""

    def __init__(self, issuer: Issuer, grants: Grants) -> None:
        self._issuer = issuer
        self._grants = grants

    async def discovery(self, _request: web.Request) -> web.Response:
        return web.json_response(discovery_document(self._issuer))

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response(self._issuer.keys.jwks())

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        answer = self._grants.token(form | _basic(request))
        return web.json_response(answer, headers={"cache-control": "no-store", "pragma": "no-cache"})

    async def userinfo(self, request: web.Request) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = self._issuer.keys.verify(token, AUDIENCE, self._issuer.url, self._issuer.now())
        except jwt.InvalidTokenError as error:
            raise OAuthError("invalid_token", str(error), 401) from error
        user = self._issuer.person(claims.get("oid"))
        if user is None:
            raise OAuthError("invalid_token", "The token is not a person's.", 401)
        names = {"name": user.name, "preferred_username": user.preferred_username, "email": user.preferred_username}
        return web.json_response({"sub": pairwise(user.oid, str(claims["azp"])), "oid": user.oid, **names})

    async def managed_identity(self, request: web.Request) -> web.Response:
        """Answer the App Service managed-identity protocol."""
        given = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(given.encode(), IDENTITY_HEADER.encode()):
            return _msi_error(401, "The X-IDENTITY-HEADER is missing or wrong.")
        resource = request.query.get("resource", "")
        if request.query.get("api-version") != MSI_VERSION or not resource:
            return _msi_error(400, f"api-version {MSI_VERSION} and a resource are required.")
        client_id = request.query.get("client_id", MANAGED_IDENTITY)
        claims = self._issuer.managed_identity_claims(resource, client_id)
        answer = {"access_token": self._issuer.keys.sign(claims), "expires_on": str(claims["exp"])}
        return web.json_response({**answer, "resource": resource, "token_type": "Bearer", "client_id": client_id})

    async def mint(self, request: web.Request) -> web.Response:
        try:
            order = TokenOrder.model_validate_json(await request.read() or b"{}")
            token = mint(self._issuer, order)
        except (ValidationError, LookupError) as error:
            raise OAuthError("invalid_request", str(error)) from error
        return web.json_response({"access_token": token})

    async def rotate(self, request: web.Request) -> web.Response:
        """Make a new signing key; with `?retire=true` the old ones are published no longer."""
        retire = request.query.get("retire") == "true"
        return web.json_response({"kid": self._issuer.keys.rotate(retire=retire).kid})


def _basic(request: web.Request) -> dict[str, str]:
    """Return client id and secret from HTTP basic authentication, if used."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client", "The basic authorization cannot be read.", 401) from error
    return {"client_id": urllib.parse.unquote(name), "client_secret": urllib.parse.unquote(secret)}


def _msi_error(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)


def discovery_document(issuer: Issuer) -> Mapping[str, Any]:
    """Return the OpenID provider metadata."""
    base = f"{issuer.origin}/{issuer.tenant}"
    return {
        "issuer": issuer.url,
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "userinfo_endpoint": f"{issuer.origin}/userinfo",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", ON_BEHALF_OF],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access", f"{AUDIENCE}/access"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "name", "preferred_username", "oid", "tid", "roles"],
    }


def build_app(issuer: Issuer) -> web.Application:
    """Return the application; the plain paths serve the home tenant, Entra's each tenant that has people."""
    app = web.Application(middlewares=[envelope])
    for tenant in sorted({issuer.tenant, *(user.tenant for user in issuer.directory.users)}):
        _add_tenant(app, replace(issuer, tenant=tenant), is_home=tenant == issuer.tenant)
    app.router.add_route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", _unknown_tenant)
    return app


async def _unknown_tenant(request: web.Request) -> web.Response:
    raise OAuthError("invalid_tenant", f"AADSTS90002: Tenant '{request.match_info['tenant']}' not found.")


def _add_tenant(app: web.Application, issuer: Issuer, *, is_home: bool) -> None:
    grants = Grants(issuer)
    routes, pages = Routes(issuer, grants), SignIn(issuer, grants)
    add = app.router.add_route
    tenant = f"/{issuer.tenant}"
    add("GET", f"{tenant}/v2.0/.well-known/openid-configuration", routes.discovery)
    add("GET", f"{tenant}/discovery/v2.0/keys", routes.keys)
    add("POST", f"{tenant}/_token", routes.mint)
    for prefix in ("", f"{tenant}/oauth2/v2.0") if is_home else (f"{tenant}/oauth2/v2.0",):
        add("GET", f"{prefix}/authorize", pages.authorize)
        add("POST", f"{prefix}/authorize", pages.authorize)
        add("GET", f"{prefix}/logout", pages.logout)
        add("POST", f"{prefix}/token", routes.token)
    if not is_home:
        return
    add("GET", "/keys", routes.keys)
    add("GET", "/userinfo", routes.userinfo)
    add("POST", "/userinfo", routes.userinfo)
    add("GET", "/msi/token", routes.managed_identity)
    add("POST", "/_token", routes.mint)
    add("POST", "/_rotate", routes.rotate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`skew` seconds shift the issuer's clock; with `certs` it speaks https by the development authority there."""

    port: int
    skew: float = 0.0
    certs: Path | None = None


async def serve(keys: KeyRing, directory: Directory, settings: Settings, stop: asyncio.Event) -> None:
    """Serve on 127.0.0.1 until `stop` is set.

    Raises:
        PortBusyError: another program holds the port.

    """
    sock = bind(settings.port)
    context = server_context(settings.certs, LEAF_FILE) if settings.certs else None
    scheme = "https" if context else "http"
    origin = f"{scheme}://{HOST}:{port_of(sock)}"
    issuer = Issuer(origin=origin, keys=keys, directory=directory, skew=settings.skew)
    runner = web.AppRunner(build_app(issuer), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, sock, ssl_context=context).start()
        announce("identity", port_of(sock), scheme)
        await stop.wait()
    finally:
        await runner.cleanup()
