"""Which tools exist, and who may call them: `mcpservers.json`, read once and checked as a whole.

A tool is offered only to someone who holds one of the server's roles, and one of the tool's own roles when it lists
any. What is not listed is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shared.tools.catalog_document import ServerEntry, ToolEntry, read_document
from shared.tools.server_url import resolve_url


class Policy(StrEnum):
    """What may happen when the model asks for a tool."""

    DENY = "deny"
    ASK = "ask"
    """Only after a person agrees; never offered as long as nobody can be asked."""
    ALLOW_PRIVATE = "allow_private"
    """Without asking where one person talks to the coach; in a group as `ask`."""
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPolicy:
    """The rules for one tool. `roles` narrows the server's roles; None means all of them."""

    policy: Policy
    idempotent: bool = False
    """Calling twice with the same arguments has the effect of calling once."""
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSpec:
    """One MCP server. `max_result_bytes` bounds a result's text in UTF-8."""

    name: str
    url: str
    roles: frozenset[str]
    timeout_s: float
    tools: Mapping[str, ToolPolicy]
    max_result_bytes: int
    default_policy: Policy = Policy.DENY

    def tool_policy(self, tool: str) -> ToolPolicy:
        """Return the tool's rules; a tool not listed gets the server's default."""
        return self.tools.get(tool) or ToolPolicy(policy=self.default_policy)

    def offers(self, tool: str) -> bool:
        """Tell whether anyone at all may call the tool."""
        return self.tool_policy(tool).policy in _CALLABLE


_CALLABLE = frozenset({Policy.ALLOW, Policy.ALLOW_PRIVATE})


@dataclass(frozen=True, slots=True)
class Catalog:
    """All servers by name."""

    servers: Mapping[str, ServerSpec]

    @classmethod
    def load(cls, text: str, variables: Mapping[str, str]) -> "Catalog":
        """Read the text of `mcpservers.json`; `%NAME%` in a URL is replaced from `variables`.

        Raises:
            CatalogInvalid: naming every server, tool and field that is wrong.

        """
        document = read_document(text)
        specs = {name: _spec(name, entry, variables) for name, entry in sorted(document.servers.items())}
        return cls(servers=MappingProxyType(specs))

    def servers_for(self, roles: frozenset[str]) -> tuple[ServerSpec, ...]:
        """Return the servers a holder of `roles` may use, sorted by name."""
        return tuple(spec for spec in self.servers.values() if spec.roles & roles)

    def policy(self, server: str, tool: str, roles: frozenset[str]) -> Policy:
        """Return what applies to a holder of `roles`; anything unknown is denied."""
        spec = self.servers.get(server)
        if spec is None or not spec.roles & roles:
            return Policy.DENY
        rules = spec.tool_policy(tool)
        if rules.roles is not None and not rules.roles & roles:
            return Policy.DENY
        return rules.policy

    def may_call(self, server: str, tool: str, roles: frozenset[str], *, in_group: bool = False) -> bool:
        """Tell whether the tool may be called now without asking anyone. In a group `allow_private` does not count."""
        policy = self.policy(server, tool, roles)
        return policy is Policy.ALLOW or (policy is Policy.ALLOW_PRIVATE and not in_group)


def _spec(name: str, entry: ServerEntry, variables: Mapping[str, str]) -> ServerSpec:
    return ServerSpec(
        name=name,
        url=resolve_url(entry.url, variables, place=f"servers.{name}.url"),
        roles=entry.roles,
        timeout_s=entry.timeout_s,
        tools=MappingProxyType({tool: _rules(rules) for tool, rules in entry.tools.items()}),
        max_result_bytes=entry.max_result_bytes,
        default_policy=Policy(entry.default_policy),
    )


def _rules(entry: ToolEntry) -> ToolPolicy:
    return ToolPolicy(policy=Policy(entry.policy), idempotent=entry.idempotent, roles=entry.roles)
