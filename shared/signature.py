"""Proof that a webhook came from our Web PubSub: the `ce-signature` header."""

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "sha256="


def signature_is_valid(header: str | None, connection_id: str, keys: Sequence[bytes]) -> bool:
    """Return whether any signature in `header` is the connection id's HMAC-SHA256 under any of `keys`.

    `header` is a comma list of `sha256=<hex>`, one per access key of the service. Only the connection id is
    signed: the body and the other headers are not covered.
    """
    if not header or not connection_id:
        return False
    given = [part.strip().removeprefix(_PREFIX).lower().encode() for part in header.split(",") if _PREFIX in part]
    valid = False
    for key in keys:
        expected = hmac.new(key, connection_id.encode(), hashlib.sha256).hexdigest().encode()
        for candidate in given:
            # Every pair is compared, so that the time taken does not tell which one matched.
            valid |= hmac.compare_digest(candidate, expected)
    return valid
