"""Reading and judging a request to the Responses API."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from local.openai import limits, parameters
from local.openai.ask import Ask, Called, Entry, Returned, Said, Thought, Tool, mapping, objects, text_of
from local.openai.errors import ApiError, invalid, not_found

PARAMETERS = frozenset(
    {
        *("access_programs", "background", "background_options", "context_management", "conversation"),
        *("image", "include", "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata"),
        *("model", "moderation", "parallel_tool_calls", "previous_response_id", "prompt"),
        *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning"),
        *("safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text"),
        *("tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user"),
    }
)
LEAST_OUTPUT_TOKENS = 16
PARTS = {"user": "input_text", "assistant": "output_text"}


def read(body: Mapping[str, Any], history: Sequence[Mapping[str, Any]], known_items: set[str]) -> Ask:
    """Return the validated request.

    `history` holds the items of the response named by `previous_response_id`; `known_items` the ids of all
    stored items, which may be sent back by id.

    Raises:
        ApiError: what Azure would answer with 400 or 404.

    """
    entries = _checked_entries(body, history, known_items)
    tools, strict = _tools(body)
    limits.check_tools(tools, strict)
    choice = _choice(body.get("tool_choice"))
    limits.check_choice(choice, tools)
    reasoning = mapping(body.get("reasoning"))
    text_format = mapping(mapping(body.get("text")).get("format"))
    include = _include(body.get("include"))
    summary = reasoning.get("summary") is not None
    encrypted = "reasoning.encrypted_content" in include
    effort = reasoning.get("effort")
    return Ask(
        api="responses",
        model=str(body["model"]),
        instructions=_instructions(body, entries),
        entries=entries,
        body=body,
        tools=tools,
        choice=choice,
        parallel=body.get("parallel_tool_calls") is not False,
        schema=_schema(text_format),
        json_mode=text_format.get("type") == "json_object",
        stream=body.get("stream") is True,
        max_tokens=limits.number(body, "max_output_tokens", LEAST_OUTPUT_TOKENS),
        reasoning=effort not in ("none", "minimal") and (summary or bool(effort)),
        reasoning_summary=summary,
        reasoning_encrypted=encrypted,
        cache_key=str(body.get("prompt_cache_key") or ""),
    )


def _checked_entries(
    body: Mapping[str, Any], history: Sequence[Mapping[str, Any]], known_items: set[str]
) -> tuple[Entry, ...]:
    limits.check_parameters(body, PARAMETERS)
    parameters.check(body)
    entries = tuple(entry for item in (*history, *_items(body)) for entry in _entries(item))
    _check_thoughts(entries, known_items)
    limits.check_pairs(entries, "input")
    return entries


def _items(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    given = body.get("input")
    if isinstance(given, str):
        return ({"type": "message", "role": "user", "content": given},)
    if not isinstance(given, list):
        raise invalid("Missing required parameter: 'input'.", param="input", code="missing_required_parameter")
    return tuple(objects(given))


def as_items(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the request's input as a list of items."""
    return list(_items(body))


def _entries(item: Mapping[str, Any]) -> tuple[Entry, ...]:
    kind = item.get("type") or "message"
    match kind:
        case "message":
            return (_message(item),)
        case "function_call":
            return (
                Called(
                    call_id=_string(item, "call_id"),
                    name=_string(item, "name"),
                    arguments=_string(item, "arguments"),
                ),
            )
        case "function_call_output":
            return (Returned(call_id=_string(item, "call_id"), output=text_of(item.get("output"))),)
        case "reasoning":
            return (Thought(item_id=str(item.get("id") or ""), encrypted=bool(item.get("encrypted_content"))),)
        case _:
            raise invalid(f"Invalid value: '{kind}'.", param="input", code="invalid_value")


def _message(item: Mapping[str, Any]) -> Said:
    role = item.get("role")
    if role not in ("user", "assistant", "system", "developer"):
        raise invalid(f"Invalid value for 'role': '{role}'.", param="input", code="invalid_value")
    content = item.get("content")
    if not isinstance(content, (str, list)):
        raise invalid("Invalid type for 'content'.", param="input", code="invalid_type")
    wanted = PARTS.get(role, "input_text")
    for part in objects(content):
        kind = part.get("type")
        if kind in PARTS.values() and kind != wanted:
            raise invalid(
                f"Invalid value: '{kind}'. A message of role '{role}' takes '{wanted}'.",
                param="input",
                code="invalid_value",
            )
    return Said(role=role, text=text_of(content))


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise invalid(f"Missing required parameter: '{name}' of an input item.", param="input")
    return value


def _check_thoughts(entries: Sequence[Entry], known_items: set[str]) -> None:
    for index, entry in enumerate(entries):
        if not isinstance(entry, Thought):
            continue
        if not entry.encrypted and entry.item_id not in known_items:
            raise not_found(
                f"Item with id '{entry.item_id}' not found. Items are not persisted when `store` is false. "
                "Store the response, include the encrypted content, or leave the item out."
            )
        following = entries[index + 1] if index + 1 < len(entries) else None
        if following is None or (isinstance(following, Said) and following.role != "assistant"):
            raise invalid(
                f"Item '{entry.item_id}' of type 'reasoning' was provided without its required following item.",
                param="input",
            )


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], list[str]]:
    tools: list[Tool] = []
    strict: list[str] = []
    for index, tool in enumerate(objects(body.get("tools"))):
        if tool.get("type") != "function":
            continue
        name = tool.get("name")
        if not isinstance(name, str):
            param = f"tools[{index}].name"
            raise invalid(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
        parameters = mapping(tool.get("parameters"))
        tools.append(Tool(name=name, description=str(tool.get("description") or ""), parameters=parameters))
        if tool.get("strict") is True:
            strict.append(name)
    return tuple(tools), strict


def _include(value: object) -> Sequence[object]:
    if value is None or isinstance(value, list):
        return cast("list[object]", value or [])
    raise invalid("Invalid type for 'include': expected an array.", param="include", code="invalid_type")


def _choice(value: object) -> str:
    if isinstance(value, str):
        return value
    chosen = mapping(value)
    return f"={chosen.get('name')}" if chosen.get("type") == "function" else "auto"


def _schema(text_format: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if text_format.get("type") != "json_schema":
        return None
    for name in ("name", "schema"):
        if not text_format.get(name):
            raise invalid(
                f"Missing required parameter: 'text.format.{name}'.",
                param=f"text.format.{name}",
                code="missing_required_parameter",
            )
    return mapping(text_format["schema"])


def _instructions(body: Mapping[str, Any], entries: Sequence[Entry]) -> str:
    said = [entry.text for entry in entries if isinstance(entry, Said) and entry.role in ("system", "developer")]
    return "\n".join([str(body.get("instructions") or ""), *said]).strip()


def previous_not_found(response_id: str) -> ApiError:
    return invalid(
        f"Previous response with id '{response_id}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )
