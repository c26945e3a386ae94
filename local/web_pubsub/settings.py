"""What the service can be told at start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.web_pubsub.handlers import SYSTEM_EVENTS, EventHandler, HubSettings
from local.web_pubsub.managed_identity import HandlerAuth

DEV_ACCESS_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH"
MAX_MESSAGE_BYTES = 1024 * 1024
MAX_TTL_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One start's settings; durations in seconds.

    `upstream` is a URL template with optional `{hub}` and `{event}`; None means no event handler. `hubs` (lower
    case) are the hubs whose events go to `upstream`; `hub_settings` names hubs that have their own handlers
    instead. Clients may connect to any hub.
    """

    upstream: str | None = None
    hubs: frozenset[str] = frozenset({"chat", "group_chat"})
    user_events: tuple[str, ...] = ("*",)
    system_events: frozenset[str] = SYSTEM_EVENTS
    hub_settings: Mapping[str, HubSettings] = field(default_factory=dict[str, HubSettings])
    anonymous_hubs: frozenset[str] = frozenset()
    access_key: str = DEV_ACCESS_KEY
    secondary_key: str | None = None
    issuer: str | None = None
    handler_auth: HandlerAuth | None = None
    recovery_window: float = 30.0
    retry_delays: tuple[float, ...] = (1.0, 3.0, 5.0)
    upstream_timeout: float = 100.0
    outbox_bytes: int = 8 * 1024 * 1024
    unacked_messages: int = 1000
    unacked_bytes: int = 16 * 1024 * 1024
    show_payloads: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The access keys, the primary first."""
        return (self.access_key,) if self.secondary_key is None else (self.access_key, self.secondary_key)

    def handlers(self) -> dict[str, tuple[EventHandler, ...]]:
        """Return every hub's event handlers in order of preference."""
        found: dict[str, tuple[EventHandler, ...]] = {}
        if self.upstream is not None:
            common = EventHandler(
                url_template=self.upstream,
                user_events=self.user_events,
                system_events=self.system_events,
                auth=self.handler_auth,
            )
            found = dict.fromkeys(self.hubs, (common,))
        return found | {name: hub.handlers for name, hub in self.hub_settings.items()}

    def allows_anonymous(self, hub: str) -> bool:
        own = self.hub_settings.get(hub)
        return hub in self.anonymous_hubs or (own is not None and own.anonymous)
