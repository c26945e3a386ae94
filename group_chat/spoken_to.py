"""Whether a text speaks to the coach by name: `@coach` or `@SalesCoach`, outside code, quotes and links.

It is for clients that make no mention entities, voice among them. Reads in linear time whatever is sent.
"""

import re

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})(.*)")
_QUOTE = re.compile(r"[ ]{0,3}(?:(?:[-*+]|\d{1,9}[.)])[ ]+)*>")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_TICKS = re.compile(r"`+")
_LINKS = re.compile(
    r"\[[^\[\]\n]*\]\([^()\n]*\)|\[[^\[\]\n]*\]\[[^\[\]\n]*\]|<[^<>\s]*>|(?:https?|wss?|ftp)://\S+|mailto:\S+|\bwww\.\S+",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![\w@./+:\\-])@(?:sales)?coach(?![\w@/-]|[.:]\w)", re.IGNORECASE)
# English and German. No "plus", which as often begins what is asked: "@coach plus 10 %?"
_ALSO = re.compile(_NAME.pattern + r"[\s,:;\u2013\u2014-]{1,4}(?:also|auch|au(?:\u00df|ss)erdem)\b", re.IGNORECASE)


def names_coach(text: str) -> bool:
    """Tell whether the text speaks to the coach."""
    return "coach" in text.lower() and _NAME.search(spoken(text)) is not None


def adds_to_question(text: str) -> bool:
    """Tell whether the text wants to be put into what the coach is just answering: `@coach also ...`, `auch ...`."""
    return "coach" in text.lower() and _ALSO.search(spoken(text)) is not None


def spoken(text: str) -> str:
    """Return the writer's own words: without code, quoted lines and links."""
    own = "\n".join(_own_lines(text))
    return _LINKS.sub(" ", _without_code_spans(own))


def _own_lines(text: str) -> list[str]:
    """Leave out fenced and indented code, and the lines that begin as a quote.

    A line right below a quote is the writer's own, other than in Markdown: this is how people answer a quote.
    """
    own: list[str] = []
    fence: str | None = None
    after_blank = True
    for line in text.splitlines():
        opened = _FENCE.match(line)
        if fence is not None:
            if opened and opened[1].startswith(fence) and not opened[2].strip():
                fence = None
            after_blank = False
            continue
        if opened and not (opened[1][0] == "`" and "`" in opened[2]):
            fence = opened[1]
            own.append("")
            continue
        if _QUOTE.match(line) or (after_blank and line.strip() and _INDENTED.match(line)):
            own.append("")
            continue
        own.append(line)
        after_blank = not line.strip()
    return own


def _without_code_spans(text: str) -> str:
    """Leave out what stands between two runs of equally many backticks, within one paragraph."""
    return "\n\n".join(_spans_removed(paragraph) for paragraph in re.split(r"\n[ \t]*\n", text))


def _spans_removed(text: str) -> str:
    runs = list(_TICKS.finditer(text))
    following: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index][0])
        closing[index] = following.get(length)
        following[length] = index
    kept: list[str] = []
    place, index = 0, 0
    while index < len(runs):
        closes = closing[index]
        if closes is None:
            index += 1
            continue
        kept += (text[place : runs[index].start()], " ")
        place, index = runs[closes].end(), closes + 1
    return "".join((*kept, text[place:]))
