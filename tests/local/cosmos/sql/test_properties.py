"""The evaluator with its indexes and pages, against a model that does everything the slow and plain way."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.cosmos.query import Ask, run
from local.cosmos.values import Document, Json, order_key
from local.cosmos.views import Entry, View

MISSING = object()
SCALARS = st.sampled_from([None, True, False, -1, 0, 1, 1.5, 2, "", "a", "ab", "b"])
VALUES: st.SearchStrategy[Any] = SCALARS | st.just(MISSING) | st.sampled_from([[], [1], [True], {"x": 1}])
FIELDS = ("a", "b")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")

type Condition = tuple[Any, ...]
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.tuples(st.just("compare"), st.sampled_from(FIELDS), st.sampled_from(COMPARISONS), SCALARS)
    | st.tuples(st.just("in"), st.sampled_from(FIELDS), st.lists(SCALARS, min_size=1, max_size=3))
    | st.tuples(st.just("between"), st.sampled_from(FIELDS), SCALARS, SCALARS)
    | st.tuples(st.just("starts"), st.sampled_from(FIELDS), st.sampled_from(["", "a", "b"]))
    | st.tuples(st.just("fields"), st.sampled_from(COMPARISONS)),
    lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), inner, inner) | st.tuples(st.just("NOT"), inner),
    max_leaves=6,
)
orders = st.lists(st.tuples(st.sampled_from(FIELDS), st.booleans()), max_size=2, unique_by=lambda part: part[0])


class Writer:
    """Spells a condition as SQL, with every constant a parameter."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}

    def constant(self, value: Json) -> str:
        name = f"@p{len(self.parameters)}"
        self.parameters[name] = value
        return name

    def spell(self, condition: Condition) -> str:
        match condition:
            case ("compare", field, operator, value):
                return f"c.{field} {operator} {self.constant(value)}"
            case ("in", field, values):
                return f"c.{field} IN ({', '.join(self.constant(value) for value in values)})"
            case ("between", field, low, high):
                return f"c.{field} BETWEEN {self.constant(low)} AND {self.constant(high)}"
            case ("starts", field, prefix):
                return f"STARTSWITH(c.{field}, {self.constant(prefix)})"
            case ("fields", operator):
                return f"c.a {operator} c.b"
            case ("NOT", inner):
                return f"NOT ({self.spell(inner)})"
            case (word, left, right):
                return f"({self.spell(left)}) {word} ({self.spell(right)})"
            case _:
                raise AssertionError(condition)


def kind(value: Any) -> str:
    if value is MISSING:
        return "missing"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def same(left: Any, right: Any) -> bool:
    return kind(left) == kind(right) and repr(left) == repr(right) if isinstance(left, list | dict) else (
        kind(left) == kind(right) and left == right
    )  # fmt: skip


def compare(left: Any, operator: str, right: Any) -> bool | None:
    """True, false or undefined (None)."""
    if left is MISSING or right is MISSING:
        return None
    if operator in {"=", "!="}:
        return same(left, right) == (operator == "=")
    if kind(left) != kind(right) or kind(left) not in {"boolean", "number", "str"}:
        return None
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def holds(condition: Condition, document: Document) -> bool | None:
    match condition:
        case ("compare", field, operator, value):
            return compare(document.get(field, MISSING), operator, value)
        case ("in", field, values):
            value = document.get(field, MISSING)
            return None if value is MISSING else any(same(value, choice) for choice in values)
        case ("between", field, low, high):
            value = document.get(field, MISSING)
            ends = compare(low, "<=", value), compare(value, "<=", high)
            return None if None in ends else ends == (True, True)
        case ("starts", field, prefix):
            value = document.get(field, MISSING)
            return value.startswith(prefix) if isinstance(value, str) else None
        case ("fields", operator):
            return compare(document.get("a", MISSING), operator, document.get("b", MISSING))
        case ("NOT", inner):
            result = holds(inner, document)
            return None if result is None else not result
        case (word, left, right):
            results, decisive = {holds(left, document), holds(right, document)}, word == "OR"
            return decisive if decisive in results else None if None in results else not decisive
        case _:
            raise AssertionError(condition)


TYPE_ORDER = ("missing", "NoneType", "boolean", "number", "str", "list", "dict")


def sort_place(value: Any) -> tuple[int, Any]:
    place = TYPE_ORDER.index(kind(value))
    if kind(value) in {"list", "dict"}:
        return place, order_key(value)
    return place, value if kind(value) in {"boolean", "number", "str"} else 0


def expected_ids(documents: list[Document], condition: Condition, order: list[tuple[str, bool]]) -> list[Any]:
    found = [document for document in documents if holds(condition, document) is True]
    for field, descending in reversed(order):
        if descending:
            # A stable descending sort: reversed twice, so that ties keep the order of creation.
            found.reverse()
        found.sort(key=lambda document, field=field: sort_place(document.get(field, MISSING)))
        if descending:
            found.reverse()
    return [document["id"] for document in found]


def document_of(number: int, values: tuple[Any, Any]) -> Document:
    fields = {name: value for name, value in zip(FIELDS, values, strict=True) if value is not MISSING}
    return {"id": number, **fields}


def entry_of(number: int, document: Document) -> Entry:
    return Entry(seq=number, pk="", epk="", document=document, expires=None, size=1)


def pages(view: View, text: str, parameters: dict[str, Any], size: int) -> list[Json]:
    found: list[Json] = []
    token: str | None = None
    while True:
        page = run(view, Ask(text=text, parameters=parameters, size=size, token=token), lambda _: True)
        found += page.results
        token = page.token
        if token is None:
            return found


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(st.tuples(VALUES, VALUES), max_size=14),
    changes=st.lists(st.tuples(st.integers(0, 13), st.none() | st.tuples(VALUES, VALUES)), max_size=6),
    condition=conditions,
    order=orders,
    size=st.integers(1, 5),
    top=st.none() | st.integers(0, 8),
)
def test_a_query_gives_what_the_model_gives(
    rows: list[tuple[Any, Any]],
    changes: list[tuple[int, tuple[Any, Any] | None]],
    condition: Condition,
    order: list[tuple[str, bool]],
    size: int,
    top: int | None,
) -> None:
    writer, view = Writer(), View()
    text = f"SELECT {'' if top is None else f'TOP {top} '}VALUE c.id FROM c WHERE {writer.spell(condition)}"  # noqa: S608 - a test's own text
    if order:
        text += " ORDER BY " + ", ".join(f"c.{field}{' DESC' if down else ''}" for field, down in order)
    documents = {number: document_of(number, values) for number, values in enumerate(rows)}
    for number, document in documents.items():
        view.put(entry_of(number, document))
    # The first run makes the indexes that the changes then have to keep.
    pages(view, text, writer.parameters, size)
    for number, values in changes:
        if number in documents and values is None:
            del documents[number]
            view.drop(number)
        elif number in documents and values is not None:
            documents[number] = document_of(number, values)
            view.put(entry_of(number, documents[number]))
    expected = expected_ids(list(documents.values()), condition, order)[:top]
    assert pages(view, text, writer.parameters, size) == expected
    assert pages(view, text, writer.parameters, 1000) == expected


@given(left=VALUES.filter(lambda value: value is not MISSING), right=VALUES.filter(lambda value: value is not MISSING))
def test_sort_keys_are_equal_exactly_for_equal_values(left: Any, right: Any) -> None:
    assert (order_key(left) == order_key(right)) == same(left, right)
    assert (order_key(left) < order_key(right)) + (order_key(right) < order_key(left)) + same(left, right) == 1
