"""What a built-in function accepts; a wrong type makes the result undefined, a wrong count makes the query invalid."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from local.cosmos.values import UNDEFINED, Value, is_number


def is_integer(value: Value) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


_CHECKS: Final[dict[str, Callable[[Value], bool]]] = {
    "s": lambda value: isinstance(value, str),
    "n": is_number,
    "i": is_integer,
    "b": lambda value: isinstance(value, bool),
    "a": lambda value: isinstance(value, list),
    "o": lambda value: isinstance(value, dict),
    "v": lambda value: value is not UNDEFINED,
    "u": lambda _: True,
}


@dataclass(frozen=True, slots=True)
class Function:
    """`call` gets arguments that passed their checks.

    `pattern` has one letter per argument: s(tring) n(umber) i(nteger) b(ool) a(rray) o(bject) v(alue) and u for
    anything, undefined included. What follows `?` is optional; a final `*` repeats the letter before it.
    """

    pattern: str
    call: Callable[..., Value]

    @property
    def letters(self) -> str:
        return self.pattern.replace("?", "").rstrip("*")

    def accepts(self, count: int) -> bool:
        required = len(self.pattern.split("?", maxsplit=1)[0].rstrip("*"))
        return count >= required and (self.pattern.endswith("*") or count <= len(self.letters))

    def bind(self, arguments: tuple[Callable[..., Value], ...]) -> Callable[..., Value]:
        """Return a closure over compiled arguments, to be called with a row."""
        letters = self.letters
        letters += letters[-1:] * (len(arguments) - len(letters))
        checked = tuple((argument, _CHECKS[letter]) for argument, letter in zip(arguments, letters, strict=False))

        def call(row: object) -> Value:
            values: list[Value] = []
            for argument, check in checked:
                value = argument(row)
                if not check(value):
                    return UNDEFINED
                values.append(value)
            try:
                return self.call(*values)
            except (ValueError, OverflowError, ZeroDivisionError):
                return UNDEFINED

        return call
