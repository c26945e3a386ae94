"""Reading and judging a request to the Chat Completions API."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.openai import limits
from local.openai.ask import Ask, Called, Entry, Returned, Said, Tool, mapping, objects, text_of
from local.openai.errors import invalid

PARAMETERS = frozenset(
    {
        *("audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"),
        *("max_completion_tokens", "max_tokens", "messages", "metadata", "modalities", "model"),
        *("moderation", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key"),
        *("prompt_cache_options", "prompt_cache_retention", "reasoning_effort", "response_format"),
        *("safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options"),
        *("temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity"),
        "web_search_options",
    }
)
ROLES = ("system", "developer", "user", "assistant", "tool")


def read(body: Mapping[str, Any]) -> Ask:
    """Return the validated request.

    Raises:
        ApiError: what Azure would answer with 400.

    """
    limits.check_parameters(body, PARAMETERS)
    messages = list(objects(body.get("messages")))
    if not messages:
        raise invalid("Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter")
    _check_order(messages)
    entries = tuple(entry for index, message in enumerate(messages) for entry in _entries(index, message))
    tools, strict = _tools(body)
    limits.check_tools(tools, strict)
    choice = _choice(body.get("tool_choice"))
    limits.check_choice(choice, tools)
    wanted = mapping(body.get("response_format"))
    return Ask(
        api="chat",
        model=str(body["model"]),
        instructions="\n".join(
            entry.text for entry in entries if isinstance(entry, Said) and entry.role in ("system", "developer")
        ),
        entries=entries,
        body=body,
        tools=tools,
        choice=choice,
        parallel=body.get("parallel_tool_calls") is not False,
        schema=_schema(wanted),
        json_mode=wanted.get("type") == "json_object",
        stream=body.get("stream") is True,
        include_usage=mapping(body.get("stream_options")).get("include_usage") is True,
        max_tokens=limits.number(body, "max_completion_tokens", 1) or limits.number(body, "max_tokens", 1),
        reasoning=body.get("reasoning_effort") not in (None, "none", "minimal"),
        cache_key=str(body.get("prompt_cache_key") or ""),
    )


def _entries(index: int, message: Mapping[str, Any]) -> list[Entry]:
    role = message.get("role")
    if role not in ROLES:
        raise invalid(
            f"Invalid value: '{role}'. Supported values are: {', '.join(ROLES)}.",
            param=f"messages[{index}].role",
            code="invalid_value",
        )
    if role == "tool":
        return [Returned(call_id=str(message.get("tool_call_id")), output=text_of(message.get("content")))]
    calls = [
        Called(
            call_id=str(call.get("id")),
            name=str(mapping(call.get("function")).get("name")),
            arguments=str(mapping(call.get("function")).get("arguments")),
        )
        for call in objects(message.get("tool_calls"))
    ]
    content = message.get("content")
    if content is None and not calls:
        param = f"messages[{index}].content"
        raise invalid("Invalid value for 'content': expected a string, got null.", param=param, code="invalid_type")
    said = [Said(role=str(role), text=text_of(content))] if content or not calls else []
    return [*said, *calls]


def _check_order(messages: Sequence[Mapping[str, Any]]) -> None:
    """Tool messages must answer exactly the calls of the assistant message just before them."""
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        if message.get("role") == "tool":
            call_id = str(message.get("tool_call_id"))
            if call_id not in waiting:
                raise invalid(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding message "
                    "with 'tool_calls'.",
                    param=f"messages[{index}].role",
                )
            waiting.discard(call_id)
            continue
        if waiting:
            break
        waiting = {str(call.get("id")) for call in objects(message.get("tool_calls"))}
    if waiting:
        raise invalid(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following ids did not have response messages: {', '.join(sorted(waiting))}",
            param="messages",
        )


def _tools(body: Mapping[str, Any]) -> tuple[tuple[Tool, ...], list[str]]:
    functions = [mapping(tool.get("function")) for tool in objects(body.get("tools")) if tool.get("type") == "function"]
    tools = tuple(
        Tool(
            name=str(function.get("name")),
            description=str(function.get("description") or ""),
            parameters=mapping(function.get("parameters")),
        )
        for function in functions
    )
    return tools, [str(function["name"]) for function in functions if function.get("strict") is True]


def _choice(value: object) -> str:
    if isinstance(value, str):
        return value
    function = mapping(mapping(value).get("function"))
    return f"={function['name']}" if function.get("name") else "auto"


def _schema(wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if wanted.get("type") != "json_schema":
        return None
    declared = mapping(wanted.get("json_schema"))
    for name in ("name", "schema"):
        if not declared.get(name):
            param = f"response_format.json_schema.{name}"
            raise invalid(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    return mapping(declared["schema"])
