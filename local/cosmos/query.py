"""Runs a query over a view, one page at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from local.cosmos import continuation
from local.cosmos.continuation import Position
from local.cosmos.selection import Selector, Slice, path_of
from local.cosmos.sql import tree
from local.cosmos.sql.compiler import Row
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.plan import Plan, cut, plan_for
from local.cosmos.sql.sorting import SortKey
from local.cosmos.values import UNDEFINED, Json, Value, order_key
from local.cosmos.views import Entry, View, after

_NO_NAMES: Final[dict[str, Value]] = {}
# Below this many candidates it is cheaper to sort them than to walk the ORDER BY index.
_SORT_LIMIT: Final = 256
# A page ends once the items behind it exceed this, as in the service, whatever number was asked for.
MAX_PAGE_CHARACTERS: Final = 4 * 2**20
type Resume = tuple[SortKey, int, int]
type Wanted = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A query with its page: `token` is the previous page's, `size` the most results wanted."""

    text: str
    parameters: Mapping[str, Value] = field(default_factory=dict[str, Value])
    size: int = 1000
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`scanned` is the number of characters of JSON looked at."""

    results: list[Json]
    token: str | None
    scanned: int


@dataclass(slots=True)
class _Ranked:
    """A row with what orders it (sort key, item, row within the item), and its item's size."""

    place: Resume
    row: Row
    size: int = 0


class _Run:
    """One execution of a plan over one view."""

    def __init__(self, plan: Plan, view: View, ask: Ask, wanted: Wanted | None) -> None:
        self.plan = plan
        self.view = view
        self.ask = ask
        self.scanned = 0
        self._wanted = wanted

    def _alias(self) -> str | None:
        """Return the alias that stands for whole items, if indexes may be used for it."""
        sources = self.plan.query.sources
        return sources[0].alias if sources and not sources[0].each and _is_root(self.plan) else None

    def _load(self, seqs: Iterable[int] | None) -> Iterator[Entry]:
        """The wanted of these items, or of all."""
        entries, wanted = self.view.entries, self._wanted
        for entry in entries.values() if seqs is None else map(entries.__getitem__, seqs):
            self.scanned += entry.size
            if wanted is None or wanted(entry):
                yield entry

    def _direct_rows(self, seqs: Iterable[int] | None) -> Iterator[tuple[Entry, Row]]:
        """Rows of a query that reads from whole items only; WHERE sees them all through one row, which is cheaper."""
        where, alias, parameters = self.plan.where, self.plan.direct or "", self.ask.parameters
        names: dict[str, Value] = {}
        seen = Row(UNDEFINED, names, parameters)
        for entry in self._load(seqs):
            seen.root = names[alias] = entry.document
            if where is None or where(seen) is True:
                yield entry, Row(entry.document, {alias: entry.document}, parameters)

    def _start(self, entry: Entry) -> Row:
        return Row(entry.document, _NO_NAMES, self.ask.parameters)

    def _selected(self) -> list[int] | None:
        """Items worth looking at in order of creation; None for all."""
        alias, where = self._alias(), self.plan.query.where
        if alias is None or where is None:
            return None
        slices = Selector(self.view, alias, self.ask.parameters).candidates(where)
        if slices is None or sum(part.count for part in slices) * 2 > len(self.view.entries):
            return None
        return sorted({seq for part in slices for seq in self.view.index(part.path).seqs(part.start, part.end)})

    def _index_walk(self, resume: Position | None) -> Iterator[int] | None:
        """Items in ORDER BY order straight from an index, if one serves."""
        alias, query = self._alias(), self.plan.query
        if alias is None or len(query.order) != 1 or len(query.sources) != 1:
            return None
        path = path_of(query.order[0].value, alias)
        if path is None:
            return None
        index = self.view.index(path)
        span = Selector(self.view, alias, self.ask.parameters).range_on(path, query.where)
        if resume is not None:
            span = self._resumed(span, resume, descending=query.order[0].descending)
        walk = index.descending if query.order[0].descending else index.ascending
        return walk(span.start, span.end)

    def _resumed(self, span: Slice, resume: Position, *, descending: bool) -> Slice:
        key = order_key(resume.sort[0])
        start, end = self.view.index(span.path).between((key,), after(key))
        if descending:
            return Slice(span.path, span.start, max(span.start, min(span.end, end)))
        return Slice(span.path, min(span.end, max(span.start, start)), span.end)

    def rows(self) -> Iterator[Row]:
        """All rows that pass WHERE, in order of creation."""
        selected = self._selected()
        if self.plan.direct is not None:
            yield from (row for _, row in self._direct_rows(selected))
            return
        for entry in self._load(selected):
            yield from self.plan.rows(self._start(entry))

    def ranked(self, resume: Position | None) -> Iterator[_Ranked]:
        """All rows in their final order."""
        if not self.plan.order:
            selected = self._selected()
            yield from self._rank(selected)
            return
        selected = self._selected()
        walk = self._index_walk(resume) if selected is None or len(selected) > _SORT_LIMIT else None
        if walk is not None:
            yield from self._rank(walk)
            return
        yield from sorted(self._rank(selected), key=attrgetter("place"))

    def _rank(self, seqs: Iterable[int] | None) -> Iterator[_Ranked]:
        plan = self.plan
        if plan.direct is not None:
            for entry, row in self._direct_rows(seqs):
                yield _Ranked((plan.sort_key(plan.sort_values(row)), entry.seq, 0), row, entry.size)
            return
        for entry in self._load(seqs):
            for nth, row in enumerate(plan.rows(self._start(entry))):
                key = plan.sort_key(plan.sort_values(row)) if plan.order else ()
                yield _Ranked((key, entry.seq, nth), row, entry.size)


