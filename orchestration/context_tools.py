"""Which tools the model is given in a step, and what its search for others answers. Pure.

Up to `SEARCH_ABOVE` tools it is given all. Above that it is given `find_tools`, and as many others: those that are
always given, those its searches found in this conversation, and those it used last. Where the person's memory is
switched on, it is given `remember` too. What it was not given and calls all the same is checked like any other call.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from orchestration.remember_tool import REMEMBER_TOOL
from shared.event_log.documents import Manifest, ManifestTool
from shared.event_log.shapes import Record
from shared.model import ModelTool
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import ToolCallPart
from shared.tools.descriptions import canonical
from shared.tools.names import FIND_TOOLS, told_name
from shared.tools.tool_search import SEARCH_ABOVE, Described, search

FOUND_AT_ONCE = 8
MAX_ALWAYS = 10
MAX_USED = 10

_PARAMETERS = canonical(
    {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What the tool should do, in a few English words."},
        },
        "required": ["query"],
        "additionalProperties": False,
    }
)


def given_tools(manifest: Manifest, record: Record, *, remembers: bool = False) -> tuple[ModelTool, ...]:
    """Return the tools for the next step: the built-in ones first, the others in the manifest's order.

    `remembers`: the asker has switched on a memory that belongs into this conversation.
    """
    return (*((REMEMBER_TOOL,) if remembers else ()), *_of_servers(manifest, record))


def _of_servers(manifest: Manifest, record: Record) -> tuple[ModelTool, ...]:
    if not is_searched(manifest):
        return tuple(_model_tool(tool) for tool in manifest.tools)
    known = {tool.model_name for tool in manifest.tools}
    always = [tool.model_name for tool in manifest.tools if tool.always][:MAX_ALWAYS]
    past = _past_of(manifest, record)
    wanted = (*always, *past.found, *past.used[:MAX_USED])
    names = set(list(dict.fromkeys(name for name in wanted if name in known))[:SEARCH_ABOVE])
    return (_search_tool(manifest), *(_model_tool(tool) for tool in manifest.tools if tool.model_name in names))


def is_searched(manifest: Manifest) -> bool:
    """Tell whether there are too many tools to give all of them."""
    return len(manifest.tools) > SEARCH_ABOVE


def search_answer(manifest: Manifest, call: ToolCallPart) -> str | None:
    """Return what a call of the search is answered, or None if it is no such call.

    Only names are told: what the tools do comes with the tools, in the next step.
    """
    if call.server or call.tool != FIND_TOOLS or not is_searched(manifest):
        return None
    query = _query(call.arguments)
    if query is None:
        return 'Give the words to look for: {"query": "..."}.'
    found = _found(manifest, query)
    if found:
        return "Found, and given to you from now on: " + ", ".join(found)
    return f"No tool fits these words. Try others, or do without. There are tools of: {_servers(manifest)}."


@dataclass(slots=True)
class _Past:
    """What the conversation found and used, each newest first."""

    found: list[str] = field(default_factory=list[str])
    used: list[str] = field(default_factory=list[str])


def _past_of(manifest: Manifest, record: Record) -> _Past:
    past = _Past()
    for call in reversed(list(_calls(record))):
        if call.server:
            past.used.append(told_name(call.server, call.tool))
        elif call.tool == FIND_TOOLS and (query := _query(call.arguments)) is not None:
            past.found += _found(manifest, query)
    past.found, past.used = list(dict.fromkeys(past.found)), list(dict.fromkeys(past.used))
    return past


def _calls(record: Record) -> Iterator[ToolCallPart]:
    steps = (event for event in record.events if isinstance(event, MessageCompleted))
    return (part for step in steps for part in step.parts if isinstance(part, ToolCallPart))


def _found(manifest: Manifest, query: str) -> tuple[str, ...]:
    return search(_described(manifest.tools), query, FOUND_AT_ONCE)


def _described(tools: Iterable[ManifestTool]) -> list[Described]:
    return [Described(name=tool.model_name, description=tool.description) for tool in tools]


def _query(arguments: str) -> str | None:
    try:
        value: object = json.loads(arguments)
    except (ValueError, RecursionError):
        return None
    query = cast("dict[str, object]", value).get("query") if isinstance(value, dict) else None
    return query if isinstance(query, str) and query.strip() else None


def _search_tool(manifest: Manifest) -> ModelTool:
    description = (
        f"Search the {len(manifest.tools)} tools you may use; only some are given to you. What is found can be called"
        f" in your next step. There are tools of: {_servers(manifest)}."
    )
    return ModelTool(name=FIND_TOOLS, description=description, parameters=_PARAMETERS)


def _servers(manifest: Manifest) -> str:
    counts: dict[str, int] = {}
    for tool in manifest.tools:
        counts[tool.server] = counts.get(tool.server, 0) + 1
    return ", ".join(f"{server} ({count})" for server, count in sorted(counts.items()))


def _model_tool(tool: ManifestTool) -> ModelTool:
    return ModelTool(name=tool.model_name, description=tool.description, parameters=tool.parameters)
