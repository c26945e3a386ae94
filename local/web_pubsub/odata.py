"""OData `$filter` expressions over connections: `userId`, `connectionId`, `groups`, `protocol`."""

import re
from collections.abc import Callable
from typing import NamedTuple

from local.web_pubsub.connection import Connection
from local.web_pubsub.odata_values import (
    FUNCTIONS,
    FilterError,
    Value,
    boolean,
    contained,
    equal,
    integer,
)

type Node = Callable[[Connection], Value]
type Predicate = Callable[[Connection], bool]

_MAX_DEPTH = 100
_TOKEN = re.compile(r"\s+|(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+\b)|(?P<word>[A-Za-z_]\w*)|(?P<mark>[(),])")
_PROPERTIES: dict[str, Node] = {
    "userid": lambda connection: connection.user_id,
    "connectionid": lambda connection: connection.id,
    "groups": lambda connection: sorted(connection.groups),
    "protocol": lambda connection: connection.subprotocol,
}
_CONSTANTS: dict[str, Value] = {"null": None, "true": True, "false": False}
_COMPARISONS: dict[str, Callable[[Value, Value], Value]] = {
    "eq": equal,
    "ne": lambda left, right: not equal(left, right),
    "gt": lambda left, right: integer(left) > integer(right),
    "ge": lambda left, right: integer(left) >= integer(right),
    "lt": lambda left, right: integer(left) < integer(right),
    "le": lambda left, right: integer(left) <= integer(right),
    "in": contained,
}


class _Token(NamedTuple):
    kind: str
    text: str
    end: int


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _syntax_error(source, position)
        if match.lastgroup is not None:
            found.append(_Token(match.lastgroup, match.group(), match.end()))
        position = match.end()
    return found


def _syntax_error(source: str, position: int) -> FilterError:
    return FilterError(f"Syntax error at position {position} in '{source}'.")


class _Parser:
    """Recursive descent: or, and, not, comparison, primary."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._rest = _tokens(source)[::-1]
        self._depth = 0
        self._unknown: str | None = None

    def parse(self) -> Node:
        node = self._or()
        if self._rest:
            raise _syntax_error(self._source, self._rest[-1].end)
        if self._unknown is not None:
            raise FilterError(f"Could not find a property named '{self._unknown}'.")
        return node

    def _take(self) -> _Token:
        if not self._rest:
            raise _syntax_error(self._source, len(self._source))
        return self._rest.pop()

    def _next_is(self, text: str) -> bool:
        if self._rest and self._rest[-1].kind != "text" and self._rest[-1].text == text:
            self._rest.pop()
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._next_is(text):
            raise _syntax_error(self._source, self._rest[-1].end if self._rest else len(self._source))

    def _or(self) -> Node:
        node = self._and()
        while self._next_is("or"):
            node = _either(node, self._and())
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._next_is("and"):
            node = _both(node, self._not())
        return node

    def _not(self) -> Node:
        if not self._next_is("not"):
            return self._comparison()
        inner = self._nested(self._not)
        return lambda connection: not boolean(inner(connection))

    def _comparison(self) -> Node:
        left = self._primary()
        for word, compare in _COMPARISONS.items():
            if self._next_is(word):
                right = self._list() if word == "in" and self._next_is("(") else self._primary()
                return _compared(compare, left, right)
        return left

    def _list(self) -> Node:
        items: list[str] = [self._literal()]
        while self._next_is(","):
            items.append(self._literal())
        self._expect(")")
        return lambda _: items

    def _literal(self) -> str:
        token = self._take()
        if token.kind != "text":
            raise FilterError("a list holds quoted texts")
        return _unquoted(token.text)

    def _primary(self) -> Node:
        token = self._take()
        if token.text == "(":
            node = self._nested(self._or)
            self._expect(")")
            return node
        match token.kind:
            case "text":
                literal = _unquoted(token.text)
                return lambda _: literal
            case "number":
                number = int(token.text)
                return lambda _: number
            case "word" if self._next_is("("):
                return self._call(token.text)
            case "word" if token.text in _CONSTANTS:
                constant = _CONSTANTS[token.text]
                return lambda _: constant
            case "word" if token.text.lower() in _PROPERTIES:
                return _PROPERTIES[token.text.lower()]
            case "word":
                self._unknown = self._unknown or token.text  # told only when the syntax is right, as by the service
                return lambda _: None
            case _:
                raise _syntax_error(self._source, token.end)

    def _call(self, name: str) -> Node:
        counts, function = FUNCTIONS.get(name.lower(), ((), None))
        if function is None:
            raise FilterError(f"there is no function {name!r}")
        arguments = [self._nested(self._or)]
        while self._next_is(","):
            arguments.append(self._nested(self._or))
        self._expect(")")
        if len(arguments) not in counts:
            raise FilterError(f"{name} does not take {len(arguments)} arguments")
        return lambda connection: function(*(argument(connection) for argument in arguments))

    def _nested(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FilterError("the expression is nested too deeply")
        node = rule()
        self._depth -= 1
        return node


def _unquoted(literal: str) -> str:
    return literal[1:-1].replace("''", "'")


def _compared(compare: Callable[[Value, Value], Value], left: Node, right: Node) -> Node:
    return lambda connection: compare(left(connection), right(connection))


def _both(left: Node, right: Node) -> Node:
    """Return `and`; as in the service both sides are evaluated, so a type error is never hidden."""

    def evaluate(connection: Connection) -> Value:
        first, second = boolean(left(connection)), boolean(right(connection))
        return first and second

    return evaluate


def _either(left: Node, right: Node) -> Node:
    def evaluate(connection: Connection) -> Value:
        first, second = boolean(left(connection)), boolean(right(connection))
        return first or second

    return evaluate


def compile_filter(source: str) -> Predicate:
    """Return the predicate of a filter expression; applying it raises FilterError on a type mismatch.

    Raises:
        FilterError: the expression is malformed.

    """
    try:
        node = _Parser(source).parse()
    except FilterError as error:
        raise _refused(source, error) from error

    def matches(connection: Connection) -> bool:
        try:
            return boolean(node(connection))
        except FilterError as error:
            raise _refused(source, error) from error

    return matches


def _refused(source: str, error: FilterError) -> FilterError:
    return FilterError(f"Invalid syntax for '{source}': {error} (Parameter 'filter')")
