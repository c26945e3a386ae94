"""Parses whole queries."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from local.cosmos.sql import tree
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.expressions import RESERVED, ExpressionParser
from local.cosmos.sql.tokens import Kind

MAX_QUERY_CHARACTERS: Final = 512 * 1024


class Parser(ExpressionParser):
    """`SELECT [DISTINCT] [TOP n] ... FROM ... WHERE ... GROUP BY ... ORDER BY ... OFFSET n LIMIT n`."""

    def query(self) -> tree.Query:
        outer, self.aggregates = self.aggregates, []
        self.expect_word("SELECT")
        distinct = self.take_word("DISTINCT")
        top = self._count() if self.take_word("TOP") else None
        value, items = self._selection()
        sources = self._sources() if self.take_word("FROM") else ()
        where = self.expression() if self.take_word("WHERE") else None
        group = self._by(self.expression) if self.take_word("GROUP") else ()
        order = self._by(self._order_item) if self.take_word("ORDER") else ()
        offset = limit = None
        if self.take_word("OFFSET"):
            offset = self._count()
            self.expect_word("LIMIT")
            limit = self._count()
        found, self.aggregates = self.aggregates, outer
        return tree.Query(
            value=value,
            items=items,
            distinct=distinct,
            top=top,
            sources=sources,
            where=where,
            group=group,
            order=order,
            offset=offset,
            limit=limit,
            aggregates=tuple(found),
        )

    def _by[T](self, parse: Callable[[], T]) -> tuple[T, ...]:
        self.expect_word("BY")
        return self.listed(parse)

    def _count(self) -> tree.Expression:
        if self.token.kind not in {Kind.NUMBER, Kind.PARAMETER}:
            self.fail()
        return self.primary()

    def _selection(self) -> tuple[tree.Expression | None, tuple[tree.SelectItem, ...]]:
        if self.at_word("VALUE"):
            self.advance()
            return self.expression(), ()
        if self.take_symbol("*"):
            return None, ()
        unnamed = self.listed(self._select_item)
        items: list[tree.SelectItem] = []
        counter = 0
        for name, value in unnamed:
            counter += name is None
            items.append(tree.SelectItem(name=name or f"${counter}", value=value))
        names = [item.name for item in items]
        if len(set(names)) != len(names):
            raise SqlError("The property names of a SELECT list must differ.")
        return None, tuple(items)

    def _alias(self) -> str | None:
        if self.take_word("AS"):
            return self.expect_name()
        if self.token.kind is Kind.WORD and self.token.text.upper() not in RESERVED:
            return self.advance().text
        return None

    def _select_item(self) -> tuple[str | None, tree.Expression]:
        value = self.expression()
        return self._alias() or _own_name(value), value

    def _sources(self) -> tuple[tree.Source, ...]:
        found = [self._source()]
        while self.take_word("JOIN"):
            found.append(self._source())
        return tuple(found)

    def _source(self) -> tree.Source:
        if not self.at_symbol("(") and self.at_word("IN", ahead=1):
            alias = self.expect_name()
            self.expect_word("IN")
            return tree.Source(alias=alias, value=self._collection(), each=True)
        value = self._collection()
        alias = self._alias() or _own_name(value)
        if alias is None:
            raise SqlError("A subquery in FROM needs an alias.")
        return tree.Source(alias=alias, value=value)

    def _collection(self) -> tree.Expression:
        if self.take_symbol("("):
            return self.postfix(self.parenthesised())
        return self.postfix(tree.Name(self.expect_name()))

    def _order_item(self) -> tree.OrderItem:
        value = self.expression()
        descending = self.take_word("DESC")
        if not descending:
            self.take_word("ASC")
        return tree.OrderItem(value=value, descending=descending)


def _own_name(value: tree.Expression) -> str | None:
    """Return the name an unaliased value gets: its last property name, or the alias it is."""
    if isinstance(value, tree.Name):
        return value.text
    if isinstance(value, tree.Member) and isinstance(value.key, tree.Literal) and isinstance(value.key.value, str):
        return value.key.value
    return None


@lru_cache(maxsize=512)
def parse(text: str) -> tree.Query:
    """Parse a query.

    Raises:
        SqlError: the text is no query of the supported language.

    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise SqlError("The SQL query text exceeded the maximum limit.")
    parser = Parser(text)
    try:
        query = parser.query()
    except RecursionError as error:
        raise SqlError("The query is nested too deeply.") from error
    if parser.token.kind is not Kind.END:
        parser.fail()
    return query
