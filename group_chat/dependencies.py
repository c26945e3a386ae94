"""What the front door of groups works with; built once by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.access import GroupGate
from shared.asker_manifests import AskerManifests
from shared.event_log.log import EventLog
from shared.feedback import ToolFeedback
from shared.memberships import Memberships
from shared.people import People
from shared.publisher import Publisher
from shared.security_events import SecurityEvents
from shared.unread import Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDependencies:
    """Clients of the front door of groups."""

    log: EventLog
    gate: GroupGate
    people: People
    memberships: Memberships
    askers: AskerManifests
    unread: Unread
    publisher: Publisher
    security: SecurityEvents
    feedback: ToolFeedback
    now: Callable[[], datetime]
