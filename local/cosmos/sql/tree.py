"""The syntax tree of a query. Nodes are immutable and hashable, so a parsed query can be cached and shared."""

from dataclasses import dataclass, field
from typing import Literal as Choice

from local.cosmos.values import Undefined

type Scalar = bool | int | float | str | Undefined | None
type BinaryOperator = Choice["+", "-", "*", "/", "%", "||", "&", "|", "^"]
type ComparisonOperator = Choice["=", "!=", "<", "<=", ">", ">="]
type UnaryOperator = Choice["-", "+", "~"]
type AggregateName = Choice["COUNT", "SUM", "AVG", "MIN", "MAX"]


@dataclass(frozen=True, slots=True)
class Literal:
    value: Scalar


@dataclass(frozen=True, slots=True)
class Name:
    """An alias, or the container itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`base.key` or `base[key]`."""

    base: "Expression"
    key: "Expression"


@dataclass(frozen=True, slots=True)
class Unary:
    operator: UnaryOperator
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    operator: BinaryOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: ComparisonOperator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Or:
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class InList:
    operand: "Expression"
    choices: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Between:
    operand: "Expression"
    low: "Expression"
    high: "Expression"


@dataclass(frozen=True, slots=True)
class Like:
    operand: "Expression"
    pattern: "Expression"
    escape: "Expression | None"


@dataclass(frozen=True, slots=True)
class Coalesce:
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Conditional:
    test: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function; `name` is in upper case."""

    name: str
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Aggregate:
    name: AggregateName
    argument: "Expression"


@dataclass(frozen=True, slots=True)
class ArrayLiteral:
    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class ObjectLiteral:
    properties: "tuple[tuple[str, Expression], ...]"


@dataclass(frozen=True, slots=True)
class Subquery:
    """`EXISTS(...)`, `ARRAY(...)`, or a parenthesised query used as a value."""

    use: Choice["exists", "array", "scalar"]
    query: "Query"


type Expression = (
    Literal
    | Name
    | Parameter
    | Member
    | Unary
    | Binary
    | Comparison
    | And
    | Or
    | Not
    | InList
    | Between
    | Like
    | Coalesce
    | Conditional
    | Call
    | Aggregate
    | ArrayLiteral
    | ObjectLiteral
    | Subquery
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One FROM or JOIN part: a value as it is, or each element of it (`alias IN value`)."""

    alias: str
    value: Expression
    each: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectItem:
    name: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    value: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`value` is SELECT VALUE's expression; otherwise `items`, where an empty tuple is `SELECT *`."""

    value: Expression | None = None
    items: tuple[SelectItem, ...] = ()
    distinct: bool = False
    top: Expression | None = None
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    group: tuple[Expression, ...] = ()
    order: tuple[OrderItem, ...] = ()
    offset: Expression | None = None
    limit: Expression | None = None
    aggregates: tuple[Aggregate, ...] = field(default=())
