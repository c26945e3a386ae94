"""What a search tells of the messages it found, in one's own sessions and in groups alike."""

from shared.errors import CommandRefused
from shared.protocol.shapes import Shape

MIN_CHARACTERS = 2
SEARCHED = 25
"""Conversations looked through for one request: what it may cost at most."""
AT_ONCE = 5


class FoundText(Shape):
    """A message with the words: what stands before them, they as written there, and what follows."""

    message_id: str
    seq: int
    at: str
    by: str
    before: str
    match: str
    after: str


def words_to_find(text: str) -> str:
    """Return what to look for, with single blanks.

    Raises:
        CommandRefused: there is too little to look for.

    """
    words = " ".join(text.split())
    if len(words) < MIN_CHARACTERS:
        raise CommandRefused(f"q: give at least {MIN_CHARACTERS} characters.")
    return words
