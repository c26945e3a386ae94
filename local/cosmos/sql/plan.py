"""A compiled query: rows from documents, then filter, group, order, cut and project."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from local.cosmos.sql import tree
from local.cosmos.sql.aggregation import aggregate
from local.cosmos.sql.compiler import Compiled, Compiler, Row, construct
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.parser import parse
from local.cosmos.sql.sorting import Descending, SortKey
from local.cosmos.values import UNDEFINED, OrderKey, Value, is_number, order_key


@dataclass(frozen=True, slots=True)
class _Binding:
    alias: str
    value: Compiled
    each: bool

    def expand(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            value = self.value(row)
            if not self.each:
                if value is not UNDEFINED:
                    yield row.binding(self.alias, value)
            elif isinstance(value, list):
                for item in value:
                    yield row.binding(self.alias, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`computed` results (grouped, aggregated or distinct) exist only as a whole; others stream row by row.

    `direct` is the alias of whole documents when they are all the query reads from. An aggregate without expression
    counts rows.
    """

    query: tree.Query
    direct: str | None
    bindings: tuple[_Binding, ...]
    where: Compiled | None
    group: tuple[Compiled, ...]
    aggregates: tuple[tuple[tree.AggregateName, Compiled | None], ...]
    order: tuple[tuple[Compiled, bool], ...]
    project: Compiled

    @property
    def computed(self) -> bool:
        return bool(self.group or self.aggregates or self.query.distinct)

    def rows(self, start: Row) -> Iterator[Row]:
        """Rows of one document (or of an outer row) that pass WHERE, JOINs expanded."""
        where = self.where
        found: Iterable[Row] = (start,)
        for binding in self.bindings:
            found = binding.expand(found)
        return iter(found) if where is None else (row for row in found if where(row) is True)

    def sort_values(self, row: Row) -> list[Value]:
        return [compiled(row) for compiled, _ in self.order]

    def sort_key(self, values: list[Value]) -> SortKey:
        if not values:
            return ()
        pairs = zip(values, self.order, strict=True)
        return tuple(
            [Descending(order_key(value)) if descending else order_key(value) for value, (_, descending) in pairs]
        )

    def window(self, parameters: Mapping[str, Value]) -> tuple[int, int | None]:
        """How many results to skip, and how many to give at most (None: all).

        Raises:
            SqlError: a count is not a whole number >= 0.

        """
        skip = _count(self.query.offset, parameters) or 0
        most = [_count(part, parameters) for part in (self.query.top, self.query.limit) if part is not None]
        return skip, min((count for count in most if count is not None), default=None)

    def values(self, rows: Iterable[Row]) -> Iterator[Value]:
        """Results of all rows in their final order, before the window is cut; undefined results are dropped."""
        if self.group or self.aggregates:
            rows = self._grouped(rows)
        if self.order:
            rows = sorted(rows, key=lambda row: self.sort_key(self.sort_values(row)))
        projected = (value for row in rows if (value := self.project(row)) is not UNDEFINED)
        return _distinct(projected) if self.query.distinct else projected

    def _grouped(self, rows: Iterable[Row]) -> Iterator[Row]:
        groups: defaultdict[tuple[OrderKey, ...], list[Row]] = defaultdict(list)
        if not self.group:
            groups[()] = list(rows)
        for row in rows if self.group else ():
            groups[tuple([order_key(compiled(row)) for compiled in self.group])].append(row)
        for members in groups.values():
            results = tuple(
                len(members) if value is None else aggregate(name, [value(row) for row in members])
                for name, value in self.aggregates
            )
            first = members[0] if members else _EMPTY
            yield Row(first.root, first.names, first.parameters, results)


class _Nothing(dict[str, Value]):
    """Aliases of the group that has no rows."""

    def __missing__(self, _name: str) -> Value:
        return UNDEFINED


_EMPTY = Row(UNDEFINED, _Nothing(), _Nothing())


