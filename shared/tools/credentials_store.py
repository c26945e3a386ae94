"""Where credentials are kept: sealed, one document for each person and server, and the steps of a sign-in under way.

A document is only ever changed under the ETag it was read with; what is sealed is bound to its partition and id.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.containers import CREDENTIALS
from shared.cosmos import BatchFailed, Cosmos, Replace
from shared.errors import StoreUnavailable
from shared.sealing import SealBroken, Sealer

KEEP_S = 90 * 24 * 3600
"""A credential nobody used for so long is forgotten."""
_GONE_S = 60
_TOKEN = "token."  # noqa: S105 - how ids begin, not a secret
_WISH = "wish."
_WISH_S = 24 * 3600
_GONE = 404

SECRETIVE = ConfigDict(frozen=True, hide_input_in_errors=True)
"""For shapes that hold secrets: neither they nor errors about them may show any."""

UNSHOWN = Field(repr=False)
type Kind = Literal["oauth", "on_behalf_of"]


class TokenSet(BaseModel):
    """What a person's sign-in gave, and what it takes to renew it. Times are seconds since 1970.

    `proof_key`: the key the tokens are bound to (see `proofs`); None when who holds them may use them.
    `rotates`: whether the authorization server gives a new refresh token each time; None as long as nobody knows.
    """

    model_config = SECRETIVE

    kind: Kind
    access_token: Annotated[str, UNSHOWN]
    refresh_token: Annotated[str | None, UNSHOWN]
    expires_at: float | None
    issuer: str
    token_endpoint: str
    revocation_endpoint: str | None = None
    resource: str | None = None
    scope: str | None = None
    client_id: str
    client_secret: Annotated[str | None, UNSHOWN] = None
    client_method: str = "none"
    proof_key: Annotated[str | None, UNSHOWN] = None
    rotates: bool | None = None
    private_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A credential as stored. `refreshing_until`: until when one execution has the right to renew it."""

    tokens: TokenSet
    since: str
    refreshing_until: float | None
    etag: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A server one is connected to, since when (ISO UTC) and how."""

    server: str
    kind: Kind
    since: str


class CredentialStore:
    """Credentials by person and server."""

    def __init__(self, cosmos: Cosmos, sealer: Sealer) -> None:
        self._cosmos = cosmos
        self._sealer = sealer

    async def read(self, principal: str, server: str) -> Kept | None:
        """Return the credential; None when there is none, or none that can be opened any more."""
        document = await self._cosmos.read(CREDENTIALS, principal, _TOKEN + server)
        if document is None or "sealed" not in document:
            return None
        try:
            text = self._sealer.open(document["sealed"], _place(principal, _TOKEN + server))
            tokens = TokenSet.model_validate_json(text)
        except (SealBroken, ValidationError):
            return None
        return Kept(
            tokens=tokens,
            since=document["since"],
            refreshing_until=document.get("refreshing_until"),
            etag=document["_etag"],
        )

    async def put(self, principal: str, server: str, tokens: TokenSet, since: str) -> None:
        """Keep what a new sign-in gave, whatever was there."""
        await self._cosmos.upsert(CREDENTIALS, self._document(principal, server, tokens, since, None))

    async def replace(
        self, principal: str, server: str, kept: Kept, tokens: TokenSet, refreshing_until: float | None
    ) -> bool:
        """Write over what was read as `kept`; False when somebody else wrote meanwhile."""
        document = self._document(principal, server, tokens, kept.since, refreshing_until)
        return await self._replaced(principal, document, kept.etag)

    async def forget(self, principal: str, server: str, kept: Kept) -> bool:
        """Leave nothing to open; False when somebody else wrote meanwhile."""
        document = {"id": _TOKEN + server, "principal": principal, "kind": "gone", "ttl": _GONE_S}
        return await self._replaced(principal, document, kept.etag)

    async def connections(self, principal: str) -> list[Connection]:
        """Return the servers the person is connected to, by name."""
        rows = await self._cosmos.query(
            CREDENTIALS,
            "SELECT c.server, c.kind, c.since FROM c WHERE c.kind IN ('oauth', 'on_behalf_of')",
            {},
            principal,
        )
        found = [Connection(server=row["server"], kind=row["kind"], since=row["since"]) for row in rows]
        return sorted(found, key=lambda one: one.server)

    async def wish(self, principal: str, server: str) -> str | None:
        """Return what was kept by `keep_wish` within a day; None too when it cannot be opened any more."""
        document_id = _WISH + server
        document = await self._cosmos.read(CREDENTIALS, principal, document_id)
        if document is None:
            return None
        try:
            return self._sealer.open(document["sealed"], _place(principal, document_id))
        except SealBroken:
            return None

    async def keep_wish(self, principal: str, server: str, wish: str) -> None:
        """Keep what the person's next sign-in to the server has to know, over what was there."""
        document_id = _WISH + server
        sealed = self._sealer.seal(wish, _place(principal, document_id))
        own = {"id": document_id, "principal": principal, "kind": "wish", "sealed": sealed, "ttl": _WISH_S}
        await self._cosmos.upsert(CREDENTIALS, own)

    async def create_once(self, document_id: str, fields: dict[str, Any], secret: str, ttl: int) -> bool:
        """Note a step of a sign-in in a partition of its own; False when it has been noted before."""
        return await self._cosmos.create(CREDENTIALS, fields | self._step(document_id, secret, ttl))

    async def keep_step(self, document_id: str, secret: str, ttl: int) -> None:
        """Note a step, whatever was there."""
        await self._cosmos.upsert(CREDENTIALS, self._step(document_id, secret, ttl))

    async def step(self, document_id: str) -> tuple[dict[str, Any], str] | None:
        """Return a noted step and its secret; None when there is none, or it has been consumed."""
        document = await self._cosmos.read(CREDENTIALS, document_id, document_id)
        if document is None or "sealed" not in document:
            return None
        try:
            return document, self._sealer.open(document["sealed"], _place(document_id, document_id))
        except SealBroken:
            return None

    async def consume(self, document: dict[str, Any]) -> bool:
        """Use a step up; False when somebody else has."""
        used = {"id": document["id"], "principal": document["principal"], "used": True, "ttl": document["ttl"]}
        return await self._replaced(document["principal"], used, document["_etag"])

    def _step(self, document_id: str, secret: str, ttl: int) -> dict[str, Any]:
        sealed = self._sealer.seal(secret, _place(document_id, document_id))
        return {"id": document_id, "principal": document_id, "sealed": sealed, "ttl": ttl}

    def _document(
        self, principal: str, server: str, tokens: TokenSet, since: str, refreshing_until: float | None
    ) -> dict[str, Any]:
        document_id = _TOKEN + server
        return {
            "id": document_id,
            "principal": principal,
            "kind": tokens.kind,
            "server": server,
            "since": since,
            "sealed": self._sealer.seal(tokens.model_dump_json(), _place(principal, document_id)),
            "refreshing_until": refreshing_until,
            "ttl": KEEP_S,
        }

    async def _replaced(self, partition: str, document: dict[str, Any], etag: str) -> bool:
        result = await self._cosmos.batch(CREDENTIALS, partition, [Replace(document=document, etag=etag)])
        if isinstance(result, BatchFailed) and result.status not in {_GONE, 412}:
            raise StoreUnavailable("The credential store did not take a change. Try again.")
        return not isinstance(result, BatchFailed)


def _place(partition: str, document_id: str) -> str:
    return f"{partition}\x1f{document_id}"
