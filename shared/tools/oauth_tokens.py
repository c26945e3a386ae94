"""Requests to token endpoints: a code, a refresh token or a person's token in, an access token out."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, cast
from urllib.parse import quote

import httpx2
from mcp.client.auth import OAuthTokenError
from mcp.client.auth.utils import handle_token_response_scopes
from mcp.shared.auth import OAuthMetadata, OAuthToken
from pydantic import BaseModel, ConfigDict, Field

from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused, Unreachable
from shared.tools.oauth_http import OAuthHttp, is_busy, wait_ms
from shared.tools.proofs import BOUND, USE_NONCE, ProofKey, usable_nonce

_SUCCESS = (200, 201)
_NO_TOKEN = "The authorization server's answer holds no token."  # noqa: S105 - words for a person
_BASIC, _POST = "client_secret_basic", "client_secret_post"
CLIENT_METHODS = frozenset({"none", _BASIC, _POST})
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
"""A sign-in service's word on who asks, for one authorization server (identity assertion authorization grant)."""
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


type Token = OAuthToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLogin:
    """Who we are to an authorization server. `assertion` (a JWT) is shown instead of a secret.

    With `proof` the token is to be bound to that key.
    """

    client_id: str
    secret: str | None = field(default=None, repr=False)
    method: str = "none"
    assertion: str | None = field(default=None, repr=False)
    proof: ProofKey | None = field(default=None, repr=False)

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


def client_login(client_id: str, secret: str, metadata: OAuthMetadata) -> ClientLogin:
    """Return how a client with a secret introduces itself to a server of which `metadata` is the description."""
    offered = metadata.token_endpoint_auth_methods_supported or [_BASIC]
    return ClientLogin(client_id=client_id, secret=secret, method=_BASIC if _BASIC in offered else _POST)


async def request_token(
    http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, form: Mapping[str, str]
) -> OAuthToken:
    """Return what the token endpoint gives for `form`.

    Raises:
        GrantRefused: it said no.
        Unreachable: it is busy or not there; `sent` tells whether it may have acted on the form all the same.
        AuthorizationServerFailed: it answered with something that is no token.

    """
    response = await _answer(http, endpoint, client, form)
    try:
        token = await handle_token_response_scopes(response) if client.proof is None else _bound(response)
    except (OAuthTokenError, ValueError):
        raise AuthorizationServerFailed(_NO_TOKEN) from None
    _check(token.access_token)
    return token


async def request_assertion(http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, form: Mapping[str, str]) -> str:
    """Return the identity assertion (ID-JAG) a token exchange gives (RFC 8693); raises as `request_token` does."""
    response = await _answer(http, endpoint, client, form)
    try:
        given = _Exchanged.model_validate_json(response.content)
    except ValueError:
        raise AuthorizationServerFailed("The sign-in service's answer holds no identity assertion.") from None
    _check(given.access_token)
    return given.access_token


async def revoke_token(http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, token: str, hint: str) -> bool:
    """Ask to revoke the token (RFC 7009); False when that did not come about.

    Raises:
        Unreachable, AuthorizationServerFailed: as for a token request.

    """
    form = {"token": token, "token_type_hint": hint, **client.fields()}
    response = await http.post_form(endpoint.url, form, client.headers(), private_network=endpoint.private_network)
    return response.status_code in _SUCCESS


class _Bound(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: Annotated[str, Field(repr=False)]
    token_type: Annotated[str, Field(pattern=r"(?i)^dpop$")]
    expires_in: int | None = None
    scope: str | None = None
    refresh_token: Annotated[str | None, Field(repr=False)] = None


class _Exchanged(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    access_token: Annotated[str, Field(repr=False)]
    issued_token_type: Literal["urn:ietf:params:oauth:token-type:id-jag"]


async def _answer(http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, form: Mapping[str, str]) -> httpx2.Response:
    response = await _posted(http, endpoint, client, form, None)
    if client.proof is not None and response.status_code not in _SUCCESS and _refusal(response) == USE_NONCE:
        # It has done nothing yet, so what is used up by a use is not.
        response = await _posted(http, endpoint, client, form, usable_nonce(response))
    if is_busy(response):
        raise Unreachable.host(response.request.url.netloc.decode(), sent=False, after_ms=wait_ms(response))
    if response.status_code not in _SUCCESS:
        raise GrantRefused(_refusal(response))
    return response


async def _posted(
    http: OAuthHttp, endpoint: Endpoint, client: ClientLogin, form: Mapping[str, str], nonce: str | None
) -> httpx2.Response:
    headers = client.headers()
    if client.proof is not None:
        headers[BOUND] = client.proof.proof("POST", endpoint.url, nonce=nonce)
    return await http.post_form(
        endpoint.url, {**form, **client.fields()}, headers, private_network=endpoint.private_network
    )


def _bound(response: httpx2.Response) -> OAuthToken:
    """Return a token that is bound to our key, which the SDK's shape has no word for."""
    body = _Bound.model_validate_json(response.content)
    return OAuthToken.model_validate(body.model_dump(exclude={"token_type"}))


def _check(token: str) -> None:
    if not token or not token.isprintable() or not token.isascii():
        raise AuthorizationServerFailed(_NO_TOKEN)


def _refusal(response: httpx2.Response) -> str:
    """Return OAuth's word for the refusal; nothing else of the answer, which may quote what was sent."""
    try:
        body: object = json.loads(response.content)
    except ValueError:
        body = None
    error = cast("dict[str, object]", body).get("error") if isinstance(body, dict) else None
    known = isinstance(error, str) and error.isascii() and error.replace("_", "").isalnum() and len(error) < 60  # noqa: PLR2004 - longer than any word of OAuth's
    return str(error) if known else f"status_{response.status_code}"
