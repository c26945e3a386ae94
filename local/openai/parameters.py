"""The types of parameters that a response gives back as they came, so a wrong one must be refused."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from local.openai.errors import ApiError, invalid

MISSING = "missing"
WRONG_VALUE = "literal_error"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class _Reasoning(_Part):
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class _Format(_Part):
    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    strict: bool | None = None


class _Text(_Part):
    format: _Format | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class _Function(_Part):
    type: Literal["function"]
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class _Choice(_Part):
    type: Literal["function"]
    name: str


class _Parameters(_Part):
    instructions: str | None = None
    max_tool_calls: int | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    previous_response_id: str | None = None
    prompt_cache_key: str | None = None
    reasoning: _Reasoning | None = None
    safety_identifier: str | None = None
    store: bool | None = None
    stream: bool | None = None
    text: _Text | None = None
    tool_choice: Literal["none", "auto", "required"] | _Choice | None = None
    tools: list[_Function] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    user: str | None = None


def check(body: Mapping[str, Any]) -> None:
    """Refuse a parameter of a wrong type or value.

    Raises:
        ApiError: 400 that names it as the service does: `tools[0].name`.

    """
    try:
        _Parameters.model_validate(body)
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError) -> ApiError:
    first = error.errors(include_url=False, include_input=False)[0]
    names = [part for part in first["loc"] if isinstance(part, int) or not part.startswith(("_", "literal["))]
    param = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names).removeprefix(".")
    if first["type"] == MISSING:
        return invalid(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")
    if first["type"] == WRONG_VALUE:
        return invalid(f"Invalid value for '{param}': {first['msg']}.", param=param, code="invalid_value")
    return invalid(f"Invalid type for '{param}': {first['msg']}.", param=param, code="invalid_type")
