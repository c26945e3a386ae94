"""How we prove ourselves to a server, as the catalog writes it. Secrets are only ever named, never held."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

type Scope = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[!-~]+$")]
type _Setting = Annotated[str, StringConstraints(pattern=r"^MCP_SECRET_[A-Z0-9_]{1,53}$")]
type _ClientId = Annotated[str, Field(min_length=1, max_length=2000)]
type _Issuer = Annotated[str, Field(min_length=1, max_length=2000)]
type _Scopes = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]

_STRICT = ConfigDict(frozen=True, extra="forbid")


class NoAuth(BaseModel):
    """The server takes calls without a credential."""

    model_config = _STRICT

    mode: Literal["none"] = "none"


class SecretAuth(BaseModel):
    """A referenced secret: the name of an app setting (in Azure a Key Vault reference), sent in `header`."""

    model_config = _STRICT

    mode: Literal["secret"]
    setting: _Setting
    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")] = "Authorization"
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,20}$")] = "Bearer"


class ManagedIdentityAuth(BaseModel):
    """A token of the app's own identity for `scope`."""

    model_config = _STRICT

    mode: Literal["managed_identity"]
    scope: Scope


class ClientCredentialsAuth(BaseModel):
    """A token that the authorization server `issuer` gives the app for its client there (OAuth client credentials).

    The client proves itself by a secret or by a JWT signed with its private key (PEM; `key_id` names it in the JWT).
    Both settings hold the name of an app setting. Only `issuer` is ever shown either, whatever the server says.
    Without `scopes` the app asks for what the server wants.
    """

    model_config = _STRICT

    mode: Literal["client_credentials"]
    issuer: _Issuer
    client_id: _ClientId
    client_secret_setting: _Setting | None = None
    private_key_setting: _Setting | None = None
    key_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    scopes: _Scopes = ()

    @model_validator(mode="after")
    def _proves_itself_in_one_way(self) -> Self:
        if (self.client_secret_setting is None) is (self.private_key_setting is None):
            raise ValueError("needs either client_secret_setting or private_key_setting")
        if self.key_id is not None and self.private_key_setting is None:
            raise ValueError("key_id needs a private_key_setting")
        return self


class WorkloadIdentityAuth(BaseModel):
    """A token that the authorization server `issuer` gives for one of the app's own identity (RFC 7523 JWT bearer).

    `identity_scope` is what the identity's token is asked for: it decides the audience, which `issuer` has to expect.
    Only `issuer` is ever shown that token, whatever the server says. Without `scopes` the app asks for what the server
    wants.
    """

    model_config = _STRICT

    mode: Literal["workload_identity"]
    issuer: _Issuer
    client_id: _ClientId
    identity_scope: Scope
    scopes: _Scopes = ()


class OnBehalfOfAuth(BaseModel):
    """A token for `scope` that the sign-in service gives in exchange for the asker's."""

    model_config = _STRICT

    mode: Literal["on_behalf_of"]
    scope: Scope


class IdentityAssertionAuth(BaseModel):
    """A token that the authorization server `issuer` gives for the sign-in service's word on who asks (ID-JAG).

    The sign-in service gives that word in exchange for the asker's token, which it takes for a `subject_token` of that
    kind. `client_id` and `client_secret_setting` (the name of an app setting) are the app's client at `issuer`.
    """

    model_config = _STRICT

    mode: Literal["identity_assertion"]
    issuer: _Issuer
    client_id: _ClientId
    client_secret_setting: _Setting
    subject_token: Literal["access_token", "id_token"] = "access_token"  # noqa: S105 - the name of a kind
    scopes: _Scopes = ()


class OAuthAuth(BaseModel):
    """OAuth 2.1 authorization code with PKCE: each person signs in to the server itself, through a card.

    Without `client_id` the client is registered with the server's authorization server. `client_secret_setting`
    names an app setting. `revision` is for a server of that revision of the protocol: where it has no metadata at all,
    people sign in at `/authorize`, `/token` and `/register` of its own address, as that revision has it.
    """

    model_config = _STRICT

    mode: Literal["oauth"]
    client_id: _ClientId | None = None
    client_secret_setting: _Setting | None = None
    scopes: _Scopes = ()
    revision: Literal["2025-03-26"] | None = None


type AuthEntry = Annotated[
    NoAuth
    | SecretAuth
    | ManagedIdentityAuth
    | ClientCredentialsAuth
    | WorkloadIdentityAuth
    | OnBehalfOfAuth
    | IdentityAssertionAuth
    | OAuthAuth,
    Field(discriminator="mode"),
]
type AppAuth = ClientCredentialsAuth | WorkloadIdentityAuth
"""The app is given a token by the server's own authorization server."""

type ExchangedAuth = OnBehalfOfAuth | IdentityAssertionAuth
"""The asker's sign-in to SalesCoach is exchanged for a token."""


def is_personal(auth: AuthEntry) -> bool:
    """Tell whether each person has a credential of their own."""
    return isinstance(auth, OnBehalfOfAuth | IdentityAssertionAuth | OAuthAuth)


def issuer_of(auth: AuthEntry) -> str | None:
    """Return the authorization server the catalog names; None where it names none."""
    named = isinstance(auth, ClientCredentialsAuth | WorkloadIdentityAuth | IdentityAssertionAuth)
    return auth.issuer if named else None


def client_id_of(auth: AuthEntry) -> str | None:
    """Return the client the catalog names; None where it names none."""
    named = isinstance(auth, ClientCredentialsAuth | WorkloadIdentityAuth | IdentityAssertionAuth | OAuthAuth)
    return auth.client_id if named else None
