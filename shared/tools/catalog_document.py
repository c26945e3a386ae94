"""The shape of `mcpservers.json` and the errors a wrong one gives."""

import json
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from shared.errors import SettingsInvalid

DEFAULT_TIMEOUT_S = 20
DEFAULT_RESULT_BYTES = 256_000
MAX_RESULT_BYTES = 4_000_000

type PolicyName = Literal["deny", "ask", "allow_private", "allow"]
type Role = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
type Roles = Annotated[frozenset[Role], Field(min_length=1)]
type ServerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
type ToolName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]

_STRICT = ConfigDict(frozen=True, extra="forbid")


class CatalogInvalid(SettingsInvalid):
    """The catalog of MCP servers is wrong; the message names each server, tool and field."""


class ToolEntry(BaseModel):
    """One tool as written."""

    model_config = _STRICT

    policy: PolicyName
    idempotent: Annotated[bool, Field(strict=True)] = False
    roles: Roles | None = None


class ServerEntry(BaseModel):
    """One server as written."""

    model_config = _STRICT

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    roles: Roles
    timeout_s: Annotated[float, Field(gt=0, le=300)] = DEFAULT_TIMEOUT_S
    tools: dict[ToolName, ToolEntry] = {}
    default_policy: PolicyName = "deny"
    max_result_bytes: Annotated[int, Field(ge=1000, le=MAX_RESULT_BYTES)] = DEFAULT_RESULT_BYTES

    @model_validator(mode="after")
    def _tool_roles_are_server_roles(self) -> Self:
        for name, tool in self.tools.items():
            if strangers := sorted((tool.roles or frozenset()) - self.roles):
                raise ValueError(f"tools.{name}.roles: {', '.join(strangers)} not among the server's roles")
        return self


class CatalogDocument(BaseModel):
    """The whole file."""

    model_config = _STRICT

    servers: dict[ServerName, ServerEntry]


def read_document(text: str) -> CatalogDocument:
    """Parse and check the file's text.

    Raises:
        CatalogInvalid: naming every wrong place at once.

    """
    try:
        value: object = json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise CatalogInvalid(f"The MCP catalog is not valid JSON: {error}") from None
    try:
        return CatalogDocument.model_validate(value)
    except ValidationError as error:
        raise CatalogInvalid("The MCP catalog is wrong: " + "; ".join(_problems(error))) from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object; a name given twice would otherwise silently drop the first server or tool of that name."""
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"given twice in one object: {', '.join(twice)}")
    return value


def _problems(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(place) for place in problem['loc']) or 'file'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    ]
