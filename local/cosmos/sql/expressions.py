"""Parses expressions by precedence, loosest first."""

from abc import ABC, abstractmethod
from typing import Final, cast

from local.cosmos.sql import tree
from local.cosmos.sql.reader import Reader
from local.cosmos.sql.tokens import Kind
from local.cosmos.values import UNDEFINED

RESERVED: Final = frozenset(
    {
        "SELECT",
        "TOP",
        "DISTINCT",
        "VALUE",
        "FROM",
        "JOIN",
        "IN",
        "WHERE",
        "GROUP",
        "BY",
        "ORDER",
        "ASC",
        "DESC",
        "OFFSET",
        "LIMIT",
        "AND",
        "OR",
        "NOT",
        "BETWEEN",
        "LIKE",
        "ESCAPE",
        "AS",
        "EXISTS",
        "ARRAY",
        "TRUE",
        "FALSE",
        "NULL",
        "UNDEFINED",
    }
)
_CONSTANTS: Final[dict[str, tree.Scalar]] = {"TRUE": True, "FALSE": False, "NULL": None, "UNDEFINED": UNDEFINED}
_NOT_A_VALUE: Final = RESERVED - {"EXISTS", "ARRAY", "VALUE"}
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})


def _number(text: str) -> int | float:
    if text[:2] in {"0x", "0X"}:
        return int(text, 16)
    return float(text) if any(mark in text for mark in ".eE") else int(text)


class ExpressionParser(Reader, ABC):
    """`aggregates` collects what the query being parsed aggregates."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.aggregates: list[tree.Aggregate] = []

    @abstractmethod
    def query(self) -> tree.Query:
        """Parse a SELECT at the cursor."""

    def expression(self) -> tree.Expression:
        test = self._coalesce()
        if not self.take_symbol("?"):
            return test
        then = self.expression()
        self.expect_symbol(":")
        return tree.Conditional(test, then, self.expression())

    def _coalesce(self) -> tree.Expression:
        left = self._or()
        while self.take_symbol("??"):
            left = tree.Coalesce(left, self._or())
        return left

    def _or(self) -> tree.Expression:
        left = self._and()
        while self.take_word("OR"):
            left = tree.Or(left, self._and())
        return left

    def _and(self) -> tree.Expression:
        left = self._not()
        while self.take_word("AND"):
            left = tree.And(left, self._not())
        return left

    def _not(self) -> tree.Expression:
        if self.take_word("NOT"):
            return tree.Not(self._not())
        return self._predicate()

    def _predicate(self) -> tree.Expression:
        left = self._bitwise()
        if self.at_word("NOT") and self.at_word("IN", "BETWEEN", "LIKE", ahead=1):
            self.advance()
            return tree.Not(self._word_predicate(left))
        if self.at_word("IN", "BETWEEN", "LIKE"):
            return self._word_predicate(left)
        operator = self.take_operator("=", "!=", "<>", "<", "<=", ">", ">=")
        if operator is None:
            return left
        spelled = "!=" if operator == "<>" else operator
        return tree.Comparison(cast("tree.ComparisonOperator", spelled), left, self._bitwise())

    def _word_predicate(self, left: tree.Expression) -> tree.Expression:
        if self.take_word("IN"):
            self.expect_symbol("(")
            choices = self.listed(self.expression)
            self.expect_symbol(")")
            return tree.InList(left, choices)
        if self.take_word("BETWEEN"):
            low = self._bitwise()
            self.expect_word("AND")
            return tree.Between(left, low, self._bitwise())
        self.expect_word("LIKE")
        pattern = self._bitwise()
        return tree.Like(left, pattern, self._bitwise() if self.take_word("ESCAPE") else None)

    def _bitwise(self) -> tree.Expression:
        left = self._sum()
        while operator := self.take_operator("&", "|", "^", "||"):
            left = tree.Binary(cast("tree.BinaryOperator", operator), left, self._sum())
        return left

    def _sum(self) -> tree.Expression:
        left = self._product()
        while operator := self.take_operator("+", "-"):
            left = tree.Binary(cast("tree.BinaryOperator", operator), left, self._product())
        return left

    def _product(self) -> tree.Expression:
        left = self._unary()
        while operator := self.take_operator("*", "/", "%"):
            left = tree.Binary(cast("tree.BinaryOperator", operator), left, self._unary())
        return left

    def _unary(self) -> tree.Expression:
        operator = self.take_operator("-", "+", "~")
        if operator:
            return tree.Unary(cast("tree.UnaryOperator", operator), self._unary())
        return self.postfix(self.primary())

    def postfix(self, base: tree.Expression) -> tree.Expression:
        """Parse `.name` and `[key]` behind a value."""
        while True:
            if self.take_symbol("."):
                base = tree.Member(base, tree.Literal(self.expect_name()))
            elif self.take_symbol("["):
                base = tree.Member(base, self.expression())
                self.expect_symbol("]")
            else:
                return base

    def primary(self) -> tree.Expression:
        kind = self.token.kind
        if kind is Kind.NUMBER:
            return tree.Literal(_number(self.advance().text))
        if kind is Kind.STRING:
            return tree.Literal(self.advance().text)
        if kind is Kind.PARAMETER:
            return tree.Parameter(self.advance().text)
        if kind is Kind.WORD:
            return self._word()
        if self.take_symbol("("):
            return self.parenthesised()
        if self.take_symbol("["):
            return tree.ArrayLiteral(self.listed_until("]", self.expression))
        if self.take_symbol("{"):
            return tree.ObjectLiteral(self.listed_until("}", self._property))
        return self.fail()

    def parenthesised(self) -> tree.Expression:
        if self.at_word("SELECT"):
            return self._subquery("scalar")
        inner = self.expression()
        self.expect_symbol(")")
        return inner

    def _subquery(self, use: str) -> tree.Expression:
        inner = self.query()
        self.expect_symbol(")")
        match use:
            case "EXISTS":
                return tree.Subquery("exists", inner)
            case "ARRAY":
                return tree.Subquery("array", inner)
            case _:
                return tree.Subquery("scalar", inner)

    def _property(self) -> tuple[str, tree.Expression]:
        name = self.advance().text if self.token.kind is Kind.STRING else self.expect_name()
        self.expect_symbol(":")
        return name, self.expression()

    def _word(self) -> tree.Expression:
        word = self.token.text.upper()
        if word in _CONSTANTS:
            self.advance()
            return tree.Literal(_CONSTANTS[word])
        if word in _NOT_A_VALUE:
            self.fail()
        text = self.advance().text
        if not self.take_symbol("("):
            return tree.Name(text)
        if word in {"EXISTS", "ARRAY"}:
            return self._subquery(word)
        if word in _AGGREGATES:
            return self._aggregate(cast("tree.AggregateName", word))
        return tree.Call(word, self.listed_until(")", self.expression))

    def _aggregate(self, name: tree.AggregateName) -> tree.Expression:
        argument = tree.Literal(1) if self.take_symbol("*") else self.expression()
        self.expect_symbol(")")
        found = tree.Aggregate(name, argument)
        self.aggregates.append(found)
        return found
