"""What the model is told about a tool: cleaned, bounded, and the same text for the same tool every time."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from shared.tools.names import model_name
from shared.tools.text import clean, clean_line

MAX_DESCRIPTION = 4_000
MAX_SCHEMA = 32_000
MAX_DEPTH = 32
MAX_NAME = 128
_DIGEST_CHARACTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDescription:
    """One tool as offered. `schema` is the JSON Schema of its arguments, canonical JSON text."""

    server: str
    tool: str
    description: str
    schema: str
    model_name: str

    @property
    def digest(self) -> str:
        """Return what changes with the description's words, the schema or the name, and with nothing else."""
        return _hash(self.server, self.tool, self.description, self.schema)


def list_digest(tools: Iterable[ToolDescription]) -> str:
    """Return the digest of a whole list, whatever its order."""
    return _hash(*sorted(tool.digest for tool in tools))


class ToolUnusable(ValueError):  # noqa: N818 - reads as what happened
    """A server described a tool that cannot be offered to a model."""


def describe(server: str, tool: str, description: str, schema: Mapping[str, Any]) -> ToolDescription:
    """Return the tool as offered to the model.

    Raises:
        ToolUnusable: its name or schema is outside what a model service takes; one such schema would have the whole
            request refused.

    """
    if not tool or len(tool) > MAX_NAME or clean_line(tool) != tool:
        raise ToolUnusable("its name is empty, too long or not one clean line")
    if schema.get("type") != "object":
        raise ToolUnusable("its arguments are not an object")
    _check(schema, MAX_DEPTH)
    text = canonical(schema)
    if len(text) > MAX_SCHEMA:
        raise ToolUnusable(f"its schema is larger than {MAX_SCHEMA // 1000} kB")
    return ToolDescription(
        server=server,
        tool=tool,
        description=clean(description)[:MAX_DESCRIPTION].strip(),
        schema=text,
        model_name=model_name(server, tool),
    )


def canonical(value: object) -> str:
    """Return JSON text that is equal for equal values: sorted names, no blanks, no unpaired surrogates.

    Raises:
        ToolUnusable: the value holds what JSON cannot say.

    """
    try:
        return clean(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False))
    except ValueError as error:
        raise ToolUnusable(f"it is not JSON: {error}") from None


def _check(value: object, depth: int) -> None:
    if depth == 0:
        raise ToolUnusable("its schema is nested too deeply")
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        reference = fields.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            raise ToolUnusable("its schema points outside itself")
        for item in fields.values():
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            _check(item, depth - 1)


def _hash(*parts: str) -> str:
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
