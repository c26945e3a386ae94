"""The Cosmos containers the code expects, as data: infrastructure and the development cloud create exactly these.

`default_ttl` (seconds) is how long items live that carry no `ttl`; -1: for ever.
"""

from dataclasses import dataclass

SESSIONS = "sessions"
GROUPS = "groups"
PEOPLE = "people"
CREDENTIALS = "credentials"
SECURITY = "security"
_SECURITY_KEPT_S = 90 * 24 * 3600
INSIGHTS = "insights"
RESULTS = "results"
"""Blob container of large tool results; a conversation's are named `<conversation>/...`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDefinition:
    """Name, partition key path, and the paths Cosmos must not index (never filtered or sorted on)."""

    name: str
    partition_key: str
    default_ttl: int = -1
    unindexed: tuple[str, ...] = ()


_LOG_UNINDEXED = ("/data/*", "/text/?", "/private_text/?", "/instructions/?", "/tools/*")

_PEOPLE_UNINDEXED = (
    "/today/*",
    "/this_month/*",
    "/holds/*",
    "/warned/*",
    "/totals/*",
    "/usage/*",
    "/memory/*",
    "/entries/*",
)

DEFINITIONS = (
    ContainerDefinition(name=SESSIONS, partition_key="/conversation_id", unindexed=_LOG_UNINDEXED),
    ContainerDefinition(name=GROUPS, partition_key="/conversation_id", unindexed=_LOG_UNINDEXED),
    ContainerDefinition(name=PEOPLE, partition_key="/principal", unindexed=_PEOPLE_UNINDEXED),
    ContainerDefinition(name=CREDENTIALS, partition_key="/principal"),
    ContainerDefinition(name=SECURITY, partition_key="/day", default_ttl=_SECURITY_KEPT_S, unindexed=("/detail/?",)),
    ContainerDefinition(
        name=INSIGHTS,
        partition_key="/part",
        unindexed=("/note/?", "/text/?", "/vector/?", "/centroid/?", "/examples/*"),
    ),
)


def log_container(conversation_id: str) -> str:
    """Return the container of a conversation's log; the id's prefix decides."""
    return GROUPS if conversation_id.startswith("g_") else SESSIONS
