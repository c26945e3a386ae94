"""The issuer: which claims a token carries, shaped like Entra's v2 (people, apps) and v1 (managed identity) tokens."""

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.identity.directory import TENANT, Directory, User
from local.identity.keys import KeyRing

AUDIENCE = "api://salescoach"
SCOPE = "access"
WEB_CLIENT = "5a1e5c0a-0000-4000-8000-0000000000c1"
API_CLIENT = "5a1e5c0a-0000-4000-8000-0000000000c2"
API_CLIENT_SECRET = "local-client-secret"
MANAGED_IDENTITY = "5a1e5c0a-0000-4000-8000-0000000000d1"
LIFETIME = 3600
REFRESH_LIFETIME = 24 * 3600
OPENID_SCOPES = frozenset(("openid", "profile", "email", "offline_access"))
Claims = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a scope string asks for: the audience of the access token and the permissions on it."""

    audience: str
    permissions: str
    openid: bool
    refresh: bool


def parse_scope(text: str) -> Scope:
    """Return the resource and permissions of a space-separated scope; without a resource, the coach's API."""
    names = text.split()
    resource = next((name for name in names if name not in OPENID_SCOPES), f"{AUDIENCE}/{SCOPE}")
    audience, slash, permission = resource.rpartition("/")
    if not slash or audience.endswith((":/", "/")):
        audience, permission = resource, ".default"
    return Scope(
        audience=audience,
        permissions=SCOPE if permission == ".default" else permission,
        openid="openid" in names,
        refresh="offline_access" in names,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Makes tokens of one tenant; `origin` is `http(s)://127.0.0.1:<port>`, `skew` seconds shift its clock."""

    origin: str
    keys: KeyRing
    directory: Directory
    skew: float = 0.0
    tenant: str = field(default=TENANT)

    @property
    def url(self) -> str:
        return f"{self.origin}/{self.tenant}/v2.0"

    def now(self) -> int:
        return int(time.time() + self.skew)

    def access_claims(self, user: User, audience: str = AUDIENCE, scp: str = SCOPE, azp: str = WEB_CLIENT) -> Claims:
        """Return the claims of a delegated access token."""
        return {
            "aud": audience,
            "iss": self.url,
            **self._times(LIFETIME),
            "azp": azp,
            "azpacr": "0",
            "name": user.name,
            "preferred_username": user.preferred_username,
            **self._membership(user),
            "scp": scp,
            "sub": pairwise(user.oid, audience),
            "tid": self.tenant,
            "uti": uuid.uuid4().hex[:22],
            "ver": "2.0",
        }

    def id_claims(self, user: User, client_id: str, nonce: str | None) -> Claims:
        """Return the claims of an id token for a client."""
        claims: Claims = {
            "aud": client_id,
            "iss": self.url,
            **self._times(LIFETIME),
            "name": user.name,
            "preferred_username": user.preferred_username,
            "email": user.preferred_username,
            **{name: value for name, value in self._membership(user).items() if name != "groups"},
            "sub": pairwise(user.oid, client_id),
            "tid": self.tenant,
            "ver": "2.0",
        }
        return claims | ({"nonce": nonce} if nonce else {})

    def object_id(self, user: User) -> str:
        """Return the person's object id here; every tenant gives its own, the directory's is home's."""
        return user.oid if self.tenant == TENANT else str(uuid.uuid5(uuid.UUID(self.tenant), user.oid))

    def person(self, oid: object) -> User | None:
        """Return whom an object id of this tenant names."""
        return next((user for user in self.directory.users if self.object_id(user) == oid), None)

    def _membership(self, user: User) -> Claims:
        """What the tenant says of the person: roles and groups are home's, guests are marked as Entra marks them."""
        claims: Claims = {"oid": self.object_id(user), "groups": [], "roles": []}
        if self.tenant == TENANT:
            claims |= {"groups": self.directory.group_ids(user), "roles": list(user.roles)}
        if user.tenant != self.tenant:
            claims |= {"idp": f"https://sts.windows.net/{user.tenant}/", "acct": 1}
        return claims

    def app_claims(self, client_id: str, audience: str, roles: Sequence[str] = ()) -> Claims:
        """Return the claims of an app-only access token (client credentials)."""
        oid = str(uuid.uuid5(uuid.UUID(self.tenant), client_id))
        return {
            "aud": audience,
            "iss": self.url,
            **self._times(LIFETIME),
            "azp": client_id,
            "azpacr": "1",
            "idtyp": "app",
            "oid": oid,
            "roles": list(roles),
            "sub": oid,
            "tid": self.tenant,
            "ver": "2.0",
        }

    def managed_identity_claims(self, resource: str, client_id: str) -> Claims:
        """Return the claims of a managed identity's token, which Entra issues in the v1 shape."""
        issuer = f"https://sts.windows.net/{self.tenant}/"
        oid = str(uuid.uuid5(uuid.UUID(self.tenant), client_id))
        return {
            "aud": resource,
            "iss": issuer,
            "idp": issuer,
            **self._times(24 * LIFETIME),
            "appid": client_id,
            "appidacr": "2",
            "idtyp": "app",
            "oid": oid,
            "sub": oid,
            "tid": self.tenant,
            "ver": "1.0",
        }

    def internal(self, purpose: str, lifetime: int, claims: Mapping[str, Any]) -> str:
        """Return a token only this issuer accepts, such as a refresh token."""
        return self.keys.sign({"aud": f"{self.url}#{purpose}", "iss": self.url, **self._times(lifetime), **claims})

    def read_internal(self, purpose: str, token: str) -> Mapping[str, Any]:
        """Return the claims of such a token.

        Raises:
            jwt.InvalidTokenError: it is forged, of another purpose, or expired.

        """
        return self.keys.verify(token, f"{self.url}#{purpose}", self.url, self.now())

    def _times(self, lifetime: int) -> Mapping[str, int]:
        now = self.now()
        return {"iat": now, "nbf": now, "exp": now + lifetime}


def pairwise(oid: str, audience: str) -> str:
    """Return the `sub` of a person, which differs per audience."""
    return hashlib.sha256(f"{oid}|{audience}".encode()).hexdigest()[:43]
