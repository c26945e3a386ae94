"""Text from tool servers made fit to store, send and show: no hidden characters, bounded, always valid UTF-8."""

import re

_NEWLINES = re.compile(r"\r\n?")
# C0 and C1 controls but \n and \t; bidirectional overrides; lone surrogates; the tag block, which carries text that a
# model reads and a person cannot see.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
VISIBLE = r"[^\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
"""A pattern for text that has something to read in it."""
_KILO = 1000
_UNITS = ("B", "kB", "MB", "GB")


def clean(text: str) -> str:
    return _HIDDEN.sub("", _NEWLINES.sub("\n", text))


def is_legible(text: str) -> bool:
    """Tell whether there is anything to see in the text."""
    return re.search(VISIBLE, clean(text)) is not None


def clean_line(text: str, max_characters: int = 200) -> str:
    """Return `text` as one line for a message or a log: cleaned, blanks folded, cut."""
    line = " ".join(clean(text[: max_characters * 4]).split())
    return line if len(line) <= max_characters else line[: max_characters - 1] + "…"


def size_text(size: int) -> str:
    """Return a byte count for people: `512 B`, `12 kB`, `4.2 MB`."""
    value, unit = float(size), 0
    while value >= _KILO and unit < len(_UNITS) - 1:
        value, unit = value / _KILO, unit + 1
    digits = 1 if value < 10 and unit and round(value, 1) != round(value) else 0  # noqa: PLR2004 - one significant digit
    return f"{value:.{digits}f} {_UNITS[unit]}"


def cut(text: str, max_bytes: int) -> str:
    """Return `text` in at most `max_bytes` of UTF-8; a cut is at a whole character and says so at the end."""
    data = text.encode()
    if len(data) <= max_bytes:
        return text
    marker = f"\n[truncated: the full result is {size_text(len(data))}]"
    kept = max(0, max_bytes - len(marker.encode()))
    return data[:kept].decode(errors="ignore") + marker
