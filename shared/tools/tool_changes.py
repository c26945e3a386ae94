"""Notices when a server describes a tool otherwise than before: what people agreed to may no longer be what it does."""

import logging
from collections.abc import Sequence

from shared.tools.catalog import ServerSpec
from shared.tools.descriptions import ToolDescription
from shared.tools.text import clean_line

_SECURITY = logging.getLogger("salescoach.security")
_MOST_REMEMBERED = 2_000


class ToolChanges:
    """Remembers the digests of each listing, by a key for its server and, where lists are personal, its person."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def notice(self, key: str, server: ServerSpec, tools: Sequence[ToolDescription]) -> None:
        """Log each tool that changed since this key's last listing, once."""
        now = {tool.tool: tool.digest for tool in tools}
        before = self._seen.pop(key, now)
        for name, digest in now.items():
            if name in before and before[name] != digest:
                _SECURITY.warning(
                    "tool changed server=%s tool=%s digest=%s before=%s",
                    server.name,
                    clean_line(name),
                    digest,
                    before[name],
                )
        if len(self._seen) >= _MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        # A tool that is away for a while must not come back changed without notice.
        self._seen[key] = before | now
