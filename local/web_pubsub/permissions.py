"""What one client may do with groups: role strings, wildcard roles, and grants made over REST."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class Permission(StrEnum):
    JOIN_LEAVE = "joinLeaveGroup"
    SEND = "sendToGroup"


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Return the regex of a wildcard role.

    `*` stands for characters within one dot-separated segment, `**` for any characters, `?` for one that is
    not a dot; a backslash makes the next character literal.
    """
    out: list[str] = []
    rest = iter(re.findall(r"\\.|\*\*|.", pattern, re.DOTALL))
    for piece in rest:
        match piece:
            case "**":
                out.append(".*")
            case "*":
                out.append("[^.]*")
            case "?":
                out.append("[^.]")
            case _:
                out.append(re.escape(piece[1:] if len(piece) > 1 else piece))
    return re.compile("".join(out), re.DOTALL)


class Permissions:
    """The groups one connection may join or leave, and those it may publish to."""

    __slots__ = ("_everywhere", "_named", "_patterns")

    def __init__(self, roles: Iterable[str] = ()) -> None:
        """Roles that are not about groups are ignored, as the service does."""
        self._everywhere: frozenset[Permission] = frozenset()
        self._named: frozenset[tuple[Permission, str]] = frozenset()
        self._patterns: tuple[tuple[Permission, re.Pattern[str]], ...] = ()
        for role in roles:
            self._add_role(role)

    def _add_role(self, role: str) -> None:
        for permission in Permission:
            base = f"webpubsub.{permission}"
            if role == base:
                self.grant(permission, None)
            elif role.startswith(f"{base}."):
                self.grant(permission, role.removeprefix(f"{base}."))
            elif role.startswith(f"{base}s."):
                pattern = compile_pattern(role.removeprefix(f"{base}s."))
                self._patterns = (*self._patterns, (permission, pattern))

    def allows(self, permission: Permission, group: str | None) -> bool:
        """Say whether `group` is covered; None asks for all groups."""
        if permission in self._everywhere:
            return True
        if group is None:
            return False
        if (permission, group) in self._named:
            return True
        return any(kind is permission and regex.fullmatch(group) for kind, regex in self._patterns)

    def grant(self, permission: Permission, group: str | None) -> None:
        if group is None:
            self._everywhere |= {permission}
        else:
            self._named |= {(permission, group)}

    def revoke(self, permission: Permission, group: str | None) -> None:
        """Take back one named grant, or (None) the grant for all groups; others stay."""
        if group is None:
            self._everywhere -= {permission}
        else:
            self._named -= {(permission, group)}
