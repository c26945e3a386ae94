"""Reading event streams byte for byte, without the SDK's forgiveness."""

import json
from typing import Any


def frames(text: str) -> list[tuple[str | None, Any]]:
    """Return (event name, data) of each frame; `[DONE]` stays text."""
    result: list[tuple[str | None, Any]] = []
    for block in text.split("\n\n"):
        if not block:
            continue
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        data = fields["data"]
        result.append((fields.get("event"), data if data == "[DONE]" else json.loads(data)))
    return result
