"""What the front door of groups works with; built once by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.access import GroupGate
from shared.erasure import Erasure
from shared.event_log.log import EventLog
from shared.memberships import Memberships
from shared.people import People
from shared.publisher import Publisher
from shared.runtime import Runtime
from shared.search import Search
from shared.security_events import SecurityEvents
from shared.unread import Unread
from shared.web_pubsub import WebPubSub


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDependencies:
    """Clients of the front door of groups; `web_pubsub` is the hub `group_chat`."""

    log: EventLog
    gate: GroupGate
    people: People
    memberships: Memberships
    erasure: Erasure
    search: Search
    unread: Unread
    publisher: Publisher
    web_pubsub: WebPubSub
    security: SecurityEvents
    now: Callable[[], datetime]


def group_dependencies(runtime: Runtime) -> GroupDependencies:
    """Return what the front door of groups works with, of the process's clients."""
    return GroupDependencies(
        log=runtime.log,
        gate=runtime.gate,
        people=runtime.people,
        memberships=runtime.memberships,
        erasure=runtime.erasure,
        search=runtime.search,
        unread=runtime.unread,
        publisher=runtime.publisher,
        web_pubsub=runtime.group_hub,
        security=runtime.security,
        now=runtime.now,
    )
