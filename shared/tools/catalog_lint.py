"""What is wrong with a catalog, and what is allowed but looks like a mistake. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from shared.tools.catalog import Catalog
from shared.tools.catalog_auth import client_id_of, is_personal, issuer_of
from shared.tools.catalog_document import (
    CatalogDocument,
    CatalogInvalid,
    Problem,
    ServerEntry,
    ToolEntry,
    read_document,
)
from shared.tools.catalog_places import place_of
from shared.tools.server_url import variables_of

_SECRET_FIELD = re.compile(r"[?&](?:[a-z_-]*(?:key|token|secret|password|sig|code))=[^&%]", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"eyJ[\w-]{8,}\.|AccountKey=|\bsk-[\w-]{16,}|(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{40,}")
_ALIKE = 0.8
_STAND_IN = "https://variable.invalid"

type _Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark. An `error` keeps the file from being used; a `warning` does not."""

    level: Literal["error", "warning"]
    path: _Path
    message: str
    line: int
    column: int

    def __str__(self) -> str:
        place = ".".join(map(str, self.path))
        return f"{self.line}:{self.column}: {self.level}: {place + ': ' if place else ''}{self.message}"


def lint(text: str) -> tuple[Finding, ...]:
    """Return all errors, or, where there are none, all warnings; in the order of the file.

    Variables in addresses are taken to have a value.
    """
    try:
        document = read_document(text)
        Catalog.load(text, stand_ins(document))
    except CatalogInvalid as error:
        found = [_finding(text, "error", problem) for problem in error.problems]
    else:
        found = [_finding(text, "warning", problem) for problem in _warnings(document)]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column)))


def stand_ins(document: CatalogDocument) -> dict[str, str]:
    """Return a value for every variable, to judge a catalog where the app's settings are not at hand."""
    templates = [text for entry in document.servers.values() for text in (entry.url, issuer_of(entry.auth) or "")]
    return {name: _STAND_IN for template in templates for name in variables_of(template)}


def _finding(text: str, level: Literal["error", "warning"], problem: Problem) -> Finding:
    line, column = problem.at or (place_of(text, problem.path) if problem.path else (1, 1))
    return Finding(level=level, path=problem.path, message=problem.message, line=line, column=column)


def _warnings(document: CatalogDocument) -> Iterator[Problem]:
    if not document.servers:
        yield Problem(("servers",), "no server: nobody may use any tool")
    for name, entry in document.servers.items():
        yield from _server_warnings(("servers", name), entry)
        for tool, rules in entry.tools.items():
            yield from _tool_warnings(("servers", name, "tools", tool), rules)
    yield from _role_warnings(document)


def _server_warnings(path: _Path, entry: ServerEntry) -> Iterator[Problem]:
    if entry.url.startswith("http://"):
        yield Problem((*path, "url"), "http instead of https: only for a server on this machine")
    if _SECRET_FIELD.search(entry.url) or _SECRET_VALUE.search(entry.url):
        yield Problem((*path, "url"), "looks as if it held a secret; name an app setting with auth instead")
    if _SECRET_VALUE.fullmatch(client_id_of(entry.auth) or ""):
        yield Problem((*path, "auth", "client_id"), "looks like a secret rather than a name")
    if entry.default_policy != "deny":
        yield Problem((*path, "default_policy"), "tools nobody has looked at may be used, also those added later")
    elif all(rules.policy == "deny" for rules in entry.tools.values()):
        yield Problem(path, "nobody may use any of its tools")
    if is_personal(entry.auth) and entry.readers == "everyone":
        yield Problem(
            (*path, "readers"), "what a person's own account returns would be seen by everybody in the conversation"
        )


def _tool_warnings(path: _Path, rules: ToolEntry) -> Iterator[Problem]:
    if rules.policy == "deny":
        return
    if not {"read_only", "idempotent"} & rules.model_fields_set:
        yield Problem(path, "says neither read_only nor idempotent, so it is taken to have effects")
    if rules.read_only and rules.idempotent is False and "idempotent" in rules.model_fields_set:
        yield Problem((*path, "idempotent"), "read_only tools are idempotent")
    if rules.read_only and rules.expires in {"write", "external_send"}:
        yield Problem((*path, "expires"), f"a read_only tool does not {rules.expires.replace('_', ' ')}")
    if rules.expires == "external_send" and rules.policy == "allow":
        yield Problem((*path, "policy"), "sends something out of the company without asking anyone, also in a group")


def _role_warnings(document: CatalogDocument) -> Iterator[Problem]:
    """Warn of roles that are spelled almost like another one: such a role has nobody in it."""
    uses = [(name, role) for name, entry in document.servers.items() for role in sorted(entry.roles)]
    counts = {role: sum(other == role for _, other in uses) for _, role in uses}
    for name, role in uses:
        others = {other.casefold(): other for other in counts if other != role and counts[other] >= counts[role]}
        if alike := get_close_matches(role.casefold(), others, n=1, cutoff=_ALIKE):
            yield Problem(("servers", name, "roles"), f"{role} looks like {others[alike[0]]}: is there such a role?")
