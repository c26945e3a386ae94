"""Turns expressions into closures over a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local.cosmos.sql import tree
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.functions import FUNCTIONS
from local.cosmos.sql.operators import BINARY, COMPARISONS, conjunction, disjunction, like, unary
from local.cosmos.values import UNDEFINED, Json, Value, comparable, equal, member


@dataclass(slots=True)
class Row:
    """What an expression sees: `root` is the stored document, `names` the aliases bound so far."""

    root: Value
    names: Mapping[str, Value]
    parameters: Mapping[str, Value]
    aggregates: tuple[Value, ...] = ()

    def binding(self, name: str, value: Value) -> "Row":
        return Row(self.root, {**self.names, name: value}, self.parameters)


type Compiled = Callable[[Row], Value]
type SubqueryCompiler = Callable[[tree.Query, frozenset[str]], Callable[[Row], list[Value]]]


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the expressions of one query.

    `names` are the aliases in scope; a FROM clause may also name the container itself (`root_allowed`).
    """

    names: frozenset[str]
    subqueries: SubqueryCompiler
    aggregates: tuple[tree.Aggregate, ...] = ()
    root_allowed: bool = False

    def compile(self, node: tree.Expression) -> Compiled:
        """Compile a node.

        Raises:
            SqlError: an unknown name or function, or an aggregate where none may stand.

        """
        match node:
            case tree.Literal() | tree.Name() | tree.Parameter() | tree.Member():
                return self._reference(node)
            case tree.Unary() | tree.Binary() | tree.Comparison() | tree.And() | tree.Or() | tree.Not():
                return self._operation(node)
            case tree.InList() | tree.Between() | tree.Like():
                return self._predicate(node)
            case tree.Coalesce() | tree.Conditional():
                return self._choice(node)
            case tree.Call():
                return self._call(node)
            case tree.Aggregate():
                return self._aggregate(node)
            case tree.ArrayLiteral() | tree.ObjectLiteral():
                return self._construct(node)
            case tree.Subquery():
                return self._subquery(node)

    def _reference(self, node: tree.Literal | tree.Name | tree.Parameter | tree.Member) -> Compiled:
        match node:
            case tree.Literal(value):
                return lambda _: value
            case tree.Name(text):
                return self._name(text)
            case tree.Parameter(name):
                return lambda row: _parameter(row, name)
            case tree.Member():
                return self._member(node)

    def _operation(self, node: tree.Unary | tree.Binary | tree.Comparison | tree.And | tree.Or | tree.Not) -> Compiled:
        match node:
            case tree.Unary(operator, operand):
                inner = self.compile(operand)
                return lambda row: unary(operator, inner(row))
            case tree.Binary():
                return self._pair(BINARY[node.operator], node.left, node.right)
            case tree.Comparison():
                return self._pair(COMPARISONS[node.operator], node.left, node.right)
            case tree.And(left, right):
                return self._short_circuit(left, right, stop=False)
            case tree.Or(left, right):
                return self._short_circuit(left, right, stop=True)
            case tree.Not(operand):
                return self._not(operand)

    def _name(self, text: str) -> Compiled:
        if text in self.names:
            return lambda row: row.names[text]
        if self.root_allowed:
            return lambda row: row.root
        raise SqlError(f"Identifier '{text}' could not be resolved.")

    def _member(self, node: tree.Member) -> Compiled:
        base = self.compile(node.base)
        if isinstance(node.key, tree.Literal):
            name = node.key.value
            if isinstance(name, str) and isinstance(node.base, tree.Name) and node.base.text in self.names:
                return _property(node.base.text, name)
            return lambda row: member(base(row), name)
        key = self.compile(node.key)
        return lambda row: member(base(row), key(row))

    def _pair(self, apply: Callable[[Value, Value], Value], left: tree.Expression, right: tree.Expression) -> Compiled:
        first, second = self.compile(left), self.compile(right)
        return lambda row: apply(first(row), second(row))

    def _short_circuit(self, left: tree.Expression, right: tree.Expression, *, stop: bool) -> Compiled:
        first, second = self.compile(left), self.compile(right)
        combine = disjunction if stop else conjunction

        def evaluate(row: Row) -> Value:
            value = first(row)
            return stop if value is stop else combine(value, second(row))

        return evaluate

    def _not(self, operand: tree.Expression) -> Compiled:
        inner = self.compile(operand)

        def evaluate(row: Row) -> Value:
            value = inner(row)
            return (not value) if isinstance(value, bool) else UNDEFINED

        return evaluate

    def _predicate(self, node: tree.InList | tree.Between | tree.Like) -> Compiled:
        operand = self.compile(node.operand)
        match node:
            case tree.InList():
                choices = tuple(self.compile(choice) for choice in node.choices)
                return lambda row: _in_list(operand(row), choices, row)
            case tree.Between():
                low, high = self.compile(node.low), self.compile(node.high)
                return lambda row: _between(operand(row), low(row), high(row))
            case tree.Like():
                pattern = self.compile(node.pattern)
                escape = self.compile(node.escape or tree.Literal(""))
                return lambda row: like(operand(row), pattern(row), escape(row))

    def _choice(self, node: tree.Coalesce | tree.Conditional) -> Compiled:
        if isinstance(node, tree.Coalesce):
            first, second = self.compile(node.left), self.compile(node.right)

            def coalesce(row: Row) -> Value:
                value = first(row)
                return second(row) if value is UNDEFINED else value

            return coalesce
        test, then, otherwise = (self.compile(part) for part in (node.test, node.then, node.otherwise))
        return lambda row: then(row) if test(row) is True else otherwise(row)

    def _call(self, node: tree.Call) -> Compiled:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise SqlError(f"'{node.name}' is not a recognized built-in function name.")
        if not function.accepts(len(node.arguments)):
            raise SqlError(f"The {node.name} function got {len(node.arguments)} argument(s), which is not supported.")
        return function.bind(tuple(self.compile(argument) for argument in node.arguments))

    def _aggregate(self, node: tree.Aggregate) -> Compiled:
        for place, known in enumerate(self.aggregates):
            if known is node:
                return lambda row: row.aggregates[place]
        raise SqlError(f"The aggregate {node.name} may only stand in SELECT or ORDER BY.")

    def _construct(self, node: tree.ArrayLiteral | tree.ObjectLiteral) -> Compiled:
        if isinstance(node, tree.ArrayLiteral):
            items = tuple(self.compile(item) for item in node.items)
            return lambda row: [value for item in items if (value := item(row)) is not UNDEFINED]
        properties = tuple((name, self.compile(value)) for name, value in node.properties)
        return lambda row: construct(properties, row)

    def _subquery(self, node: tree.Subquery) -> Compiled:
        run = self.subqueries(node.query, self.names)
        match node.use:
            case "exists":
                return lambda row: bool(run(row))
            case "array":
                return lambda row: [value for value in run(row) if value is not UNDEFINED]
            case "scalar":
                return lambda row: next(iter(run(row)), UNDEFINED)


def construct(properties: tuple[tuple[str, Compiled], ...], row: Row) -> Value:
    """Build an object; a property whose value is undefined is left out."""
    built: dict[str, Json] = {}
    for name, compiled in properties:
        value = compiled(row)
        if value is not UNDEFINED:
            built[name] = value
    return built


def _property(alias: str, name: str) -> Compiled:
    """Read `alias.name` in one step: nearly every condition of a scan starts with it."""

    def read(row: Row) -> Value:
        value = row.names[alias]
        return value.get(name, UNDEFINED) if type(value) is dict else UNDEFINED

    return read


def _parameter(row: Row, name: str) -> Value:
    try:
        return row.parameters[name]
    except KeyError:
        raise SqlError(f"The query parameter '{name}' has no value.") from None


def _in_list(value: Value, choices: tuple[Compiled, ...], row: Row) -> Value:
    if value is UNDEFINED:
        return UNDEFINED
    return any(equal(value, choice(row)) is True for choice in choices)


def _between(value: Value, low: Value, high: Value) -> Value:
    if not comparable(value, low) or not comparable(value, high):
        return UNDEFINED
    return COMPARISONS["<="](low, value) is True and COMPARISONS["<="](value, high) is True
