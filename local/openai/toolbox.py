"""Matching what the brain needs to the tools a request offers, and filling in their arguments."""

import enum
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.openai.ask import Tool, mapping
from local.openai.reply import Call
from local.openai.schema_instance import instance


class Capability(enum.StrEnum):
    """What the brain can make use of; the value is how it speaks of it."""

    FIND = "the CRM account list"
    PIPELINE = "the CRM pipeline"
    ACTIVITIES = "the CRM activity history"
    LOG = "the CRM activity log"
    FORECAST = "the CRM forecast"
    PLAYBOOK = "the sales playbook"
    WEB = "web search"
    QUOTE = "quotes"
    REMEMBER = "your memory"


PATTERNS: Mapping[Capability, str] = {
    Capability.FIND: r"(find|search|look_?up|list|get|query)_?(accounts?|customers?|compan)",
    Capability.PIPELINE: r"pipeline|opportunit|(?<![a-z])deals?(?![a-z])",
    Capability.ACTIVITIES: r"(?<!log_)(?<!add_)(?<!create_)(?<!record_)activit",
    Capability.LOG: r"(log|add|create|record)_(activit|note|call)",
    Capability.FORECAST: r"forecast",
    Capability.PLAYBOOK: r"playbook|knowledge|handbook|coach|search_doc|rag",
    Capability.WEB: r"(search|browse)_?(the_)?(web|internet|news)|web_?search|internet|news",
    # The server alone will do: before a person has signed in to it, it offers no tool of that name.
    Capability.QUOTE: r"(get|find|show|read)_?quotes?|^quotes__",
    Capability.REMEMBER: r"^remember$",
}
CRM = (Capability.FIND, Capability.PIPELINE, Capability.ACTIVITIES)
ACCOUNT_NAMES = frozenset(
    [
        "account",
        "account_name",
        "account_id",
        "company",
        "company_name",
        "customer",
        "client",
        "organization",
        "organisation",
    ]
)
QUERY_NAMES = frozenset(
    ["query", "q", "search", "question", "topic", "keywords", "keyword", "term", "search_query", "input", "prompt"]
)
NOTE_NAMES = frozenset(["note", "notes", "description", "content", "body", "text", "summary", "message"])
KIND_NAMES = frozenset(["kind", "type", "activity_type", "channel"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A capability with what to ask it; `query` is search text, `note` what to write down."""

    capability: Capability
    query: str = ""
    note: str = ""


def find(tools: Sequence[Tool], capability: Capability) -> Tool | None:
    """Return the offered tool for a capability: by its own name, its server's name, then its description."""
    pattern = PATTERNS[capability]
    for text in (_own_name, _full_name):
        matching = [tool for tool in tools if re.search(pattern, text(tool))]
        if matching:
            return min(matching, key=lambda tool: not _takes_text(tool))
    if capability in CRM:
        for tool in tools:
            if re.search(r"crm", _own_name(tool)):
                return tool
    words = capability.value.removeprefix("the ").lower()
    return next((tool for tool in tools if words in tool.description.lower()), None)


def capability_of(tool_name: str) -> Capability | None:
    """Return the capability a tool was called for, judged by its name."""
    tool = Tool(name=tool_name, description="", parameters={})
    return next((capability for capability in Capability if find((tool,), capability)), None)


def call(tool: Tool, need: Need, company: str) -> Call:
    """Return a call of a tool with arguments that satisfy its schema."""

    def hint(name: str, schema: Mapping[str, Any]) -> object | None:
        key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        if key in ACCOUNT_NAMES or (key == "name" and need.capability in CRM):
            return company or None
        if key in QUERY_NAMES:
            return need.query or company or None
        if key in KIND_NAMES:
            return _kind(need.query or need.note, schema)
        if key in NOTE_NAMES and need.note:
            return need.note
        return None

    arguments = instance(tool.parameters or {"type": "object"}, hint)
    return Call(name=tool.name, arguments=json.dumps(arguments, ensure_ascii=False))


def any_call(tool: Tool, question: str, company: str) -> Call:
    """Return a call of a tool the client insists on."""
    return call(tool, Need(capability=capability_of(tool.name) or Capability.WEB, query=question), company)


def _kind(text: str, schema: Mapping[str, Any]) -> object | None:
    words = re.findall(r"[a-z]+", text.lower().replace("e-mail", "email"))
    options: Sequence[object] = schema.get("enum") or ("call", "meeting", "email", "note")
    return next((option for option in options if str(option).lower() in words), options[0])


def _own_name(tool: Tool) -> str:
    return tool.name.rpartition("__")[2].lower()


def _full_name(tool: Tool) -> str:
    return tool.name.lower()


def _takes_text(tool: Tool) -> bool:
    names = {name.lower() for name in mapping(tool.parameters.get("properties"))}
    return bool(names & (QUERY_NAMES | ACCOUNT_NAMES | NOTE_NAMES))
