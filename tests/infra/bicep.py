"""The Bicep files as data: parsed trees, resources in them, and the names their code uses.

A tree does not tell a string from a name (`'a'` and `a` are both `"a"`), so who cares reads the text, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from pycep import BicepParser

ROOT = Path(__file__).resolve().parent.parent.parent
INFRA = ROOT / "infra"
FILES = tuple(sorted(INFRA.rglob("*.bicep")))

type Tree = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource a file declares; `config` is its body, for a loop that of one turn of it."""

    file: str
    symbol: str
    type: str
    existing: bool
    config: Tree

    @property
    def properties(self) -> Tree:
        return cast("Tree", self.config.get("properties", {}))


@cache
def _parser() -> BicepParser:
    return BicepParser()


@cache
def tree(path: Path) -> Tree:
    """Return the parsed file; raises what the parser raises."""
    return cast("Tree", _parser().parse(text=path.read_text(encoding="utf-8")))


def body(config: object) -> Tree:
    """Return the object inside loops and conditions."""
    found = cast("Tree", config)
    while "config" in found and {"loop_type", "condition"} & found.keys():
        found = cast("Tree", found["config"])
    return found


def resources(kind: str | None = None) -> list[Resource]:
    """Return all resources that are made, of one type if told."""
    found = [
        Resource(
            file=path.name,
            symbol=symbol,
            type=str(declared["type"]),
            existing=bool(declared["existing"]),
            config=body(declared["config"]),
        )
        for path in FILES
        for symbol, declared in tree(path).get("resources", {}).items()
    ]
    return [one for one in found if not one.existing and kind in (None, one.type)]


def one(kind: str) -> Resource:
    """Return the only resource of a type."""
    (found,) = resources(kind)
    return found


def variable(file: str, name: str) -> Any:
    """Return the value of a variable of `infra/modules/<file>`, with negative numbers as numbers."""
    return plain(tree(INFRA / "modules" / file)["variables"][name]["value"])


def plain(value: Any) -> Any:
    """Return a literal value as Python has it; anything computed stays a tree."""
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    found = cast("Tree", value)
    match found.get("operator"):
        case {"type": "minus", "operands": {"integer_value": int(number)}}:
            return -number
        case _:
            pass
    return {name.strip("'"): plain(item) for name, item in found.items()}


_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of code outside strings and comments, with what stands directly before and after it."""

    text: str
    before: str
    after: str


def words(code: str) -> Iterator[Word]:
    """Yield the words of Bicep code, those inside `${...}` of strings too."""
    position, before = 0, "\n"
    while position < len(code):
        if code.startswith("//", position):
            position = _end_of(code, "\n", position)
            continue
        character = code[position]
        if character == "'":
            end, inner = _string(code, position)
            for part in inner:
                yield from words(part)
            position, before = end, "'"
        elif found := _WORD.match(code, position):
            rest = code[found.end() :].lstrip(" ")
            yield Word(text=found.group(), before=before, after=rest[:2])
            position, before = found.end(), "w"
        else:
            before = before if character == " " else character
            position += 1


def _end_of(code: str, text: str, position: int) -> int:
    found = code.find(text, position)
    return len(code) if found < 0 else found


def _string(code: str, start: int) -> tuple[int, list[str]]:
    """Return where the string that begins at `start` ends, and the code inside its `${...}`."""
    position, inner = start + 1, list[str]()
    while code[position] != "'":
        if code[position] == "\\":
            position += 2
        elif code.startswith("${", position):
            end = _closing(code, position + 2)
            inner.append(code[position + 2 : end])
            position = end + 1
        else:
            position += 1
    return position + 1, inner


def _closing(code: str, position: int) -> int:
    depth = 1
    while True:
        character = code[position]
        if character == "'":
            position, _ = _string(code, position)
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return position
        position += 1
