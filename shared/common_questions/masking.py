"""Taking names, numbers, addresses and links out of a question before anything else is done with it. Pure.

In every language: e-mail addresses, links, handles, telephone and account numbers, all else with a digit in it, and the
parts of the names it is told. Other names are found by how they are written (`masking_names.py`): that hides too much
rather than too little. A name written in small letters passes; nobody is shown it, for `insights/privacy.py` shows only
words that several people used.
"""

import re
import unicodedata
from collections.abc import Iterable

from shared.common_questions.masking_names import without_known, without_names
from shared.common_questions.masking_words import TRADE

NAME, NUMBER, EMAIL, LINK = "[name]", "[number]", "[email]", "[link]"
MAX_CHARACTERS = 600
"""A question is told by its beginning; what follows is mostly pasted material."""

_APOSTROPHES = re.compile("[\u2018\u2019\u02bc]")
_LOOSE_ACCENTS = re.compile("[\u0300-\u036f]")
_ADDRESS = r"[^\s@<>()\[\],;:]+"
_EMAIL = re.compile(rf"{_ADDRESS}\s?(?:@|[(\[](?:at|@)[)\]])\s?{_ADDRESS}\.{_ADDRESS}", re.IGNORECASE)
_DOMAINS = (
    "com net org info biz eu io ai app dev cloud shop store online tech site jobs coop example "
    "ar at au be br ca ch cl cn co cz de dk ee es fi fr gr hr hu ie in is it jp kr li lt lu lv mx nl no nz pe pl pt ro "
    "rs ru se si sk tr tv ua uk us za"
)
_LINK = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+"
    rf"|\b[\w-]+(?:\.[\w-]+)*\.(?:{'|'.join(_DOMAINS.split())})\b(?:[/?#:]\S*)?",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}[ -]?(?:[a-z]{4}[ -]?)?(?:\d[\da-z]{1,3}[ -]?){2,8}\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w+(?:[-_]\w+)*\b|\b[\w-]*\d[\w-]*\b")
_NUMBER = re.compile(r"[€$£¥]?\s?\+?\d[\d.,:/' -]*\d\s?[%€$£¥]?|[€$£¥]?\d\s?[%€$£¥]?")
_HANDLE = re.compile(r"(?<!\w)@\w[\w.-]*")


def masked(text: str, known_names: Iterable[str] = ()) -> str:
    """Return the question without what could tell who or what it is about.

    `known_names` go however they are written.
    """
    # One form for each letter and digit: an accent that stands alone would cut a name in two.
    composed = _LOOSE_ACCENTS.sub("", unicodedata.normalize("NFKC", text))
    plain = " ".join(_APOSTROPHES.sub("'", composed).split())[:MAX_CHARACTERS]
    plain = _HANDLE.sub(NAME, _LINK.sub(LINK, _EMAIL.sub(EMAIL, plain)))
    plain = _IBAN.sub(f"{NUMBER} ", without_known(plain, known_names, NAME))
    plain = _NUMBER.sub(f" {NUMBER} ", _CODE.sub(_code, plain))
    plain = without_names(plain, NAME)
    plain = re.sub(rf"(?:{re.escape(NAME)}[\s.&-]*(?:(?:and|und|&|von|van|de)\s+)?)+{re.escape(NAME)}", NAME, plain)
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(plain.split()))


def _code(found: re.Match[str]) -> str:
    """Return what stands for a word with digits in it: an order number, a licence plate, a quarter."""
    return found[0] if found[0].isdigit() or found[0].lower() in TRADE else NUMBER


def embeddable(masked_text: str) -> str:
    """Return a masked question without the masks themselves: they say nothing of what is asked."""
    return " ".join(re.sub(r"\[(?:name|number|email|link)\]", " ", masked_text).split())
