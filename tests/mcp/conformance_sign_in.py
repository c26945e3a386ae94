"""A person who signs in to the servers of the conformance suite, through the product's own code.

It keeps credentials as the app does; only the browser is missing: who is sent to the suite's authorization server is
sent back at once.
"""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import httpx2

from shared.cosmos import Cosmos
from shared.identity import Principal
from shared.tools import oauth_clients
from shared.tools.catalogs import Catalogs
from shared.tools.credentials_setup import PersonalCredentials, build_credentials
from shared.tools.oauth_errors import SignInRefused
from shared.tools.oauth_steps import Answer
from tests.mcp.conformance_deployment import Wish, deployment
from tests.mcp.conftest import Adapter, adapter_over, catalog_with

OUR_CLIENT_DOCUMENT = "https://conformance-test.local/client-metadata.json"
"""The suite takes this one only; it is never fetched."""
_BY_DOCUMENT = "auth/basic-cimd"
_CARD, _CONVERSATION = "t_1.0.0.q0", "s_1"


@dataclass
class Person:
    """Somebody with a browser and no credential yet."""

    credentials: PersonalCredentials
    principal: str
    browser: str

    def as_principal(self) -> Principal:
        return Principal(
            id=self.principal,
            tenant="suite",
            name="Ada Winter",
            email=None,
            roles=frozenset({"Sales"}),
            groups=(),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )

    async def sign_in(self, server: str) -> str:
        """Sign in to the server; return what came of it."""
        sign_ins = self.credentials.sign_ins
        try:
            link = sign_ins.url(server, _CARD, self.principal, _CONVERSATION).partition("card=")[2]
            opened = await sign_ins.open(link, self.browser)
            sent_to = await sign_ins.begin(link, self.browser, opened.confirm)
            finished = await sign_ins.finish(await _answer_of(sent_to), self.browser)
        except SignInRefused as refused:
            return f"the sign-in was refused: {refused}"
        return "signed in" if finished.accepted else "the person declined"


async def _answer_of(authorization_url: str) -> Answer:
    """Follow the authorization server's redirect as far as the app's own address."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        response = await http.get(authorization_url)
    back = httpx2.URL(response.headers["location"]).params
    return Answer(state=back["state"], code=back.get("code"), issuer=back.get("iss"), error=back.get("error"))


@asynccontextmanager
async def signing_in(cosmos: Cosmos, wish: Wish) -> AsyncGenerator[tuple[Adapter, Person]]:
    """Return the adapter over a server that wants a credential, and the person its calls are made for."""
    by_document = wish.scenario == _BY_DOCUMENT
    # The suite knows one client by its document; everybody else registers, which takes no address it would look up.
    public_url, _, document = OUR_CLIENT_DOCUMENT.rpartition("/") if by_document else ("http://127.0.0.1:4280", "", "")
    set_up = await deployment(wish, public_url)
    catalogs = Catalogs(catalog_with("suite", wish.url, auth=set_up.auth))
    made = build_credentials(set_up.settings, cosmos, set_up.identity, catalogs, lambda: datetime.now(UTC))
    assert made.personal is not None
    person = Person(made.personal, f"p_{secrets.token_hex(8)}", secrets.token_hex(16))
    if set_up.sign_in_token is not None:
        assert made.exchange is not None
        await made.exchange.signed_in(person.as_principal(), set_up.sign_in_token)
    path = f"/{document}" if by_document else oauth_clients.CLIENT_DOCUMENT_PATH
    with patch.object(oauth_clients, "CLIENT_DOCUMENT_PATH", path):
        async with adapter_over(catalogs, "suite", made.authorization, person.principal) as opened:
            try:
                yield opened, person
            finally:
                await made.personal.close()
                await set_up.identity.close()
