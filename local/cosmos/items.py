"""Items of a container: read, write and delete one at a time, inside the caller's transaction."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from local.cosmos.catalog import check_id
from local.cosmos.clock import Clock
from local.cosmos.definition import Container, check_ttl, key_text
from local.cosmos.epk import PartitionKeyValue
from local.cosmos.errors import (
    MISMATCHED_KEY,
    CosmosError,
    bad_request,
    conflict,
    not_found,
    precondition_failed,
    too_large,
)
from local.cosmos.resource_ids import item_rid, new_etag
from local.cosmos.sqlite import Database, integer, text
from local.cosmos.values import UNDEFINED, Document, at_path, dumps, order_key
from local.cosmos.views import Entry, ViewCache

MAX_ITEM_BYTES: Final = 2 * 2**20
_SYSTEM: Final = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts", "_lsn"})


class WriteMode(Enum):
    CREATE = "create"
    UPSERT = "upsert"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """ETag conditions of one operation; quoted tags or `*`."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check_write(self, etag: str | None) -> None:
        """Compare with the stored tag, None when there is no item.

        An `If-Match` on a missing item is not an error here: an upsert then creates, as in Azure.
        """
        if etag is None:
            return
        if self.if_match is not None and self.if_match not in {"*", etag}:
            raise precondition_failed()
        if self.if_none_match is not None and self.if_none_match in {"*", etag}:
            raise precondition_failed()


UNCONDITIONAL: Final = Condition()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A stored item; `body` is its JSON text, system properties included."""

    seq: int
    body: str
    etag: str
    lsn: int
    created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One logical partition of a container."""

    container: Container
    key: PartitionKeyValue

    @property
    def text(self) -> str:
        return key_text(self.key)


