"""What the front door works with; built once by the composition root and handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.commands.desk import CommandDesk
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
from shared.web_pubsub import WebPubSub


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDependencies:
    """Clients of the front door; `web_pubsub` is the hub `chat`."""

    log: EventLog
    people: People
    memberships: Memberships
    erasure: Erasure
    search: Search
    limiter: RateLimiter
    manifests: Manifests
    publisher: Publisher
    web_pubsub: WebPubSub
    validator: TokenValidator
    security: SecurityEvents
    feedback: Feedback
    currency: str
    now: Callable[[], datetime]
    exchange: TokenExchange | None = None
    """Told of each sign-in; None where no tool server takes a token made from the person's."""

    @property
    def desk(self) -> CommandDesk:
        return CommandDesk(
            log=self.log, people=self.people, publisher=self.publisher, feedback=self.feedback, now=self.now
        )


def chat_dependencies(runtime: Runtime) -> ChatDependencies:
    """Return what the front door works with, of the process's clients."""
    return ChatDependencies(
        log=runtime.log,
        people=runtime.people,
        memberships=runtime.memberships,
        erasure=runtime.erasure,
        search=runtime.search,
        limiter=runtime.limiter,
        manifests=runtime.manifests,
        publisher=runtime.publisher,
        web_pubsub=runtime.chat_hub,
        validator=runtime.validator,
        security=runtime.security,
        feedback=runtime.feedback,
        currency=runtime.settings.model_prices.currency,
        now=runtime.now,
        exchange=runtime.exchange,
    )
