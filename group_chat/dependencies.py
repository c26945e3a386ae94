"""What the front door of groups works with; built once by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.access import GroupGate
from shared.asker_manifests import AskerManifests
from shared.erasure import Erasure
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.identity import TokenValidator
from shared.manifests import Manifests
from shared.memberships import Memberships
from shared.people import People
from shared.publisher import Publisher
from shared.rate_limits import RateLimiter
from shared.runtime import Runtime
from shared.search import Search
from shared.security_events import SecurityEvents
from shared.sign_in import TokenExchange
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
    limiter: RateLimiter
    manifests: Manifests
    askers: AskerManifests
    publisher: Publisher
    web_pubsub: WebPubSub
    validator: TokenValidator
    security: SecurityEvents
    feedback: Feedback
    currency: str
    now: Callable[[], datetime]
    exchange: TokenExchange | None = None
    """Told of each sign-in; None where no tool server takes a token made from the person's."""


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
        limiter=runtime.limiter,
        manifests=runtime.manifests,
        askers=AskerManifests(runtime.manifests, runtime.log, runtime.now),
        publisher=runtime.publisher,
        web_pubsub=runtime.group_hub,
        validator=runtime.validator,
        security=runtime.security,
        feedback=runtime.feedback,
        currency=runtime.settings.model_prices.currency,
        now=runtime.now,
        exchange=runtime.exchange,
    )
