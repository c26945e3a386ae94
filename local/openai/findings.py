"""Reading tool results without knowing the tools: rows, facts, texts and failures."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from local.openai.ask import ToolResult, mapping
from local.openai.toolbox import Capability, capability_of

Scalar = str | int | float | bool
Row = Mapping[str, Scalar]
Shape = Literal["records", "passages", "links", "text", "nothing"]
FAILURE = re.compile(
    r"^\W*(error\b|failed|failure|tool (call )?(failed|error)|refused|denied|not allowed|unknown tool|timed? ?out"
    r"|outcome unknown|cancelled|declined|rejected|exception|traceback|unavailable)",
    re.IGNORECASE,
)
TEXT_KEYS = ("text", "passage", "content", "excerpt", "snippet", "body")
LINK_KEYS = ("url", "link", "href")
DEEPEST = 6
FAILED_STATUSES = ("failed", "error", "denied", "refused", "cancelled", "timeout", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one tool call brought. `facts` are single values beside the rows, such as totals."""

    tool: str
    capability: Capability | None
    failure: str = ""
    rows: Sequence[Row] = ()
    facts: Row = field(default_factory=dict[str, Scalar])
    text: str = ""

    @property
    def shape(self) -> Shape:
        if not self.rows:
            return "text" if self.text or self.facts else "nothing"
        first = self.rows[0]
        if any(key in first for key in LINK_KEYS):
            return "links"
        if any(len(str(first.get(key, ""))) > 0 for key in TEXT_KEYS) and ("title" in first or "source" in first):
            return "passages"
        return "records"


def read(result: ToolResult) -> Finding:
    """Return what a tool result says."""
    capability = capability_of(result.name)
    value = _json_in(result.output)
    if value is None:
        text = result.output.strip()
        failure = text if FAILURE.match(text) else ""
        return Finding(tool=result.name, capability=capability, failure=failure[:300], text=text)
    value, wrapped_failure = _unwrapped(value)
    if isinstance(value, str):
        failure = value if wrapped_failure or FAILURE.match(value) else ""
        return Finding(tool=result.name, capability=capability, failure=failure[:300], text=value)
    rows, facts = _rows(value), _facts(value)
    failure = _failure(mapping(value), wrapped_failure)
    text = str(facts.get("message") or facts.get("text") or "")
    return Finding(tool=result.name, capability=capability, failure=failure, rows=rows, facts=facts, text=text)


def _json_in(text: str) -> object | None:
    """Return the first JSON object or array in a text, which may be framed by other words."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r"[\[{]", text):
        try:
            value, end = decoder.raw_decode(text, found.start())
        except ValueError:
            continue
        if isinstance(value, (dict, list)) and value and end - found.start() > len(text) // 4:
            return cast("object", value)
    return None


def _unwrapped(value: object) -> tuple[object, bool]:
    """Take a result out of MCP's envelope; return it and whether the envelope says it failed."""
    envelope = mapping(value)
    failed = envelope.get("isError") is True or envelope.get("is_error") is True
    for key in ("structuredContent", "structured_content", "result", "output", "data"):
        inner = envelope.get(key)
        if isinstance(inner, (dict, list)) and inner:
            deeper, also = _unwrapped(cast("object", inner))
            return deeper, failed or also
        if isinstance(inner, str) and set(envelope) <= {key, "status", "isError", "is_error"}:
            found = _json_in(inner)
            return (inner if found is None else found), failed
    content: object = envelope.get("content")
    if isinstance(content, list):
        text = "\n".join(
            str(part.get("text", "")) for part in map(mapping, cast("list[object]", content)) if "text" in part
        )
        found = _json_in(text)
        return (text if found is None else found), failed
    return value, failed


def _failure(value: Mapping[str, object], wrapped: bool) -> str:  # noqa: FBT001 - a pair's second half
    error: object = value.get("error")
    if error:
        inner = mapping(error)
        return str(inner.get("message") or inner.get("code") or error)[:300]
    status = str(value.get("status", "")).lower()
    if wrapped or status in FAILED_STATUSES:
        return str(value.get("message") or value.get("reason") or value.get("text") or "it reported an error")[:300]
    return ""


def _rows(value: object) -> list[Row]:
    """Return the largest list of objects among the outermost ones, each flattened to its scalars."""
    level = [value]
    for _ in range(DEEPEST):
        candidates = [_as_rows(cast("list[object]", part)) for part in level if isinstance(part, list)]
        best = max(candidates, key=len, default=[])
        if best:
            return best
        level = [inner for part in level for inner in _inside(part)]
    return []


def _as_rows(elements: list[object]) -> list[Row]:
    return [flat for element in elements if (flat := _flat(element))]


def _inside(value: object) -> list[object]:
    if isinstance(value, list):
        return cast("list[object]", value)
    return list(mapping(value).values())


def _flat(value: object) -> dict[str, Scalar]:
    result: dict[str, Scalar] = {}
    for key, part in mapping(value).items():
        if isinstance(part, (str, int, float, bool)):
            result[key.lower()] = part
        elif isinstance(part, dict):
            inner = mapping(cast("object", part))
            scalars = {name: x for name, x in inner.items() if isinstance(x, (str, int, float, bool))}
            if {"amount", "currency"} <= set(scalars) or {"value", "currency"} <= set(scalars):
                result[key.lower()] = scalars.get("amount", scalars.get("value", 0))
                result["currency"] = scalars["currency"]
            elif "name" in scalars:
                result[key.lower()] = scalars["name"]
                result = {name.lower(): x for name, x in scalars.items()} | result
    return result


def _facts(value: object) -> Row:
    return _flat(value) if isinstance(value, dict) else {}
