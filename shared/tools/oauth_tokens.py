"""Requests to token endpoints: a code, a refresh token or a person's token in, an access token out."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

import httpx2
from mcp.client.auth import OAuthTokenError
from mcp.client.auth.utils import handle_token_response_scopes
from mcp.shared.auth import OAuthToken

from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused, Unreachable
from shared.tools.oauth_http import OAuthHttp, is_busy, wait_ms

_SUCCESS = (200, 201)
_BASIC, _POST = "client_secret_basic", "client_secret_post"
CLIENT_METHODS = frozenset({"none", _BASIC, _POST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLogin:
    """Who we are to an authorization server. `assertion` (a JWT) is shown instead of a secret."""

    client_id: str
    secret: str | None = field(default=None, repr=False)
    method: str = "none"
    assertion: str | None = field(default=None, repr=False)

    def fields(self) -> dict[str, str]:
        own = {"client_id": self.client_id}
        if self.assertion is not None:
            kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            return own | {"client_assertion_type": kind, "client_assertion": self.assertion}
        return own | ({"client_secret": self.secret} if self.secret and self.method == _POST else {})

    def headers(self) -> dict[str, str]:
        if not self.secret or self.method != _BASIC:
            return {}
        pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An authorization server's address to send forms to."""

    url: str
    private_network: bool


async def request_token(
    http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, form: Mapping[str, str]
) -> OAuthToken:
    """Return what the token endpoint gives for `form`.

    Raises:
        GrantRefused: it said no.
        Unreachable: it is busy or not there; `sent` tells whether it may have acted on the form all the same.
        AuthorizationServerFailed: it answered with something that is no token.

    """
    response = await http.post_form(
        endpoint.url, {**form, **client.fields()}, client.headers(), private_network=endpoint.private_network
    )
    if is_busy(response):
        raise Unreachable.host(response.request.url.netloc.decode(), sent=False, after_ms=wait_ms(response))
    if response.status_code not in _SUCCESS:
        raise GrantRefused(_refusal(response))
    try:
        token = await handle_token_response_scopes(response)
    except (OAuthTokenError, ValueError):
        raise AuthorizationServerFailed("The authorization server's answer holds no token.") from None
    if not token.access_token or not token.access_token.isprintable() or not token.access_token.isascii():
        raise AuthorizationServerFailed("The authorization server's answer holds no token.")
    return token


async def revoke_token(http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, token: str, hint: str) -> bool:
    """Ask to revoke the token (RFC 7009); False when that did not come about.

    Raises:
        Unreachable, AuthorizationServerFailed: as for a token request.

    """
    form = {"token": token, "token_type_hint": hint, **client.fields()}
    response = await http.post_form(endpoint.url, form, client.headers(), private_network=endpoint.private_network)
    return response.status_code in _SUCCESS


def _refusal(response: httpx2.Response) -> str:
    """Return OAuth's word for the refusal; nothing else of the answer, which may quote what was sent."""
    try:
        body: object = json.loads(response.content)
    except ValueError:
        body = None
    error = cast("dict[str, object]", body).get("error") if isinstance(body, dict) else None
    known = isinstance(error, str) and error.isascii() and error.replace("_", "").isalnum() and len(error) < 60  # noqa: PLR2004 - longer than any word of OAuth's
    return str(error) if known else f"status_{response.status_code}"
