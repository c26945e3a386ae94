"""What the front door works with; built once by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.event_log.log import EventLog
from shared.identity import TokenValidator
from shared.manifests import Manifests
from shared.people import People
from shared.publisher import Publisher
from shared.web_pubsub import WebPubSub


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDependencies:
    """Clients of the front door; `web_pubsub` is the hub `chat`."""

    log: EventLog
    people: People
    manifests: Manifests
    publisher: Publisher
    web_pubsub: WebPubSub
    validator: TokenValidator
    now: Callable[[], datetime]
