"""Parsed items kept in memory with lazily made indexes, so that a query need not re-read a partition."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from local.cosmos.values import Document, OrderKey, Path, at_path, order_key

_CACHE_BYTES: Final = 64 * 2**20
_VIEW_COST: Final = 1024
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
        self._keys: list[tuple[OrderKey, int]] = [self._key(entry) for entry in entries]
        self._keys.sort()

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
    """All items of one partition, or of one container, in order of creation; `mortal` counts those that expire."""

    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])
    size: int = 0
    mortal: int = 0
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
        self.mortal += entry.expires is not None
        for index in self._indexes.values():
            index.add(entry)

    def drop(self, seq: int, *, keep_place: bool = False) -> None:
        old = self.entries.get(seq)
        if old is None:
            return
        for index in self._indexes.values():
            index.remove(old)
        self.size -= old.size
        self.mortal -= old.expires is not None
        if not keep_place:
            del self.entries[seq]


class ViewCache:
    """The least recently used views go when the JSON they hold exceeds `limit` characters."""

    def __init__(self, limit: int = _CACHE_BYTES) -> None:
        self._limit = limit
        self._held = 0
        self._views: OrderedDict[tuple[str, str | None], View] = OrderedDict()

    def get(self, container: str, pk: str | None, load: Callable[[], Iterable[Entry]]) -> View:
        """Return the view of a partition (`pk`) or of the whole container (None), loading it if needed."""
        name = (container, pk)
        view = self._views.get(name)
        if view is None:
            view = self._add(name)
            for entry in load():
                self._put(view, entry)
        self._views.move_to_end(name)
        self._shrink()
        return view

    def has(self, container: str, pk: str) -> bool:
        return (container, pk) in self._views

    def known(self, container: str, pk: str, seq: int) -> Entry | None:
        """Return an item that some view already holds parsed."""
        for name in ((container, pk), (container, None)):
            view = self._views.get(name)
            if view is not None and seq in view.entries:
                return view.entries[seq]
        return None

    def begin(self, container: str, pk: str) -> None:
        """Make the view of a partition that holds nothing yet, so that its first query need not load it."""
        if not self.has(container, pk):
            self._add((container, pk))

    def put(self, container: str, entry: Entry) -> None:
        for name in ((container, entry.pk), (container, None)):
            view = self._views.get(name)
            if view is not None:
                self._put(view, entry)
        self._shrink()

    def drop(self, container: str, pk: str, seq: int) -> None:
        for name in ((container, pk), (container, None)):
            view = self._views.get(name)
            if view is not None:
                self._held -= view.size
                view.drop(seq)
                self._held += view.size

    def clear(self) -> None:
        self._views.clear()
        self._held = 0

    def _add(self, name: tuple[str, str | None]) -> View:
        view = self._views[name] = View()
        self._held += _VIEW_COST
        return view

    def _put(self, view: View, entry: Entry) -> None:
        self._held -= view.size
        view.put(entry)
        self._held += view.size

    def _shrink(self) -> None:
        while self._held > self._limit and len(self._views) > 1:
            _, oldest = self._views.popitem(last=False)
            self._held -= oldest.size + _VIEW_COST
