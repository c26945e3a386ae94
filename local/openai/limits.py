"""What both APIs refuse: unknown parameters, bad tools, knobs a reasoning model does not have, broken tool history."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.openai.ask import Ask, Called, Entry, Returned, Tool, mapping
from local.openai.errors import ApiError, context_length, invalid

CONTEXT_WINDOW = 272_000
MAX_TOOLS = 128
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
REASONING_MODEL = re.compile(r"(gpt-5|o[1-9])")
SAMPLING_KNOBS = ("temperature", "top_p", "presence_penalty", "frequency_penalty")


def check_parameters(body: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a parameter the API does not have, a missing model, and sampling knobs on reasoning models."""
    for name in body:
        if name not in known:
            raise invalid(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("Missing required parameter: 'model'.", param="model", code="missing_required_parameter")
    if not REASONING_MODEL.match(model):
        return
    for name in SAMPLING_KNOBS:
        default = 0 if name.endswith("_penalty") else 1
        if body.get(name) not in (None, default):
            raise invalid(
                f"Unsupported parameter: '{name}' is not supported with this model.",
                param=name,
                code="unsupported_parameter",
            )


def number(body: Mapping[str, Any], name: str, least: int) -> int | None:
    """Return an optional integer parameter that must be at least `least`."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(f"Invalid type for '{name}': expected an integer.", param=name, code="invalid_type")
    if value < least:
        raise invalid(
            f"Invalid '{name}': integer below minimum value. Expected a value >= {least}, got {value}.",
            param=name,
            code="integer_below_min_value",
        )
    return value


def check_tools(tools: Sequence[Tool], strict: Iterable[str]) -> None:
    """Refuse tool lists the service refuses; `strict` names the tools declared with `strict: true`."""
    if len(tools) > MAX_TOOLS:
        raise invalid(
            f"Invalid 'tools': array too long. Expected at most {MAX_TOOLS}, got {len(tools)}.",
            param="tools",
            code="array_above_max_length",
        )
    for index, tool in enumerate(tools):
        if not TOOL_NAME.fullmatch(tool.name):
            raise invalid(
                f"Invalid 'tools[{index}].name': string does not match pattern '^[a-zA-Z0-9_-]{{1,64}}$'.",
                param=f"tools[{index}].name",
                code="invalid_value",
            )
        if tool.parameters and tool.parameters.get("type") != "object":
            raise _bad_schema(index, tool, "schema must be a JSON Schema of 'type: \"object\"'")
    for name in strict:
        index, tool = next((i, tool) for i, tool in enumerate(tools) if tool.name == name)
        _check_strict(index, tool)


def _check_strict(index: int, tool: Tool) -> None:
    schema = tool.parameters
    if schema.get("additionalProperties") is not False:
        raise _bad_schema(index, tool, "'additionalProperties' is required to be supplied and to be false")
    missing = set(mapping(schema.get("properties"))) - set(schema.get("required") or ())
    if missing:
        detail = f"'required' must include every key in properties. Missing '{min(missing)}'"
        raise _bad_schema(index, tool, detail)


def _bad_schema(index: int, tool: Tool, detail: str) -> ApiError:
    return invalid(
        f"Invalid schema for function '{tool.name}': {detail}.",
        param=f"tools[{index}].parameters",
        code="invalid_function_parameters",
    )


def check_choice(choice: str, tools: Sequence[Tool]) -> None:
    """Refuse a tool choice that cannot be met."""
    if choice == "required" and not tools:
        raise invalid("Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
    if choice.startswith("=") and choice[1:] not in {tool.name for tool in tools}:
        raise invalid(f"Tool choice '{choice[1:]}' not found in 'tools' parameter.", param="tool_choice")


def check_pairs(entries: Sequence[Entry], param: str) -> None:
    """Refuse a tool output without its call, a call without its output, and a call id used twice."""
    called: set[str] = set()
    returned: set[str] = set()
    for entry in entries:
        if isinstance(entry, Called):
            if entry.call_id in called:
                raise invalid(f"Duplicate function call id '{entry.call_id}'.", param=param)
            called.add(entry.call_id)
        elif isinstance(entry, Returned):
            if entry.call_id not in called:
                raise invalid(f"No tool call found for function call output with call_id {entry.call_id}.", param=param)
            if entry.call_id in returned:
                raise invalid(f"Duplicate output for function call id '{entry.call_id}'.", param=param)
            returned.add(entry.call_id)
    for call_id in sorted(called - returned):
        raise invalid(f"No tool output found for function call {call_id}.", param=param)


def check_size(ask: Ask, window: int, param: str) -> None:
    """Refuse a prompt that does not fit the context window of `window` tokens."""
    asked = estimate(ask.prompt)
    if asked > window:
        raise context_length(window, asked, param)


def estimate(text: str) -> int:
    """Return about how many tokens a text is; at least one."""
    return max(1, len(text) // 4)
