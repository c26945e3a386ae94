"""Taking names, numbers, addresses and links out of a question before anything else is done with it. Pure.

Names are found by how they are written, not by a list of them: what is capitalised and neither begins a sentence with
an ordinary word nor is a known abbreviation of the trade. That hides too much rather than too little. A name written in
small letters passes; nobody is shown it, for `insights/privacy.py` shows only words that several people used.
"""

import re
from collections.abc import Iterable

from shared.common_questions.masking_words import OPENERS, TITLES, TRADE

NAME, NUMBER, EMAIL, LINK = "[name]", "[number]", "[email]", "[link]"
MAX_CHARACTERS = 600
"""A question is told by its beginning; what follows is mostly pasted material."""

_APOSTROPHE = "\u2019"
_EMAIL = re.compile(r"[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+\.[^\s@<>()\[\],;:]+")
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|de|eu|co|example)\b(?:/\S*)?", re.IGNORECASE
)
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w+(?:[-_]\w+)*\b|\b[\w-]*\d[\w-]*\b")
_NUMBER = re.compile(r"[€$£¥]?\s?\+?\d[\d.,:/' -]*\d\s?[%€$£¥]?|[€$£¥]?\d\s?[%€$£¥]?")
_HANDLE = re.compile(r"(?<!\w)@\w[\w.-]*")
_WORD = re.compile(r"[^\W\d_](?:[\w'.-]*\w)?")
_SENTENCE_END = re.compile(r"[.!?:\n]\s*[\"'“„(\-•*]*\s*\Z|\A[\s\"'“„(\-•*]*\Z")


def masked(text: str, known_names: Iterable[str] = ()) -> str:
    """Return the question without what could tell who or what it is about.

    `known_names` go however they are written.
    """
    plain = " ".join(text.replace(_APOSTROPHE, "'").split())[:MAX_CHARACTERS]
    plain = _EMAIL.sub(EMAIL, plain)
    plain = _HANDLE.sub(NAME, _LINK.sub(LINK, plain))
    for name in sorted({part for full in known_names for part in full.split() if len(part) > 1}, key=len, reverse=True):
        plain = re.sub(rf"\b{re.escape(name)}(?:'s)?\b", NAME, plain, flags=re.IGNORECASE)
    plain = _NUMBER.sub(f" {NUMBER} ", _CODE.sub(_code, plain))
    plain = _names(plain)
    plain = re.sub(rf"(?:{re.escape(NAME)}[\s.&-]*(?:(?:and|und|&|von|van|de)\s+)?)+{re.escape(NAME)}", NAME, plain)
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(plain.split()))


def _code(found: re.Match[str]) -> str:
    """Return what stands for a word with digits in it: an order number, a licence plate, a quarter."""
    return found[0] if found[0].isdigit() or found[0].lower() in TRADE else NUMBER


def _names(text: str) -> str:
    lower = {word for word in re.findall(r"[^\W\d_]+", text) if word.islower()}
    pieces, last, after_title = list[str](), 0, False
    for found in _WORD.finditer(text):
        word, before = found[0], text[: found.start()]
        bare = re.sub(r"'s\Z", "", word)
        key = bare.lower().rstrip(".")
        inside_mask = before.endswith("[") and text[found.end() :].startswith("]")
        is_name = not inside_mask and (after_title or _looks_like_name(bare, key, before, lower))
        after_title = not inside_mask and key in TITLES
        pieces += [text[last : found.start()], NAME if is_name or after_title else word]
        last = found.end()
    return "".join([*pieces, text[last:]])


def _looks_like_name(word: str, key: str, before: str, lower: set[str]) -> bool:
    if not any(letter.isupper() for letter in word) or key in TRADE or key.removesuffix("s") in TRADE:
        return False
    if key in lower and word[1:].islower():
        return False
    begins = _SENTENCE_END.search(before) is not None
    return not (begins and (key in OPENERS or key.partition("'")[0] in OPENERS))


def embeddable(masked_text: str) -> str:
    """Return a masked question without the masks themselves: they say nothing of what is asked."""
    return " ".join(re.sub(r"\[(?:name|number|email|link)\]", " ", masked_text).split())
