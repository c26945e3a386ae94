"""How a deployment is set up for a server of the conformance suite: what its administrator writes down beforehand."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import ManagedIdentityCredential

from shared.sealing import new_key
from shared.settings import Settings

FIRST_REVISION = "2025-03-26"
SECRET, KEY = "MCP_SECRET_SUITE", "MCP_SECRET_SUITE_KEY"
_ENVIRONMENT = {
    **dict.fromkeys(("COSMOS", "BLOB", "WEB_PUBSUB", "AUTH_AUDIENCE"), "unused"),
    **dict.fromkeys(("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_CHAT_MODEL", "AZURE_OPENAI_UTILITY_MODEL"), "unused"),
    "AUTH_ISSUER": "http://127.0.0.1:9/unused",
    "MCP_PRIVATE_NETWORKS": "127.0.0.0/8, ::1/128",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the suite starts a client with."""

    url: str
    scenario: str
    revision: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`auth` is the server's in the catalog; `sign_in_token` what the person signs in to SalesCoach with, if at all."""

    settings: Settings
    auth: Mapping[str, object]
    identity: AsyncTokenCredential
    sign_in_token: str | None


class _Workload(AsyncTokenCredential):
    """The app's identity, which gives the suite's assertion to who asks for the right audience."""

    def __init__(self, audience: str, context: Mapping[str, Any]) -> None:
        self._scope = f"{audience}/.default"
        self._context = context

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        which = "valid_jwt" if scopes == (self._scope,) else "wrong_audience_jwt"
        return AccessToken(self._context[which], int(time.time()) + 300)

    async def close(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


async def deployment(wish: Wish, public_url: str) -> Deployment:
    """Return what an administrator would set up, who knows the server and what the suite hands over."""
    context = wish.context
    environment = {
        **_ENVIRONMENT,
        "PUBLIC_URL": public_url,
        # A key of its own, so that nothing another scenario left behind can be opened.
        "CREDENTIALS_KEYS": new_key(),
        SECRET: str(context.get("client_secret", "unused")),
        KEY: str(context.get("private_key_pem", "unused")),
    }
    auth = await _auth(wish)
    identity: AsyncTokenCredential = ManagedIdentityCredential()
    if auth["mode"] == "workload_identity":
        identity = _Workload(str(auth["issuer"]), context)
    if auth["mode"] == "identity_assertion":
        environment |= {
            "AUTH_ISSUER": context["idp_issuer"],
            "AUTH_CLIENT_ID": context["idp_client_id"],
            "AUTH_CLIENT_SECRET": "unused",
        }
    settings = Settings.from_environment(environment)
    return Deployment(settings=settings, auth=auth, identity=identity, sign_in_token=context.get("idp_id_token"))


async def _auth(wish: Wish) -> Mapping[str, object]:
    """Return the catalog's entry on how to prove ourselves to the server."""
    context = wish.context
    named = {"client_id": context["client_id"]} if "client_id" in context else {}
    by_secret = {"client_secret_setting": SECRET} if "client_secret" in context else {}
    match wish.scenario.removeprefix("auth/"):
        case "client-credentials-basic":
            return {"mode": "client_credentials", "issuer": await _issuer_of(wish.url), **named, **by_secret}
        case "client-credentials-jwt":
            issuer = await _issuer_of(wish.url)
            return {"mode": "client_credentials", "issuer": issuer, **named, "private_key_setting": KEY}
        case "wif-jwt-bearer":
            issuer = await _issuer_of(wish.url)
            scope = {"identity_scope": f"{issuer}/.default"}
            return {"mode": "workload_identity", "issuer": issuer, **named, **scope}
        case "enterprise-managed-authorization":
            subject = {"subject_token": "id_token"}
            issuer = await _issuer_of(wish.url)
            return {"mode": "identity_assertion", "issuer": issuer, **named, **by_secret, **subject}
        case _:
            revision = {"revision": FIRST_REVISION} if wish.revision == FIRST_REVISION else {}
            return {"mode": "oauth", **named, **by_secret, **revision}


async def _issuer_of(url: str) -> str:
    """Return which authorization server the server's administrator would name."""
    parts = urlsplit(url)
    async with httpx2.AsyncClient(trust_env=False) as http:
        response = await http.get(f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource{parts.path}")
    return str(response.json()["authorization_servers"][0])
