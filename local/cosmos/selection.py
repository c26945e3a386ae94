"""Which items of a view a WHERE clause can match at all, found through the view's indexes.

The answer may hold too many items, never too few: the clause itself is still evaluated on each.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from local.cosmos.sql import tree
from local.cosmos.values import STRING_RANK, UNDEFINED, OrderKey, Path, Value, order_key
from local.cosmos.views import Bound, View, after

_LAST_CHARACTER: Final = chr(0x10FFFF)
_MIRRORED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of one index: places `start` up to `end`."""

    path: Path
    start: int
    end: int

    @property
    def count(self) -> int:
        return self.end - self.start


type Candidates = tuple[Slice, ...]


def path_of(node: tree.Expression, alias: str) -> Path | None:
    """Return the path if the node is `alias.a.b`, by literal names only."""
    names: list[str] = []
    while isinstance(node, tree.Member):
        if not isinstance(node.key, tree.Literal) or not isinstance(node.key.value, str):
            return None
        names.append(node.key.value)
        node = node.base
    if not names or not isinstance(node, tree.Name) or node.text != alias:
        return None
    return tuple(reversed(names))


@dataclass(frozen=True, slots=True)
class Selector:
    """Reads conditions on the items of one view, known to the query as `alias`."""

    view: View
    alias: str
    parameters: Mapping[str, Value]

    def candidates(self, node: tree.Expression) -> Candidates | None:
        """Slices that together hold every match; None when no index helps."""
        match node:
            case tree.And():
                return self._fewest(node)
            case tree.Or(left, right):
                first, second = self.candidates(left), self.candidates(right)
                return None if first is None or second is None else first + second
            case tree.Comparison() | tree.Between() | tree.InList() | tree.Call():
                return self._direct(node)
            case _:
                return None

    def conditions(self, node: tree.Expression) -> Iterator[tree.Expression]:
        """Parts of the clause that must each hold."""
        if isinstance(node, tree.And):
            yield from self.conditions(node.left)
            yield from self.conditions(node.right)
        else:
            yield node

    def range_on(self, path: Path, node: tree.Expression | None) -> Slice:
        """Return the narrowest slice of one path's index that holds every match; the whole index if none is known."""
        index = self.view.index(path)
        found = Slice(path, *index.between(None, None))
        for condition in self.conditions(node) if node else ():
            slices = self._direct(condition)
            if slices is not None and len(slices) == 1 and slices[0].path == path:
                start, end = max(found.start, slices[0].start), min(found.end, slices[0].end)
                found = Slice(path, start, max(start, end))
        return found

    def _fewest(self, node: tree.And) -> Candidates | None:
        known = [found for part in self.conditions(node) if (found := self.candidates(part)) is not None]
        return min(known, key=lambda slices: sum(part.count for part in slices), default=None)

    def _direct(self, node: tree.Expression) -> Candidates | None:
        match node:
            case tree.Comparison(operator, left, right) if operator in _MIRRORED:
                return self._compared(left, operator, right) or self._compared(right, _MIRRORED[operator], left)
            case tree.Between(operand, low, high):
                return self._within(operand, low, high)
            case tree.InList(operand, choices):
                return self._in_list(operand, choices)
            case tree.Call("ARRAY_CONTAINS", (tree.Parameter(name), operand)):
                return self._among(operand, self.parameters.get(name, UNDEFINED))
            case tree.Call("STARTSWITH", (operand, prefix)):
                return self._prefixed(operand, prefix)
            case _:
                return None

    def _constant(self, node: tree.Expression) -> OrderKey | None:
        """Return the key of a literal or parameter that an index can look up."""
        value: Value = UNDEFINED
        if isinstance(node, tree.Literal):
            value = node.value
        elif isinstance(node, tree.Parameter):
            value = self.parameters.get(node.name, UNDEFINED)
        return None if value is UNDEFINED else order_key(value)

    def _slice(self, operand: tree.Expression, low: Bound | None, high: Bound | None) -> Candidates | None:
        path = path_of(operand, self.alias)
        if path is None:
            return None
        return (Slice(path, *self.view.index(path).between(low, high)),)

    def _compared(self, operand: tree.Expression, operator: str, constant: tree.Expression) -> Candidates | None:
        key = self._constant(constant)
        if key is None:
            return None
        # Bounds of the value's own type: values of another type never compare as true.
        lowest: Bound = ((key[0],),)
        highest: Bound = ((key[0] + 1,),)
        match operator:
            case "=":
                return self._slice(operand, (key,), after(key))
            case "<":
                return self._slice(operand, lowest, (key,))
            case "<=":
                return self._slice(operand, lowest, after(key))
            case ">":
                return self._slice(operand, after(key), highest)
            case _:
                return self._slice(operand, (key,), highest)

    def _within(self, operand: tree.Expression, low: tree.Expression, high: tree.Expression) -> Candidates | None:
        first, last = self._constant(low), self._constant(high)
        if first is None or last is None:
            return None
        return self._slice(operand, (first,), after(last))

    def _in_list(self, operand: tree.Expression, choices: tuple[tree.Expression, ...]) -> Candidates | None:
        found: list[Slice] = []
        for choice in choices:
            key = self._constant(choice)
            slices = None if key is None else self._slice(operand, (key,), after(key))
            if slices is None:
                return None
            found.extend(slices)
        return tuple(found)

    def _among(self, operand: tree.Expression, values: Value) -> Candidates | None:
        if not isinstance(values, list):
            return None
        slices = [self._slice(operand, (order_key(value),), after(order_key(value))) for value in values]
        known = tuple(part for found in slices if found is not None for part in found)
        return known if len(known) == len(values) else None

    def _prefixed(self, operand: tree.Expression, prefix: tree.Expression) -> Candidates | None:
        key = self._constant(prefix)
        if key is None or key[0] != STRING_RANK:
            return None
        return self._slice(operand, (key,), after((STRING_RANK, f"{key[1]}{_LAST_CHARACTER}")))