def _distinct(values: Iterable[Value]) -> Iterator[Value]:
    seen: set[OrderKey] = set()
    for value in values:
        key = order_key(value)
        if key not in seen:
            seen.add(key)
            yield value


def _count(part: tree.Expression | None, parameters: Mapping[str, Value]) -> int | None:
    if part is None:
        return None
    value = parameters.get(part.name, UNDEFINED) if isinstance(part, tree.Parameter) else UNDEFINED
    if isinstance(part, tree.Literal):
        value = part.value
    if not is_number(value) or not isinstance(value, int) or value < 0:
        raise SqlError("TOP, OFFSET and LIMIT need a whole number that is not negative.")
    return value


def cut[T](values: Iterable[T], skip: int, most: int | None) -> Iterator[T]:
    """Leave out the first `skip`, stop after `most`."""
    if most == 0:
        return
    given = 0
    for place, value in enumerate(values):
        if place < skip:
            continue
        yield value
        given += 1
        if given == most:
            return


def _subquery(query: tree.Query, names: frozenset[str]) -> Callable[[Row], list[Value]]:
    plan = compile_query(query, names)

    def run(row: Row) -> list[Value]:
        skip, most = plan.window(row.parameters)
        return list(cut(plan.values(plan.rows(row)), skip, most))

    return run


def compile_query(query: tree.Query, outer: frozenset[str] = frozenset()) -> Plan:
    """Compile a query whose expressions may also use the aliases `outer`.

    Raises:
        SqlError: a name, function or aggregate that cannot be resolved.

    """
    names, bindings = outer, list[_Binding]()
    for source in query.sources:
        compiler = Compiler(names, _subquery, root_allowed=not bindings)
        bindings.append(_Binding(source.alias, compiler.compile(source.value), source.each))
        names |= {source.alias}
    plain = Compiler(names, _subquery)
    grouped = Compiler(names, _subquery, query.aggregates)
    return Plan(
        query=query,
        direct=_direct(query, outer),
        bindings=tuple(bindings),
        where=plain.compile(query.where) if query.where else None,
        group=tuple(plain.compile(part) for part in query.group),
        aggregates=tuple((part.name, _aggregated(part, plain)) for part in query.aggregates),
        order=tuple((grouped.compile(part.value), _descends(part)) for part in query.order),
        project=_projection(query, grouped),
    )


def _aggregated(part: tree.Aggregate, compiler: Compiler) -> Compiled | None:
    constant = isinstance(part.argument, tree.Literal) and part.argument.value is not UNDEFINED
    return None if constant and part.name == "COUNT" else compiler.compile(part.argument)


def _direct(query: tree.Query, outer: frozenset[str]) -> str | None:
    if outer or len(query.sources) != 1:
        return None
    source = query.sources[0]
    return source.alias if isinstance(source.value, tree.Name) and not source.each else None


def _descends(part: tree.OrderItem) -> bool:
    """Vectors are ranked by likeness: highest score first, but smallest distance first."""
    if not isinstance(part.value, tree.Call) or part.value.name != "VECTORDISTANCE":
        return part.descending
    return tree.Literal("euclidean") not in _property_values(part.value)


def _property_values(call: tree.Call) -> list[tree.Expression]:
    objects = [argument for argument in call.arguments if isinstance(argument, tree.ObjectLiteral)]
    return [value for found in objects for _, value in found.properties]


def _projection(query: tree.Query, compiler: Compiler) -> Compiled:
    if query.value is not None:
        return compiler.compile(query.value)
    if query.items:
        items = tuple((item.name, compiler.compile(item.value)) for item in query.items)
        return lambda row: construct(items, row)
    if len(query.sources) != 1:
        raise SqlError("'SELECT *' is only valid with a single input set.")
    alias = query.sources[0].alias
    return lambda row: row.names[alias]


@lru_cache(maxsize=512)
def plan_for(text: str) -> Plan:
    """Parse and compile a query once per text.

    Raises:
        SqlError: the text is no query of the supported language.

    """
    return compile_query(parse(text))
