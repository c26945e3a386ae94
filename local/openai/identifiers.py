"""Ids and headers that look like the service's."""

import uuid
from collections.abc import Mapping


def new_id(prefix: str) -> str:
    """Return `<prefix>_<48 hex digits>`."""
    return f"{prefix}_{uuid.uuid4().hex}{uuid.uuid4().hex[:16]}"


def call_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"


def standard_headers(model: str) -> Mapping[str, str]:
    """Return the headers every successful answer carries."""
    return {
        "x-request-id": str(uuid.uuid4()),
        "apim-request-id": str(uuid.uuid4()),
        "x-ms-region": "Local",
        "x-ms-deployment-name": model,
        "x-ratelimit-limit-requests": "60000",
        "x-ratelimit-remaining-requests": "59999",
        "x-ratelimit-limit-tokens": "60000000",
        "x-ratelimit-remaining-tokens": "59999000",
    }
