"""Content in spans, which is only there where the setting `TELEMETRY_CONTENT` wants it."""

from shared.redaction import redact

_MOST = 16_000


def content_of(text: str) -> str:
    """Return content as it may stand in a span: without what would let somebody in, and not without end."""
    return redact(text)[:_MOST]