def _is_root(plan: Plan) -> bool:
    """Whether the first FROM part is the item itself."""
    return isinstance(plan.query.sources[0].value, tree.Name)


def run(view: View, ask: Ask, wanted: Wanted | None) -> Page:
    """Answer one page from the items of `view` that are `wanted` (alive, in range; None: all are).

    Raises:
        SqlError: the query is invalid.
        CosmosError: 400, the token is not this query's.

    """
    plan = plan_for(ask.text)
    name = continuation.fingerprint(ask.text, ask.parameters)
    last = continuation.decode(name, ask.token) if ask.token else None
    work = _Run(plan, view, ask, wanted)
    try:
        answer = _computed if plan.computed else _streamed
        results, position = answer(work, last)
    except RecursionError as error:
        raise SqlError("The query is nested too deeply.") from error
    token = continuation.encode(name, position) if position else None
    return Page(results=results, token=token, scanned=work.scanned)


def _computed(work: _Run, last: Position | None) -> tuple[list[Json], Position | None]:
    rows: Iterable[Row] = work.rows()
    if not work.plan.query.sources:
        rows = work.plan.rows(Row(UNDEFINED, _NO_NAMES, work.ask.parameters))
    skip, most = work.plan.window(work.ask.parameters)
    passed = last.passed if last else 0
    results: list[Json] = []
    for place, value in enumerate(cut(work.plan.values(rows), skip, most)):
        if place < passed or value is UNDEFINED:
            continue
        if len(results) == work.ask.size:
            return results, Position(passed=place)
        results.append(value)
    return results, None


def _streamed(work: _Run, last: Position | None) -> tuple[list[Json], Position | None]:
    plan, size = work.plan, work.ask.size
    skip, most = plan.window(work.ask.parameters)
    end = None if most is None else skip + most
    resume = (plan.sort_key(list(last.sort)), last.seq, last.nth) if last else None
    passed = last.passed if last else 0
    results: list[Json] = []
    taken = 0
    position = last
    for ranked in _rows_of(work, last):
        if resume is not None and not resume < ranked.place:
            continue
        if end is not None and passed >= end:
            return results, None
        value = plan.project(ranked.row)
        if value is UNDEFINED:
            continue
        if len(results) == size or taken > MAX_PAGE_CHARACTERS:
            return results, position
        passed += 1
        if passed > skip:
            results.append(value)
            taken += ranked.size
            sort = tuple(plan.sort_values(ranked.row))
            position = Position(passed=passed, seq=ranked.place[1], nth=ranked.place[2], sort=sort)
    return results, None


def _rows_of(work: _Run, last: Position | None) -> Iterator[_Ranked]:
    if work.plan.query.sources:
        return work.ranked(last)
    start = Row(UNDEFINED, _NO_NAMES, work.ask.parameters)
    return (_Ranked(((), 0, nth), row) for nth, row in enumerate(work.plan.rows(start)))
