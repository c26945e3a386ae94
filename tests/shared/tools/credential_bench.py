"""Credentials put together as in the app: a real store, and the `quotes` server with its authorization server."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, cast

import httpx2

from api.endpoint import ApiReply, ApiRequest, Endpoint, RawRequest
from api.oauth import OAuthApi
from shared.clock import iso
from shared.cosmos import Cosmos
from shared.people import Grant, People
from shared.sealing import new_key
from shared.settings import Settings
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_setup import Credentials, PersonalCredentials, build_credentials
from shared.tools.credentials_store import TokenSet
from shared.tools.oauth_steps import Finished
from shared.turns import TurnEngine
from tests.support.doubles import RecordingEngine

PUBLIC_URL = "http://127.0.0.1:4280"
CARD, CONVERSATION = "t_1.0.0.q0", "s_1"
KEY = new_key()
ENVIRONMENT = {
    "COSMOS": "x",
    "BLOB": "x",
    "WEB_PUBSUB": "x",
    "AZURE_OPENAI_ENDPOINT": "x",
    "AZURE_OPENAI_CHAT_MODEL": "x",
    "AZURE_OPENAI_UTILITY_MODEL": "x",
    "AUTH_ISSUER": "http://127.0.0.1:9/x",
    "AUTH_AUDIENCE": "x",
    "MCP_PRIVATE_NETWORKS": "127.0.0.0/8",
    "PUBLIC_URL": PUBLIC_URL,
    "CREDENTIALS_KEYS": KEY,
}


class Time:
    """A clock that goes on by itself and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


NO_ENGINE = RecordingEngine()


@dataclass
class Answers:
    """Takes the answers to cards."""

    given: list[tuple[str, str, str, bool]]

    async def __call__(self, engine: TurnEngine, person: Grant, finished: Finished) -> None:
        assert engine is NO_ENGINE
        ticket = finished.ticket
        self.given.append((person.principal, ticket.conversation, ticket.card, finished.accepted))


class Bearer:
    """An app identity that gives a new token each time it is asked."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    async def get_token(self, *scopes: str, **_: Any) -> Any:
        self.scopes += scopes
        return type("Token", (), {"token": f"app-token-{len(self.scopes)}", "expires_on": int(time.time()) + 3600})()


def catalog_of(url: str, auth: dict[str, Any], **more: Any) -> Catalog:
    entry = {"url": url, "roles": ["Sales"], "auth": auth, "tools": {"get_quote": {"policy": "allow"}}}
    return Catalog.load(json.dumps({"servers": {"quotes": entry | more}}), {})


def settings_of(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


class Bench:
    """One deployment's credentials, a browser's way through a sign-in, and a person of its own."""

    def __init__(self, cosmos: Cosmos, catalog: Catalog, settings: Settings | None = None) -> None:
        self.cosmos = cosmos
        self.time = Time()
        self.catalogs = Catalogs(catalog)
        self.identity = Bearer()
        self.settings = settings or settings_of()
        self.person = f"tenant.{secrets.token_hex(6)}"
        self.answers = Answers([])
        self._processes: list[PersonalCredentials] = []
        self.credentials = self.process()
        people = People(cosmos)
        api = OAuthApi(self.personal, people, self.catalogs, self.time, self.answers)
        self.endpoints = {endpoint.name: endpoint for endpoint in api.endpoints()}
        self.people = people

    def process(self, settings: Settings | None = None) -> Credentials:
        """Return the credentials as another process of the deployment has them."""
        identity = cast("Any", self.identity)
        made = build_credentials(settings or self.settings, self.cosmos, identity, self.catalogs, self.time)
        self._processes += [made.personal] if made.personal else []
        return made

    async def close(self) -> None:
        for process in self._processes:
            await process.close()

    @property
    def personal(self) -> PersonalCredentials:
        assert self.credentials.personal is not None
        return self.credentials.personal

    async def server(self) -> ServerSpec:
        return (await self.catalogs.current()).servers["quotes"]

    async def header(self, rejected: str | None = None) -> tuple[str, str] | None:
        return await self.credentials.authorization.header(await self.server(), self.person, rejected=rejected)

    async def remember(self, name: str = "Ada", roles: frozenset[str] = frozenset({"Sales"})) -> None:
        grant = Grant(
            principal=self.person, name=name, email="ada@example.com", roles=roles, checked_at=iso(self.time())
        )
        await self.people.remember(grant)

    async def keep(self, **changes: Any) -> TokenSet:
        """Keep a credential as a sign-in would have."""
        good: dict[str, Any] = {
            "kind": "oauth",
            "access_token": "access-0",
            "refresh_token": "refresh-0",
            "expires_at": self.time().timestamp() + 3600,
            "issuer": "http://127.0.0.1:9",
            "token_endpoint": "http://127.0.0.1:9/token",
            "client_id": "client",
        }
        tokens = TokenSet.model_validate(good | changes)
        await self.personal.store.put(self.person, "quotes", tokens, iso(self.time()))
        return tokens


@dataclass
class Browser:
    """A browser: keeps cookies, follows what pages say."""

    bench: Bench
    cookies: dict[str, str]

    async def get(self, url: str) -> ApiReply:
        path, query = httpx2.URL(url).path, dict(httpx2.URL(url).params)
        endpoint: Endpoint = self.bench.endpoints[path.removeprefix("/api/").replace("/", "_")]
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = RawRequest(path={}, query=query, headers={"cookie": cookie}, body=b"", engine=NO_ENGINE)
        reply = await endpoint.handle(ApiRequest(person=None, path={}, raw=request))
        if set_cookie := reply.headers.get("Set-Cookie"):
            self.took(set_cookie)
        return reply

    def took(self, set_cookie: str) -> None:
        """Keep a cookie."""
        name, _, value = set_cookie.partition(";")[0].partition("=")
        self.cookies[name] = value

    async def opened(self, link: str) -> str:
        """Open the link of a card and return where its page leads."""
        reply = await self.get(link)
        assert reply.status == 200, text(reply)
        found = re.search(r'class="go" href="([^"]+)"', text(reply))
        assert found is not None
        return unescape(found.group(1))

    async def sent_on(self, link: str) -> str:
        """Go through the page and return the authorization server's address."""
        reply = await self.get(await self.opened(link))
        assert reply.status == 303, text(reply)
        return reply.headers["Location"]


async def chosen(authorization_url: str, account: str = "Key accounts") -> str:
    """Sign in at the authorization server of `quotes` and return the address it sends the browser back to."""
    async with httpx2.AsyncClient() as http:
        page = await http.get(authorization_url)
        assert page.status_code == 302, page.text
        back = await http.post(page.headers["location"], data={"account": account})
        assert back.status_code == 303, back.text
        return back.headers["location"]


def text(reply: ApiReply) -> str:
    return reply.content().decode()
