"""An answer's Markdown as plain words, for where it is shown in a line of its own. Pure."""

import re

_SPACES = re.compile(r"[ \t]+")
_LINES = (
    (re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^(?:[ \t]*>)+[ \t]?", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"(?<!\\)[ \t]+\|[ \t]+"), " · "),
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:[ \t]+\"[^\"\n]*\")?\)")
_NOTE = re.compile(r"\[\^[^\[\]\s]+\]:?")
_AROUND = (
    re.compile(r"(?<!\\)(`+)(?=[^`])([^`\n]+)\1"),
    re.compile(r"(?<!\\)(\*{1,3})(?=[^\s*])([^*\n]*[^\s*\\])\1"),
    re.compile(r"(?<![\\\w])(_{1,3})(?=[^\s_])([^_\n]*[^\s_\\])\1(?!\w)"),
    re.compile(r"(?<!\\)(~~)(?=[^\s~])([^~\n]*[^\s~\\])\1"),
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(markdown: str) -> str:
    """Return what is read of it: its words without marks, the text of its links, a dot between the cells of a table."""
    # At most one space in a row: what is looked for below would try every way to part many.
    text = _SPACES.sub(" ", markdown)
    for pattern, instead in _LINES:
        text = pattern.sub(instead, text)
    text = _NOTE.sub("", _LINK.sub(r"\1", text))
    for pattern in _AROUND:
        text = pattern.sub(r"\2", text)
    return _ESCAPED.sub(r"\1", text).strip()
