"""What the service can be told at start."""

from dataclasses import dataclass

from local.web_pubsub.managed_identity import HandlerAuth

DEV_ACCESS_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH"
MAX_MESSAGE_BYTES = 1024 * 1024
MAX_TTL_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One start's settings; durations in seconds.

    `upstream` is a URL template with optional `{hub}` and `{event}`; None means that no hub has an event
    handler. `hubs` (lower case) are the hubs whose events go upstream; clients may connect to any hub.
    """

    upstream: str | None = None
    hubs: frozenset[str] = frozenset({"chat", "group_chat"})
    user_events: tuple[str, ...] = ("*",)
    system_events: frozenset[str] = frozenset({"connect", "connected", "disconnected"})
    access_key: str = DEV_ACCESS_KEY
    issuer: str | None = None
    handler_auth: HandlerAuth | None = None
    recovery_window: float = 30.0
    retry_delays: tuple[float, ...] = (1.0, 3.0, 5.0)
    upstream_timeout: float = 100.0
    outbox_bytes: int = 8 * 1024 * 1024
    unacked_messages: int = 1000
    unacked_bytes: int = 16 * 1024 * 1024
