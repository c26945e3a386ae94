"""Finding names in a text by how they are written. Pure; knows no list of names but those it is given.

What is capitalised is a name, unless it begins a sentence with an ordinary word or is an abbreviation of the trade.
German writes every noun so: in a German text what stands behind an article, ends as such nouns do, or is a word of
sales talk names nobody either. That lets pass a name written like a noun ("der Berger"), and takes ordinary nouns for
names where nothing tells; nobody is shown the former, for `insights/privacy.py` shows only words that several people
used.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from shared.common_questions.masking_words import (
    DETERMINERS,
    ENGLISH,
    GERMAN,
    LEGAL_FORMS,
    NOUN_ENDINGS,
    NOUNS,
    OPENERS,
    PARTICLES,
    POLITE,
    TITLES,
    TRADE,
)

_WORD = re.compile(r"[^\W\d_](?:[\w'.-]*\w)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"(?:[.!?:…]|\A)\W*\Z")
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_BARE = str.maketrans("øłđıħŧ", "oldiht")
_PART = re.compile(r"[^\W\d_]+(?:'s\b)?")
_MASKS = frozenset({"name", "number", "email", "link"})
"""What stands in brackets in place of something."""
_ADJECTIVE = re.compile(r"\w{2,}(?:en|em|er|es|e)\Z")
_ENDINGS = ("", "e", "n", "s", "en", "es", "er", "ern", "nen")
_SHORT = 5
_HEAD = 4
"""From so many letters on, a word may be the head of a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word of a text: `bare` without a genitive's ending, `key` as it stands in lists; `begins` a sentence."""

    start: int
    end: int
    bare: str
    key: str
    begins: bool
    is_mask: bool

    @property
    def is_large(self) -> bool:
        return any(letter.isupper() for letter in self.bare)


def without_names(text: str, mask: str) -> str:
    """Return the text with `mask` in place of every name; words in brackets are masks already."""
    words = [_word(found, text) for found in _WORD.finditer(text)]
    lower = {word for word in _LETTERS.findall(text) if word.islower()}
    german = _is_german(words)
    pieces, last, after_name = list[str](), 0, False
    for index, word in enumerate(words):
        after_title = index > 0 and words[index - 1].key in TITLES and not words[index - 1].is_mask
        follows = after_name and text[words[index - 1].end : word.start].isspace()
        is_name = not word.is_mask and (
            after_title or (_looks_like_name(word, lower) and not (german and _is_noun(words, index, follows=follows)))
        )
        hidden = is_name or (not word.is_mask and word.key in TITLES)
        pieces += [text[last : word.start], mask if hidden else text[word.start : word.end]]
        last, after_name = word.end, is_name
    return "".join([*pieces, text[last:]])


def without_known(text: str, names: Iterable[str], mask: str) -> str:
    """Return the text with `mask` in place of every part of these people's names, however it is written."""
    parts = {form for name in names for part in _parts(name) for form in _forms(part)}

    def hidden(found: re.Match[str]) -> str:
        if _is_mask(found):
            return found[0]
        word = re.sub(r"'s\Z", "", found[0])
        known = any(form.removesuffix(ending) in parts for form in _forms(word) for ending in ("", "s"))
        return mask if known else found[0]

    return _PART.sub(hidden, text) if parts else text


def _parts(name: str) -> list[str]:
    name = unicodedata.normalize("NFKC", name)
    return [part for part in _LETTERS.findall(name) if len(part) > 1 and part.lower() not in PARTICLES]


def _forms(word: str) -> set[str]:
    """Return how a name may be written: without accents, and as German does without umlauts."""
    plain = word.casefold()
    return {_unaccented(plain), _unaccented(plain.translate(_SPELLED)), _unaccented(plain.translate(_BARE))}


def _unaccented(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))


def _word(found: re.Match[str], text: str) -> _Word:
    bare = re.sub(r"'s\Z", "", found[0])
    return _Word(
        start=found.start(),
        end=found.end(),
        bare=bare,
        key=bare.lower().rstrip("."),
        begins=_SENTENCE_END.search(text[: found.start()]) is not None,
        is_mask=_is_mask(found),
    )


def _is_mask(found: re.Match[str]) -> bool:
    around = found.string[max(0, found.start() - 1) : found.end() + 1]
    return found[0] in _MASKS and around == f"[{found[0]}]"


def _looks_like_name(word: _Word, lower: set[str]) -> bool:
    key = word.key
    if not word.is_large or key in TRADE or key.removesuffix("s") in TRADE or key in POLITE:
        return False
    if key in lower and word.bare[1:].islower():
        return False
    return not (word.begins and _opens(word))


def _opens(word: _Word) -> bool:
    """Tell whether the word may begin a sentence: `What's`, `Peut-on`, `L'objection`, but not `D'Angelo`."""
    first, *rest = re.split(r"['-]", word.bare, maxsplit=1)
    if not rest:
        return word.key in OPENERS
    elided = len(first) <= 2 and first.lower() != "o" and "'" in word.bare  # noqa: PLR2004 - l', qu'
    return rest[0].islower() and (elided or first.lower() in OPENERS or word.key in OPENERS)


def _is_german(words: list[_Word]) -> bool:
    german, english = (sum(word.key in known for word in words) for known in (GERMAN, ENGLISH))
    return german > english and (german > 1 or len(words) <= _SHORT)


def _is_noun(words: list[_Word], index: int, *, follows: bool) -> bool:
    """Tell whether a capitalised word of a German text is a noun like others; `follows`: right behind a name."""
    word = words[index]
    pieces = word.key.split("-")
    if word.key in NOUNS or all(_is_listed(piece) or piece in TRADE for piece in pieces):
        return True
    if follows or len(pieces) > 1 or _names_company(words, index) or _goes_on_large(words, index):
        return False
    return (len(word.key) > _SHORT and word.key.endswith(NOUN_ENDINGS)) or _is_determined(words, index)


def _is_listed(key: str) -> bool:
    stems = {key.removesuffix(ending) for ending in _ENDINGS}
    if stems & NOUNS:
        return True
    return any(stem.endswith(noun) for stem in stems for noun in _HEADS)


_HEADS = tuple(noun for noun in NOUNS if len(noun) > _HEAD)


def _names_company(words: list[_Word], index: int) -> bool:
    return any(word.key in LEGAL_FORMS for word in words[index + 1 : index + 3])


def _goes_on_large(words: list[_Word], index: int) -> bool:
    """Tell whether another capitalised word follows at once that is not known to be a noun: `Anna Berger`."""
    after = words[index + 1] if index + 1 < len(words) else None
    if after is None or after.is_mask or after.begins or after.start != words[index].end + 1:
        return False
    return after.is_large and not _is_listed(after.key) and after.key not in TRADE and after.key not in POLITE


def _is_determined(words: list[_Word], index: int) -> bool:
    """Tell whether an article or the like stands in front, perhaps with adjectives between."""
    for before in reversed(words[max(0, index - 3) : index]):
        if before.is_mask or before.end >= words[index].start:
            return False
        if before.key in DETERMINERS:
            return True
        if before.is_large or _ADJECTIVE.match(before.key) is None:
            return False
    return False
