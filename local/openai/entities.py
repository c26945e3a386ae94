"""Finding the company a question is about."""

import re
from collections.abc import Sequence

KNOWN = (
    *("Contoso", "Fabrikam", "Adventure Works", "Tailspin Toys", "Tailspin", "Litware", "Wingtip Toys"),
    *("Wingtip", "Proseware", "Woodgrove Bank", "Woodgrove", "Trey Research", "Humongous Insurance"),
    *("Alpine Ski House", "Coho Vineyard", "Fourth Coffee", "Lucerne Publishing", "Relecloud", "VanArsdel"),
    *("Wide World Importers", "Adatum", "Consolidated Messenger", "Southridge Video", "Lamna Healthcare"),
    *("Bellows College", "Graphic Design Institute", "Margie's Travel", "City Power & Light"),
)
NOT_COMPANIES = frozenset(
    [
        "i",
        "we",
        "you",
        "he",
        "she",
        "it",
        "they",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "crm",
        "meddic",
        "meddpicc",
        "bant",
        "spin",
        "gap",
        "roi",
        "tco",
        "ceo",
        "cfo",
        "cto",
        "cio",
        "cmo",
        "vp",
        "hr",
        "it",
        "q1",
        "q2",
        "q3",
        "q4",
        "english",
        "german",
        "the",
        "a",
        "an",
        "my",
        "our",
        "this",
        "that",
        "northwind",
        "europe",
        "markdown",
        "sales",
        "slack",
        "teams",
        "outlook",
        "linkedin",
        "what",
        "how",
        "can",
        "should",
        "could",
        "please",
    ]
)
_NAME = r"[A-Z][\w&.-]*(?:'s(?=\s+[A-Z]))?"
_AFTER_PREPOSITION = re.compile(
    rf"\b(?:for|at|with|about|from|on|against|of|to|account|customer|company|is|and|prospect|into)\s+"
    rf"({_NAME}(?:\s+(?:(?:&|of)\s+)?{_NAME})*)"
)
_POSSESSIVE = re.compile(rf"({_NAME}(?:\s+{_NAME})*)'s\b")


def company_in(text: str) -> str:
    """Return the company a text names, or an empty string."""
    lowered = text.lower()
    known = [name for name in KNOWN if re.search(rf"\b{re.escape(name.lower())}\b", lowered)]
    if known:
        return max(known, key=len)
    for pattern in (_AFTER_PREPOSITION, _POSSESSIVE):
        for found in pattern.finditer(text):
            name = _trimmed(found[1])
            if name:
                return name
    return ""


def _trimmed(name: str) -> str:
    words = name.removesuffix("'s").rstrip(".").split()
    while words and words[-1].lower() in NOT_COMPANIES:
        words.pop()
    while words and words[0].lower() in NOT_COMPANIES:
        words.pop(0)
    return " ".join(words)


def latest_company(texts: Sequence[str]) -> str:
    """Return the company of the newest text that names one, among the last six."""
    for text in reversed(texts[-6:]):
        name = company_in(text)
        if name:
            return name
    return ""
