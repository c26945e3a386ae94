"""Rules for the names of hubs, groups and events, and fresh connection ids."""

import re
import secrets

_HUB = re.compile(r"[A-Za-z][A-Za-z0-9_`,.\[\]]{0,127}")
_EVENT = re.compile(r"[a-z][a-z0-9_.-]{0,127}", re.IGNORECASE)
_GROUP_MAX = 1024


def is_hub(name: str) -> bool:
    return _HUB.fullmatch(name) is not None


def is_event(name: str) -> bool:
    return _EVENT.fullmatch(name) is not None


def is_group(name: str) -> bool:
    return 0 < len(name) <= _GROUP_MAX and not name.isspace()


def new_connection_id() -> str:
    """Return an unguessable id that is safe in a URL path and in an HTTP header."""
    return secrets.token_urlsafe(18)
