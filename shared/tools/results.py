"""A tool's result as the one text a model reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.tools.text import clean, clean_line, cut, size_text

NOTHING = "The tool returned no content."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part of a result that is not plain text: the model gets its description, and its `text` if it has one.

    `size` in bytes, None if unknown.
    """

    kind: str
    media_type: str | None
    size: int | None
    uri: str | None = None
    text: str = ""


def result_text(texts: Sequence[str], structured: object, attachments: Sequence[Attachment], max_bytes: int) -> str:
    """Return the text parts, `structured` (None: none) as compact JSON unless a part says it already, the attachments.

    The text is cleaned and takes at most `max_bytes` of UTF-8.
    """
    parts = [text for text in texts if text]
    if structured is not None and not any(_says(text, structured) for text in parts):
        parts.append(_compact(structured))
    for attachment in attachments:
        parts.append(_summary(attachment))
        if attachment.text:
            parts.append(attachment.text)
    return cut(clean("\n".join(parts)), max_bytes) or NOTHING


def _says(text: str, structured: object) -> bool:
    """Servers are asked to repeat structured content as text, for clients that do not know it."""
    try:
        return json.loads(text) == structured
    except (ValueError, RecursionError):
        return False


def _compact(structured: object) -> str:
    try:
        return json.dumps(structured, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "[structured content, nested too deeply]"


def base64_size(data: str) -> int:
    """Return how many bytes a base64 text stands for."""
    return len(data) * 3 // 4 - data[-2:].count("=")


def _summary(attachment: Attachment) -> str:
    what = " ".join(filter(None, (attachment.kind, clean_line(attachment.media_type or ""))))
    size = "" if attachment.size is None else size_text(attachment.size)
    return f"[{', '.join(filter(None, (what, size, clean_line(attachment.uri or ''))))}]"
