"""The shape of `mcpservers.json` and the errors a wrong one gives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from shared.errors import SettingsInvalid
from shared.tools.catalog_auth import AuthEntry, NoAuth

DEFAULT_TIMEOUT_S = 20
DEFAULT_RESULT_BYTES = 256_000
MAX_RESULT_BYTES = 4_000_000

type PolicyName = Literal["deny", "ask", "allow_private", "allow"]
type ExpiryName = Literal["read", "write", "external_send"]
type TrustName = Literal["trusted", "untrusted"]
type ReadersName = Literal["everyone", "asker"]
type Role = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
type Roles = Annotated[frozenset[Role], Field(min_length=1)]
type ServerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")]
type ToolName = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]

_STRICT = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place. `path` leads there by names and indexes; `at` is line and column, where known."""

    path: tuple[str | int, ...]
    message: str
    at: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'file'}: {self.message}"


class CatalogInvalid(SettingsInvalid):
    """The catalog of MCP servers is wrong; the message names each server, tool and field."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def because(cls, problems: Sequence[Problem], message: str | None = None) -> Self:
        """Return the error; without `message` it names every problem."""
        error = cls(message or "The MCP catalog is wrong: " + "; ".join(map(str, problems)))
        error.problems = tuple(problems)
        return error


class ToolEntry(BaseModel):
    """One tool as written."""

    model_config = _STRICT

    policy: PolicyName
    idempotent: Annotated[bool, Field(strict=True)] = False
    read_only: Annotated[bool, Field(strict=True)] = False
    editable: Annotated[bool, Field(strict=True)] = False
    expires: ExpiryName | None = None
    roles: Roles | None = None
    trust: TrustName | None = None
    readers: ReadersName | None = None
    always: Annotated[bool, Field(strict=True)] = False
    """Given to the model from the start also where there are so many tools that it has to search for them."""


class ServerEntry(BaseModel):
    """One server as written."""

    model_config = _STRICT

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    roles: Roles
    timeout_s: Annotated[float, Field(gt=0, le=300)] = DEFAULT_TIMEOUT_S
    tools: dict[ToolName, ToolEntry] = {}
    default_policy: PolicyName = "deny"
    max_result_bytes: Annotated[int, Field(ge=1000, le=MAX_RESULT_BYTES)] = DEFAULT_RESULT_BYTES
    auth: AuthEntry = NoAuth()
    trust: TrustName = "untrusted"
    readers: ReadersName | None = None
    private_network: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _tool_roles_are_server_roles(self) -> Self:
        for name, tool in self.tools.items():
            if strangers := sorted((tool.roles or frozenset()) - self.roles):
                raise ValueError(f"tools.{name}.roles: {', '.join(strangers)} not among the server's roles")
        return self


class CatalogDocument(BaseModel):
    """The whole file."""

    model_config = _STRICT

    schema_address: Annotated[str, Field(alias="$schema", max_length=2000)] = ""
    """For editors: where the JSON Schema of this file is."""
    servers: dict[ServerName, ServerEntry]


def read_document(text: str) -> CatalogDocument:
    """Parse and check the file's text.

    Raises:
        CatalogInvalid: naming every wrong place at once.

    """
    try:
        value: object = json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        place = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else None
        problem = Problem((), f"not valid JSON: {error}", place)
        raise CatalogInvalid.because([problem], f"The MCP catalog is {problem.message}") from None
    try:
        return CatalogDocument.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise CatalogInvalid.because([Problem(problem["loc"], problem["msg"]) for problem in found]) from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object; a name given twice would otherwise silently drop the first server or tool of that name."""
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"given twice in one object: {', '.join(twice)}")
    return value
