"""Which tools exist, and who may call them: `mcpservers.json`, read once and checked as a whole.

A tool is offered only to someone who holds one of the server's roles, and one of the tool's own roles when it lists
any. What is not listed is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from shared.tools.catalog_auth import AuthEntry, NoAuth, is_personal, issuer_of
from shared.tools.catalog_document import (
    CatalogInvalid,
    ExpiryName,
    Problem,
    ReadersName,
    ServerEntry,
    ToolEntry,
    TrustName,
    read_document,
)
from shared.tools.server_url import resolve_url

SIGN_IN_TOOL = "sign_in_to_server"
"""Stands for all tools of a server that wants a sign-in first; ours, never the server's."""


class Policy(StrEnum):
    """What may happen when the model asks for a tool."""

    DENY = "deny"
    ASK = "ask"
    """Only after the person who asked agrees."""
    ALLOW_PRIVATE = "allow_private"
    """Without asking where one person talks to the coach; in a group as `ask`."""
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPolicy:
    """The rules for one tool. `roles` narrows the server's roles; None means all of them."""

    policy: Policy
    idempotent: bool = False
    """Calling twice with the same arguments has the effect of calling once."""
    read_only: bool = False
    """Calling it changes nothing anywhere."""
    editable: bool = False
    """Who approves a call may change its arguments."""
    expires: ExpiryName = "write"
    """Which class of card asks for approval; it decides how long the card waits."""
    roles: frozenset[str] | None = None
    trust: TrustName | None = None
    """Overrides the server's `trust`."""
    readers: ReadersName | None = None
    """Overrides the server's `readers`."""
    always: bool = False
    """Given to the model from the start also where there are so many tools that it has to search for them."""


_SIGN_IN = ToolPolicy(policy=Policy.ALLOW, idempotent=True, read_only=True, expires="read", readers="asker")


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
    auth: AuthEntry = field(default_factory=NoAuth)
    trust: TrustName = "untrusted"
    """Whether what it returns comes from us (`trusted`) or from strangers, who may try to instruct the model."""
    readers: ReadersName = "everyone"
    """Who may see what it returns: all members of the conversation, or only the person who asked."""
    private_network: bool = False
    """Its host may have a private or loopback address."""

    @property
    def encrypted(self) -> bool:
        """It is called over TLS."""
        return self.url.startswith("https:")

    @property
    def personal(self) -> bool:
        """Each person calls it with a credential of their own, and may see tools of their own."""
        return is_personal(self.auth)

    def tool_policy(self, tool: str) -> ToolPolicy:
        """Return the tool's rules; a tool not listed gets the server's default."""
        if tool == SIGN_IN_TOOL and self.personal:
            return _SIGN_IN
        return self.tools.get(tool) or ToolPolicy(policy=self.default_policy)

    def labels(self, tool: str) -> "Labels":
        """Return who may see what the tool returns and whether to trust it."""
        rules = self.tool_policy(tool)
        return Labels(readers=rules.readers or self.readers, trust=rules.trust or self.trust)

    def offers(self, tool: str) -> bool:
        """Tell whether anyone at all may call the tool."""
        return self.tool_policy(tool).policy in _CALLABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Who may see a tool's results, and whether they may instruct the model."""

    readers: ReadersName
    trust: TrustName


_CALLABLE = frozenset({Policy.ALLOW, Policy.ALLOW_PRIVATE, Policy.ASK})


@dataclass(frozen=True, slots=True)
class Catalog:
    """All servers by name. `text` is what they were read from."""

    servers: Mapping[str, ServerSpec]
    text: str = ""

    @classmethod
    def load(cls, text: str, variables: Mapping[str, str]) -> "Catalog":
        """Read the text of `mcpservers.json`; `%NAME%` in a URL is replaced from `variables`.

        Raises:
            CatalogInvalid: naming every server, tool and field that is wrong.

        """
        document = read_document(text)
        specs: dict[str, ServerSpec] = {}
        problems: list[Problem] = []
        for name, entry in sorted(document.servers.items()):
            try:
                specs[name] = _spec(name, entry, variables)
            except CatalogInvalid as error:
                problems += error.problems
        if problems:
            raise CatalogInvalid.because(problems)
        return cls(servers=MappingProxyType(specs), text=text)

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

    def labels(self, server: str, tool: str) -> Labels:
        """Return who may see what the tool returns and whether to trust it; strictest for what is unknown."""
        spec = self.servers.get(server)
        return Labels(readers="asker", trust="untrusted") if spec is None else spec.labels(tool)

    def may_call(self, server: str, tool: str, roles: frozenset[str], *, in_group: bool = False) -> bool:
        """Tell whether the tool may be called now without asking anyone. In a group `allow_private` does not count."""
        policy = self.policy(server, tool, roles)
        return policy is Policy.ALLOW or (policy is Policy.ALLOW_PRIVATE and not in_group)


def _spec(name: str, entry: ServerEntry, variables: Mapping[str, str]) -> ServerSpec:
    return ServerSpec(
        name=name,
        url=resolve_url(entry.url, variables, path=("servers", name, "url")),
        roles=entry.roles,
        timeout_s=entry.timeout_s,
        tools=MappingProxyType({tool: _rules(rules) for tool, rules in entry.tools.items()}),
        max_result_bytes=entry.max_result_bytes,
        default_policy=Policy(entry.default_policy),
        auth=_resolved(name, entry.auth, variables),
        trust=entry.trust,
        readers=entry.readers or _own_readers(entry.auth),
        private_network=entry.private_network,
    )


def _rules(entry: ToolEntry) -> ToolPolicy:
    return ToolPolicy(
        policy=Policy(entry.policy),
        idempotent=entry.idempotent or entry.read_only,
        read_only=entry.read_only,
        editable=entry.editable,
        expires=entry.expires or ("read" if entry.read_only else "write"),
        roles=entry.roles,
        trust=entry.trust,
        readers=entry.readers,
        always=entry.always,
    )


def _resolved(name: str, auth: AuthEntry, variables: Mapping[str, str]) -> AuthEntry:
    issuer = issuer_of(auth)
    if issuer is None:
        return auth
    return auth.model_copy(update={"issuer": resolve_url(issuer, variables, path=("servers", name, "auth", "issuer"))})


def _own_readers(auth: AuthEntry) -> ReadersName:
    """What a server returns to one person's own credential is that person's, unless the catalog says otherwise."""
    return "asker" if is_personal(auth) else "everyone"
