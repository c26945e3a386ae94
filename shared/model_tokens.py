"""How much of a model's context something takes, without the model's tokenizer.

One token is taken to be three bytes of UTF-8. That is chosen, not measured: no vocabulary is at hand here. The usual
rule for current models is four bytes a token of English; other European languages, program text, JSON and figures come
nearer to three, and so does a Chinese or Japanese character, so the estimate is meant to be too high for what people
and tools write. Long random texts (base64, hashes) take more tokens than it says; the budget leaves room for those.
"""

from collections.abc import Iterable, Sequence

from shared.model import AssistantText, InputItem, ModelTool, ToolRequest, ToolResult, UserText

BYTES_PER_TOKEN = 3
ITEM_TOKENS = 8
"""What an item takes beside its texts: role, marks, and the names of its fields."""
CUT = "\n[... a part is left out here: too long ...]\n"
SHORTEST = 64
"""Tokens a text that is cut keeps at least, the mark included."""

_CUT_BYTES = len(CUT.encode())


def text_tokens(text: str) -> int:
    """Return the tokens a text is taken to have, rounded up."""
    return -(-_bytes(text) // BYTES_PER_TOKEN)


def item_tokens(item: InputItem) -> int:
    """Return the tokens an item is taken to have."""
    match item:
        case UserText(text=text) | AssistantText(text=text):
            size = _bytes(text)
        case ToolRequest(call_id=call_id, name=name, arguments=arguments):
            size = _bytes(call_id) + _bytes(name) + _bytes(arguments)
        case ToolResult(call_id=call_id, output=output):
            size = _bytes(call_id) + _bytes(output)
    return ITEM_TOKENS + -(-size // BYTES_PER_TOKEN)


def items_tokens(items: Iterable[InputItem]) -> int:
    return sum(item_tokens(item) for item in items)


def fixed_tokens(instructions: str, tools: Iterable[ModelTool]) -> int:
    """Return what every request takes before the history: the instructions and the tools."""
    tool_tokens = sum(
        ITEM_TOKENS + text_tokens(tool.name) + text_tokens(tool.description) + text_tokens(tool.parameters)
        for tool in tools
    )
    return ITEM_TOKENS + text_tokens(instructions) + tool_tokens


def shortened(text: str, tokens: int) -> str:
    """Return `text` in at most `tokens` (not below `SHORTEST`): its beginning, a mark, its end.

    What is kept for fewer tokens is part of what is kept for more.
    """
    limit = max(tokens, SHORTEST) * BYTES_PER_TOKEN
    if _bytes(text) <= limit:
        return text
    data = text.encode(errors="replace")
    kept = limit - _CUT_BYTES
    tail = kept // 3
    head = kept - tail
    return data[:head].decode(errors="ignore") + CUT + data[len(data) - tail :].decode(errors="ignore")


def longest_cap(texts: Sequence[str], budget: int) -> int:
    """Return the largest number of tokens so that all texts, each `shortened` to it, take `budget` together.

    At least `SHORTEST`, whether or not that fits.
    """
    low, high = SHORTEST, max(SHORTEST, *(text_tokens(text) for text in texts)) if texts else SHORTEST
    while low < high:
        middle = (low + high + 1) // 2
        if sum(text_tokens(shortened(text, middle)) + ITEM_TOKENS for text in texts) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