class Items:
    """Single-item operations; writers must be called inside `database.transaction()`."""

    def __init__(self, database: Database, clock: Clock, views: ViewCache) -> None:
        self._db = database
        self._clock = clock
        self._views = views

    def find(self, place: Place, name: str) -> Item | None:
        row = self._db.row(
            "SELECT seq, body, etag, lsn FROM items WHERE container = ? AND pk = ? AND id = ? "
            "AND (expires IS NULL OR expires > ?)",
            (place.container.rid, place.text, name, self._clock.seconds()),
        )
        if row is None:
            return None
        return Item(seq=integer(row[0]), body=text(row[1]), etag=text(row[2]), lsn=integer(row[3]))

    def read(self, place: Place, name: str) -> Item:
        """Read an item.

        Raises:
            CosmosError: 404.

        """
        found = self.find(place, name)
        if found is None:
            raise not_found()
        return found

    def write(self, place: Place, document: Document, mode: WriteMode, condition: Condition) -> Item:
        """Store a document under its own id.

        Raises:
            CosmosError: 400 bad id or ttl, or (1001) another partition's document; 404 nothing to replace;
                409 exists, or a unique key is taken; 412 a condition does not hold; 413 too large.

        """
        name = check_id(document.get("id"))
        if place.container.key.of(document) != place.key:
            raise CosmosError(
                400,
                "PartitionKey extracted from document doesn't match the one specified in the header",
                substatus=MISMATCHED_KEY,
            )
        self.purge()
        old = self.find(place, name)
        if old is not None and mode is WriteMode.CREATE:
            raise conflict()
        if old is None and mode is WriteMode.REPLACE:
            raise not_found()
        condition.check_write(old.etag if old else None)
        return self._store(place, name, document, old)

    def _store(self, place: Place, name: str, document: Document, old: Item | None) -> Item:
        container, now = place.container, self._clock.seconds()
        expires = self._expiry(container, document, now)
        lsn = self._db.next("lsn")
        seq = old.seq if old else lsn
        rid, etag = item_rid(container.rid, seq), new_etag()
        stored: Document = {key: value for key, value in document.items() if key not in _SYSTEM}
        stored |= {"_rid": rid, "_self": f"{container.link}docs/{rid}/", "_etag": etag}
        stored |= {"_attachments": "attachments/", "_ts": now}
        body = dumps(stored)
        if len(body) > MAX_ITEM_BYTES or len(body.encode("utf-8", "surrogatepass")) > MAX_ITEM_BYTES:
            raise too_large()
        pk, epk = place.text, container.key.effective(place.key)
        self._db.run(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq) DO UPDATE SET "
            "body = excluded.body, etag = excluded.etag, ts = excluded.ts, lsn = excluded.lsn, "
            "expires = excluded.expires",
            (seq, container.rid, pk, name, body, etag, now, lsn, epk, expires),
        )
        self._claim_unique_keys(place, stored, seq)
        entry = Entry(seq=seq, pk=pk, epk=epk, document=stored, expires=expires, size=len(body))
        if old is None and not self._views.has(container.rid, pk) and self._is_alone(container.rid, pk, seq):
            self._db.after_commit(lambda: self._views.begin(container.rid, pk))
        self._db.after_commit(lambda: self._views.put(container.rid, entry))
        return Item(seq=seq, body=body, etag=etag, lsn=lsn, created=old is None)

    def _is_alone(self, rid: str, pk: str, seq: int) -> bool:
        others = "SELECT 1 FROM items WHERE container = ? AND pk = ? AND seq <> ? LIMIT 1"
        return self._db.row(others, (rid, pk, seq)) is None

    def _expiry(self, container: Container, document: Document, now: int) -> int | None:
        if container.default_ttl is None:
            return None
        ttl = document.get("ttl")
        seconds = container.default_ttl if ttl is None else check_ttl(ttl)
        return None if seconds == -1 else now + seconds

    def _claim_unique_keys(self, place: Place, stored: Document, seq: int) -> None:
        if not place.container.unique_keys:
            return
        rid, pk = place.container.rid, place.text
        self._db.run("DELETE FROM unique_keys WHERE seq = ?", (seq,))
        for number, paths in enumerate(place.container.unique_keys):
            found = [at_path(stored, path) for path in paths]
            # A missing property counts as null, as in Azure; the rank keeps 1 and true apart.
            value = dumps([number, [order_key(None if part is UNDEFINED else part) for part in found]])
            if self._db.row("SELECT 1 FROM unique_keys WHERE container = ? AND pk = ? AND value = ?", (rid, pk, value)):
                raise conflict("Unique index constraint violation.")
            self._db.run("INSERT INTO unique_keys VALUES (?, ?, ?, ?)", (rid, pk, value, seq))

    def delete(self, place: Place, name: str, condition: Condition) -> None:
        """Delete an item.

        Raises:
            CosmosError: 404, 412.

        """
        old = self.read(place, name)
        condition.check_write(old.etag)
        self._db.run("DELETE FROM items WHERE seq = ?", (old.seq,))
        self._db.next("lsn")
        rid, pk = place.container.rid, place.text
        self._db.after_commit(lambda: self._views.drop(rid, pk, old.seq))

    def delete_partition(self, place: Place) -> None:
        self._db.run("DELETE FROM items WHERE container = ? AND pk = ?", (place.container.rid, place.text))
        self._db.next("lsn")
        self._db.after_commit(self._views.clear)

    def purge(self) -> None:
        """Remove what has expired, in every container."""
        gone = self._db.rows(
            "DELETE FROM items WHERE expires <= ? RETURNING container, pk, seq", (self._clock.seconds(),)
        )
        dropped = [(text(rid), text(pk), integer(seq)) for rid, pk, seq in gone]

        def drop_views() -> None:
            for rid, pk, seq in dropped:
                self._views.drop(rid, pk, seq)

        self._db.after_commit(drop_views)

    def refresh_expiry(self, container: Container) -> None:
        """Recompute when items expire after the container's `defaultTtl` changed."""
        own = "iif(json_type(body, '$.ttl') = 'integer', json_extract(body, '$.ttl'), NULL)"
        if container.default_ttl is None:
            self._db.run("UPDATE items SET expires = NULL WHERE container = ?", (container.rid,))
        else:
            self._db.run(
                f"UPDATE items SET expires = CASE WHEN coalesce({own}, ?) = -1 THEN NULL "  # noqa: S608 - constant text
                f"ELSE ts + coalesce({own}, ?) END WHERE container = ?",
                (container.default_ttl, container.default_ttl, container.rid),
            )
        self._db.after_commit(self._views.clear)


def require_document(value: object) -> Document:
    """Narrow an operation's body.

    Raises:
        CosmosError: 400, not an object.

    """
    if not isinstance(value, dict):
        raise bad_request("The request body must be a JSON object.")
    return value  # pyright: ignore[reportUnknownVariableType] - JSON objects have text keys
