"""Who may use what: the catalog told from the side of a role. Pure."""

from dataclasses import dataclass

from shared.tools.catalog import Catalog, Policy, ServerSpec
from shared.tools.catalog_document import ExpiryName, ReadersName, TrustName

OTHERS = "*"
"""Stands for all tools of a server that the catalog does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one role may do with one tool: `policy` where one person talks to the coach, `in_group` in a group."""

    role: str
    server: str
    tool: str
    policy: Policy
    in_group: Policy
    read_only: bool
    idempotent: bool
    editable: bool
    expires: ExpiryName
    trust: TrustName
    readers: ReadersName


def roles_of(catalog: Catalog) -> tuple[str, ...]:
    """Return every role the catalog names, sorted."""
    return tuple(sorted({role for spec in catalog.servers.values() for role in spec.roles}))


def access_of(catalog: Catalog, role: str) -> tuple[Access, ...]:
    """Return what a person may do who holds this one role, by server and tool. What is denied is left out."""
    roles = frozenset({role})
    rows = (
        _access(catalog, spec, tool, role)
        for spec in catalog.servers_for(roles)
        for tool in (*sorted(spec.tools), OTHERS)
        if tool != OTHERS or spec.default_policy is not Policy.DENY
    )
    return tuple(row for row in rows if row.policy is not Policy.DENY)


def table(rows: tuple[Access, ...]) -> str:
    """Return the rows as text in columns, one line each, under a line of headings."""
    lines = [("role", "tool", "policy", "in a group", "effects", "trust", "readers")]
    lines += [
        (
            row.role,
            f"{row.server}.{row.tool}",
            row.policy,
            row.in_group,
            "none" if row.read_only else "repeatable" if row.idempotent else "once",
            row.trust,
            row.readers,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _access(catalog: Catalog, spec: ServerSpec, tool: str, role: str) -> Access:
    policy = catalog.policy(spec.name, tool, frozenset({role}))
    rules, labels = spec.tool_policy(tool), catalog.labels(spec.name, tool)
    return Access(
        role=role,
        server=spec.name,
        tool=tool,
        policy=policy,
        in_group=Policy.ASK if policy is Policy.ALLOW_PRIVATE else policy,
        read_only=rules.read_only,
        idempotent=rules.idempotent,
        editable=rules.editable,
        expires=rules.expires,
        trust=labels.trust,
        readers=labels.readers,
    )
