"""Scopes as OAuth writes them: words with single spaces between, in no order that means anything."""

import re

_LONGEST = 1000
_MOST = 30
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def usable_scopes(text: str) -> str | None:
    """Return the scopes once each; None when there are none, too many, or one with characters scopes cannot have."""
    scopes = tuple(dict.fromkeys(text.split(" "))) if text else ()
    if not scopes or len(text) > _LONGEST or len(scopes) > _MOST:
        return None
    return " ".join(scopes) if all(map(_SCOPE.fullmatch, scopes)) else None


def all_scopes(first: str | None, second: str | None) -> str | None:
    """Return the scopes of both, once each; None when there are none."""
    scopes = dict.fromkeys(f"{first or ''} {second or ''}".split())
    return " ".join(scopes) or None


def covers(scopes: str | None, wanted: str | None) -> bool:
    """Tell whether `wanted` are all among `scopes`."""
    return set((wanted or "").split()) <= set((scopes or "").split())
