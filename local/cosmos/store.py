"""Everything behind the protocol: one SQLite file, its catalog, items and views, and the clock."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from local.cosmos.catalog import Catalog, parse_document
from local.cosmos.clock import Clock
from local.cosmos.definition import Container, key_text
from local.cosmos.epk import PartitionKeyValue
from local.cosmos.items import Items
from local.cosmos.sqlite import MEMORY, Database, integer, text
from local.cosmos.values import Document
from local.cosmos.views import Entry, View, ViewCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Items of a container: one logical partition (`key`), or a half-open range of effective keys."""

    container: Container
    key: PartitionKeyValue | None = None
    low: str = ""
    high: str = "FF"

    @property
    def whole(self) -> bool:
        return self.low <= "" and self.high >= "FF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An item as the change feed reports it; `size` is its JSON length in characters."""

    lsn: int
    document: Document
    size: int


class Store:
    """Raises sqlite3.Error only when the file itself fails."""

    def __init__(self, path: str = MEMORY, views: ViewCache | None = None) -> None:
        self.clock = Clock()
        self.database = Database(path)
        self.views = views or ViewCache()
        self.catalog = Catalog(self.database, self.clock)
        self.items = Items(self.database, self.clock, self.views)

    @property
    def lsn(self) -> int:
        return self.database.current("lsn")

    def close(self) -> None:
        self.database.close()

    def reset(self) -> None:
        """Forget every database, fault-free and at the machine's time."""
        self.database.clear()
        self.forget()
        self.clock.offset = 0.0

    def restore(self, image: bytes) -> None:
        self.database.restore(image)
        self.forget()

    def forget(self) -> None:
        """Drop everything cached from the file."""
        self.views.clear()
        self.catalog.forget()

    def view(self, asked: Range) -> View:
        """Return the parsed items that hold everything in the range, and perhaps more: see `wanted`."""
        pk = None if asked.key is None else key_text(asked.key)
        return self.views.get(asked.container.rid, pk, lambda: self._load(asked.container.rid, pk))

    def wanted(self, asked: Range, view: View) -> Callable[[Entry], bool] | None:
        """Return the test whether an entry of the view is alive and in the range; None when all are."""
        now = self.clock.seconds()
        if asked.key is not None or asked.whole:
            if not view.mortal:
                return None
            return lambda entry: entry.expires is None or entry.expires > now
        low, high = asked.low, asked.high
        return lambda entry: low <= entry.epk < high and (entry.expires is None or entry.expires > now)

    def _load(self, rid: str, pk: str | None) -> Iterator[Entry]:
        where, parameters = ("container = ?", [rid]) if pk is None else ("container = ? AND pk = ?", [rid, pk])
        rows = self.database.rows(
            f"SELECT seq, pk, epk, body, expires FROM items WHERE {where} ORDER BY seq",  # noqa: S608 - constant text
            parameters,
        )
        for seq, own_pk, epk, body, expires in rows:
            yield self.views.known(rid, text(own_pk), integer(seq)) or Entry(
                seq=integer(seq),
                pk=text(own_pk),
                epk=text(epk),
                document=parse_document(body),
                expires=None if expires is None else integer(expires),
                size=len(text(body)),
            )

    def changes(self, asked: Range, *, after: int, since: int, most: int) -> Iterator[Change]:
        """Newest versions in a range, oldest change first.

        `after` is the last sequence number seen, `since` the earliest modification time in seconds.
        """
        where, parameters = "container = ? AND lsn > ? AND ts >= ?", list[object]([asked.container.rid, after, since])
        if asked.key is not None:
            where, parameters = f"{where} AND pk = ?", [*parameters, key_text(asked.key)]
        if not asked.whole:
            where, parameters = f"{where} AND epk >= ? AND epk < ?", [*parameters, asked.low, asked.high]
        rows: Iterable[tuple[object, ...]] = self.database.rows(
            f"SELECT lsn, body FROM items WHERE {where} AND (expires IS NULL OR expires > ?) ORDER BY lsn LIMIT ?",  # noqa: S608 - constant text
            [*parameters, self.clock.seconds(), most],
        )
        for lsn, body in rows:
            yield Change(lsn=integer(lsn), document=parse_document(body), size=len(text(body)))
