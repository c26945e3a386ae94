"""Makes differently written forms of a word equal: case, accents, letters of other alphabets of Latin origin."""

import unicodedata

_LETTERS = str.maketrans({"\u00f8": "o", "\u00e6": "ae", "\u0142": "l", "\u0111": "d", "\u2019": "'"})


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, with straight apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
