"""The fence of a card: an answer has to name what it is an answer to."""

import hashlib
import json

_CHARACTERS = 32


def fence_of(question_id: str, arguments: str | None, schema: str | None) -> str:
    """Return a hash over the card, the arguments it shows and the schema it goes by."""
    text = json.dumps([question_id, arguments, schema])
    return hashlib.sha256(text.encode()).hexdigest()[:_CHARACTERS]


def schema_hash(schema: str) -> str:
    return hashlib.sha256(schema.encode()).hexdigest()[:_CHARACTERS]
