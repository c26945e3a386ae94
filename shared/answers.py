"""The words of a message, and of a turn's end: its answer is stored once, in its own event, and filled in when told."""

from collections.abc import Iterable

from shared.protocol.durable import ChatResponse, MessageCompleted
from shared.protocol.shapes import Part, TextPart


def text_of(parts: Iterable[Part]) -> str:
    """Return the text of a message, tool calls left out."""
    return "".join(part.text for part in parts if isinstance(part, TextPart))


def filled(end: ChatResponse, answer: MessageCompleted | None) -> ChatResponse:
    """Return the end as it is sent: with the answer's text, or without an answer the words of its error."""
    if answer is not None:
        return end.model_copy(update={"response": text_of(answer.parts)})
    return end.model_copy(update={"response": end.error.message if end.error else ""})
