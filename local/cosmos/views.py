"""Parsed items kept in memory with lazily made indexes, so that a query need not re-read a partition."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from local.cosmos.values import Document, OrderKey, Path, at_path, order_key

_CACHE_BYTES: Final = 64 * 2**20
_INFINITY: Final = 1 << 62
type Bound = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as queries see it; `size` is its JSON length in characters."""

    seq: int
    pk: str
    epk: str
    document: Document
    expires: int | None
    size: int


class PathIndex:
    """Items of one view sorted by the value at one path."""

    def __init__(self, path: Path, entries: Iterable[Entry]) -> None:
        self._path = path
        self._keys: list[tuple[OrderKey, int]] = sorted(self._key(entry) for entry in entries)

    def _key(self, entry: Entry) -> tuple[OrderKey, int]:
        return order_key(at_path(entry.document, self._path)), entry.seq

    def add(self, entry: Entry) -> None:
        insort(self._keys, self._key(entry))

    def remove(self, entry: Entry) -> None:
        place = bisect_left(self._keys, self._key(entry))
        del self._keys[place]

    def between(self, low: Bound | None, high: Bound | None) -> tuple[int, int]:
        """Half-open range of places from `low` up to, not including, `high`; None is unbounded.

        A bound `(key,)` stands before all items with that key, `(key, after)` behind them.
        """
        start = 0 if low is None else bisect_left(self._keys, low)  # pyright: ignore[reportArgumentType, reportCallIssue] - a shorter tuple is a valid bound
        end = len(self._keys) if high is None else bisect_left(self._keys, high)  # pyright: ignore[reportArgumentType, reportCallIssue] - a shorter tuple is a valid bound
        return start, max(start, end)

    def seqs(self, start: int, end: int) -> list[int]:
        return [seq for _, seq in self._keys[start:end]]

    def ascending(self, start: int, end: int) -> Iterator[int]:
        for place in range(start, end):
            yield self._keys[place][1]

    def descending(self, start: int, end: int) -> Iterator[int]:
        """Largest key first; among equal keys the oldest item first, as in ascending order."""
        while end > start:
            first = max(start, bisect_left(self._keys, (self._keys[end - 1][0], 0)))
            for place in range(first, end):
                yield self._keys[place][1]
            end = first


def after(key: OrderKey) -> Bound:
    """The bound behind every item with this key."""
    return (key, _INFINITY)


@dataclass(slots=True)
class View:
    """All items of one partition, or of one container, in order of creation."""

    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])
    size: int = 0
    _indexes: dict[Path, PathIndex] = field(default_factory=dict[Path, PathIndex])

    def index(self, path: Path) -> PathIndex:
        found = self._indexes.get(path)
        if found is None:
            found = self._indexes[path] = PathIndex(path, self.entries.values())
        return found

    def put(self, entry: Entry) -> None:
        self.drop(entry.seq, keep_place=True)
        self.entries[entry.seq] = entry
        self.size += entry.size
        for index in self._indexes.values():
            index.add(entry)

    def drop(self, seq: int, *, keep_place: bool = False) -> None:
        old = self.entries.get(seq)
        if old is None:
            return
        for index in self._indexes.values():
            index.remove(old)
        self.size -= old.size
        if not keep_place:
            del self.entries[seq]


class ViewCache:
    """The least recently used views go when the JSON they hold exceeds `limit` characters."""

    def __init__(self, limit: int = _CACHE_BYTES) -> None:
        self._limit = limit
        self._views: OrderedDict[tuple[str, str | None], View] = OrderedDict()

    def get(self, container: str, pk: str | None, load: Callable[[], Iterable[Entry]]) -> View:
        """Return the view of a partition (`pk`) or of the whole container (None), loading it if needed."""
        name = (container, pk)
        view = self._views.get(name)
        if view is None:
            view = View()
            for entry in load():
                view.put(entry)
            self._views[name] = view
            self._shrink()
        self._views.move_to_end(name)
        return view

    def put(self, container: str, entry: Entry) -> None:
        for name in ((container, entry.pk), (container, None)):
            view = self._views.get(name)
            if view is not None:
                view.put(entry)

    def drop(self, container: str, pk: str, seq: int) -> None:
        for name in ((container, pk), (container, None)):
            view = self._views.get(name)
            if view is not None:
                view.drop(seq)

    def clear(self) -> None:
        self._views.clear()

    def _shrink(self) -> None:
        total = sum(view.size for view in self._views.values())
        while total > self._limit and len(self._views) > 1:
            _, oldest = self._views.popitem(last=False)
            total -= oldest.size
