"""What commands work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.people import People
from shared.publisher import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDesk:
    """Clients of the commands of both hubs."""

    log: EventLog
    people: People
    publisher: Publisher
    feedback: Feedback
    now: Callable[[], datetime]
