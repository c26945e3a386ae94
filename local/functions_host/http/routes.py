"""Route templates as production reads them: constraints, optional and catch-all parts, precedence."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from local.functions_host.functions import Function

_PART = re.compile(r"\{([^{}]*(?:\{\d+(?:,\d*)?\}[^{}]*)*)\}|([^{}]+)")
_ARGUMENT = re.compile(r"(\w+)(?:\((.*)\))?$", re.DOTALL)
_INT32, _INT64 = 2**31, 2**63
Check = Callable[[str], bool]


class RouteError(ValueError):
    """A template that cannot be understood."""


def _parses(parse: Callable[[str], object]) -> Check:
    def check(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


def _integer(bound: int) -> Check:
    return lambda value: re.fullmatch(r"[+-]?\d+", value) is not None and -bound <= int(value) < bound


def _length(argument: str) -> Check:
    low, _, high = argument.partition(",")
    return lambda value: int(low) <= len(value) <= int(high or low)


def _range(argument: str) -> Check:
    low, _, high = argument.partition(",")
    whole = _integer(_INT64)
    return lambda value: whole(value) and int(low) <= int(value) <= int(high)


def _bound(argument: str, accept: Callable[[int, int], bool]) -> Check:
    whole = _integer(_INT64)
    return lambda value: whole(value) and accept(int(value), int(argument))


_CONSTRAINTS: dict[str, Callable[[str], Check]] = {
    "int": lambda _: _integer(_INT32),
    "long": lambda _: _integer(_INT64),
    "bool": lambda _: lambda value: value.lower() in {"true", "false"},
    "datetime": lambda _: _parses(datetime.fromisoformat),
    "decimal": lambda _: _parses(float),
    "double": lambda _: _parses(float),
    "float": lambda _: _parses(float),
    "guid": lambda _: _parses(uuid.UUID),
    "alpha": lambda _: lambda value: re.fullmatch(r"[A-Za-z]*", value) is not None,
    "required": lambda _: bool,
    "length": _length,
    "minlength": lambda argument: lambda value: len(value) >= int(argument),
    "maxlength": lambda argument: lambda value: len(value) <= int(argument),
    "min": lambda argument: _bound(argument, lambda value, bound: value >= bound),
    "max": lambda argument: _bound(argument, lambda value, bound: value <= bound),
    "range": _range,
    "regex": lambda argument: lambda value: re.search(argument, value, re.IGNORECASE) is not None,
}


def _split_constraints(text: str) -> list[str]:
    """Split at colons outside parentheses."""
    parts, depth, current = list[str](), 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == ":" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    checks: tuple[Check, ...]
    optional: bool
    default: str | None
    catch_all: bool

    @classmethod
    def parse(cls, text: str) -> "Parameter":
        name, *constraints = _split_constraints(text)
        catch_all = name.startswith("*")
        optional = text.endswith("?")
        if constraints:
            constraints[-1] = constraints[-1].removesuffix("?")
        name, equals, default = name.removesuffix("?").lstrip("*").partition("=")
        checks: list[Check] = []
        for constraint in constraints:
            match = _ARGUMENT.match(constraint)
            if match is None or match[1].lower() not in _CONSTRAINTS:
                raise RouteError(f"unknown route constraint '{constraint}'")
            checks.append(_CONSTRAINTS[match[1].lower()](match[2] or ""))
        return cls(name, tuple(checks), optional, default if equals else None, catch_all)

    @property
    def rank(self) -> str:
        """Return the precedence digit of a segment made of this parameter alone; lower wins."""
        if self.catch_all:
            return "4" if self.checks else "5"
        return "2" if self.checks else "3"


class Route:
    """One template bound to a function; `match` returns the route parameters or None."""

    def __init__(self, template: str, function: Function) -> None:
        self.function = function
        self.template = template.strip("/")
        self.methods = frozenset(str(each).upper() for each in function.trigger.get("methods") or ())
        self._parameters: dict[str, Parameter] = {}
        self.precedence = ""
        pattern = "".join(self._segment(each) for each in self.template.split("/")) if self.template else ""
        self._pattern = re.compile(pattern + "/?", re.IGNORECASE | re.DOTALL)

    def allows(self, method: str) -> bool:
        return not self.methods or method in self.methods

    def match(self, path: str) -> dict[str, str] | None:
        """Match a raw (still percent-encoded) path without its leading prefix."""
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        values: dict[str, str] = {}
        for group, raw in found.groupdict().items():
            parameter = self._parameters[group]
            value = unquote(raw) if raw else parameter.default
            if value is None:
                if not (parameter.optional or parameter.catch_all):
                    return None
                continue
            if not all(check(value) for check in parameter.checks):
                return None
            values[parameter.name] = value
        return values

    def _segment(self, segment: str) -> str:
        parts = [(match[1], match[2]) for match in _PART.finditer(segment)]
        if "".join(f"{{{name}}}" if name else text for name, text in parts) != segment:
            raise RouteError(f"route segment '{segment}' is malformed")
        self.precedence += self._rank(parts)
        if len(parts) == 1 and parts[0][0]:
            return self._whole(Parameter.parse(parts[0][0]))
        return "/" + "".join(self._within(name) if name else re.escape(text) for name, text in parts)

    def _rank(self, parts: list[tuple[str, str]]) -> str:
        if all(not name for name, _ in parts):
            return "1"
        return Parameter.parse(parts[0][0]).rank if len(parts) == 1 else "2"

    def _group(self, parameter: Parameter) -> str:
        group = f"p{len(self._parameters)}"
        self._parameters[group] = parameter
        return group

    def _whole(self, parameter: Parameter) -> str:
        group = self._group(parameter)
        if parameter.catch_all:
            return f"(?:/(?P<{group}>.*?))?"
        optional = parameter.optional or parameter.default is not None
        return f"(?:/(?P<{group}>[^/]+))" + ("?" if optional else "")

    def _within(self, text: str) -> str:
        return f"(?P<{self._group(Parameter.parse(text))}>[^/]+?)"


class RouteTable:
    """Routes of all HTTP functions, best match first."""

    def __init__(self, functions: list[Function], prefix: str) -> None:
        routes = [Route(str(each.trigger.get("route") or each.name), each) for each in functions]
        self.routes = sorted(routes, key=lambda each: (each.precedence, each.template.lower()))
        self._prefix = f"/{prefix}".rstrip("/").lower()

    def find(self, method: str, path: str) -> tuple[Function, dict[str, str]] | None:
        if not path.lower().startswith(self._prefix):
            return None
        rest = path[len(self._prefix) :]
        if rest and not rest.startswith("/"):
            return None
        for route in self.routes:
            if route.allows(method):
                parameters = route.match(rest.rstrip("/") if rest != "/" else "")
                if parameters is not None:
                    return route.function, parameters
        return None
