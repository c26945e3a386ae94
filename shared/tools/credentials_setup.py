"""Puts together what credentials take, from the settings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from azure.core.credentials_async import AsyncTokenCredential

from shared.cosmos import Cosmos
from shared.credential import TokenProvider
from shared.sealing import Sealer
from shared.settings import Settings
from shared.tools.catalogs import Catalogs
from shared.tools.credentials import ServerCredentials
from shared.tools.credentials_app import AppTokens
from shared.tools.credentials_exchange import OnBehalfOf
from shared.tools.credentials_refresh import PersonalTokens
from shared.tools.credentials_scopes import WantedScopes
from shared.tools.credentials_store import CredentialStore, TokenSet
from shared.tools.oauth_browser import BrowserPass
from shared.tools.oauth_clients import OAuthClients
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_sign_in import SignIns
from shared.tools.oauth_tokens import ClientLogin
from shared.tools.proofs import ProofKey

_FEDERATION_SCOPE = "api://AzureADTokenExchange/.default"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCredentials:
    """What deals with people's own credentials; `exchange` is None where the app has no client id of its own."""

    store: CredentialStore
    tokens: PersonalTokens
    sign_ins: SignIns
    clients: OAuthClients
    exchange: OnBehalfOf | None
    browsers: BrowserPass
    http: OAuthHttp

    async def close(self) -> None:
        """Close the connections."""
        await self.http.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """`personal` is None in a deployment without `CREDENTIALS_KEYS`."""

    authorization: ServerCredentials
    personal: PersonalCredentials | None

    def sign_in_url(self, server: str, card_id: str, principal: str, conversation_id: str) -> str | None:
        """Return where the person signs in to a server for a card of a conversation; None without a place for it."""
        return self.personal.sign_ins.url(server, card_id, principal, conversation_id) if self.personal else None

    def browser_pass(self, principal: str) -> Mapping[str, str]:
        """Return the headers that let a browser show later whose it is, for somebody who has just signed in."""
        return {"Set-Cookie": self.personal.browsers.given(principal)} if self.personal else {}

    @property
    def exchange(self) -> OnBehalfOf | None:
        return self.personal.exchange if self.personal else None


def build_credentials(
    settings: Settings,
    cosmos: Cosmos,
    credential: AsyncTokenCredential,
    catalogs: Catalogs,
    now: Callable[[], datetime],
) -> Credentials:
    """Build everything, without any I/O.

    Raises:
        SettingsInvalid: `CREDENTIALS_KEYS` is malformed.

    """
    http = OAuthHttp(settings.mcp_private_networks)
    personal = _personal(settings, cosmos, credential, catalogs, now, http) if settings.credentials_keys else None
    tokens, wanted = (personal.tokens, WantedScopes(personal.store)) if personal else (None, None)
    return Credentials(
        authorization=ServerCredentials(
            settings.mcp_secrets, credential, tokens, wanted, AppTokens(http, settings.mcp_secrets, credential, now)
        ),
        personal=personal,
    )


def _personal(
    settings: Settings,
    cosmos: Cosmos,
    credential: AsyncTokenCredential,
    catalogs: Catalogs,
    now: Callable[[], datetime],
    http: OAuthHttp,
) -> PersonalCredentials:
    sealer = Sealer(tuple(key.get_secret_value() for key in settings.credentials_keys))
    store = CredentialStore(cosmos, sealer)
    app = _app_login(settings, credential)

    async def login(tokens: TokenSet) -> ClientLogin:
        # An exchanged token of another authorization server than the app's own was given to a client with a secret.
        is_apps = tokens.kind == "on_behalf_of" and tokens.client_secret is None
        return await app() if is_apps else _kept_login(tokens)

    secrets, issuer = settings.mcp_secrets, settings.auth_issuer
    clients = OAuthClients(http, store, settings.public_url, secrets)
    exchange = OnBehalfOf(http=http, store=store, login=app, issuer=issuer, catalogs=catalogs, secrets=secrets, now=now)
    return PersonalCredentials(
        store=store,
        tokens=PersonalTokens(http, store, login, now),
        sign_ins=SignIns(
            http=http,
            store=store,
            clients=clients,
            sealer=sealer,
            catalogs=catalogs,
            public_url=settings.public_url,
            now=now,
        ),
        clients=clients,
        exchange=exchange if settings.auth_client_id else None,
        browsers=BrowserPass(sealer, settings.public_url, now),
        http=http,
    )


def _kept_login(tokens: TokenSet) -> ClientLogin:
    proof = ProofKey.from_text(tokens.proof_key) if tokens.proof_key else None
    secret, method = tokens.client_secret, tokens.client_method
    return ClientLogin(client_id=tokens.client_id, secret=secret, method=method, proof=proof)


def _app_login(settings: Settings, credential: AsyncTokenCredential) -> Callable[[], Awaitable[ClientLogin]]:
    """Return who the app is to its own issuer: by secret, or by its managed identity, federated with the app."""
    federated = TokenProvider(credential, _FEDERATION_SCOPE)

    async def login() -> ClientLogin:
        client_id, secret = settings.auth_client_id, settings.auth_client_secret
        if secret is not None:
            return ClientLogin(client_id=client_id, secret=secret.get_secret_value(), method="client_secret_post")
        return ClientLogin(client_id=client_id, assertion=await federated())

    return login
