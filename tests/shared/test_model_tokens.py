import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.model import AssistantText, InputItem, ModelTool, ToolRequest, ToolResult, UserText
from shared.model_tokens import (
    CUT,
    ITEM_TOKENS,
    SHORTEST,
    fixed_tokens,
    item_tokens,
    longest_cap,
    shortened,
    text_tokens,
)
from tests.orchestration.conversations import CALM

long_texts = st.tuples(st.text(min_size=1, max_size=8), st.integers(0, 400)).map(lambda drawn: drawn[0] * drawn[1])


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("ä" * 3, 2), ("語", 1), ("🙂" * 3, 4)]
)
def test_three_bytes_are_a_token(text: str, tokens: int) -> None:
    assert text_tokens(text) == tokens


@pytest.mark.parametrize(
    "item",
    [
        UserText("a" * 300),
        AssistantText("a" * 300),
        ToolRequest(call_id="a" * 100, name="a" * 100, arguments="a" * 100),
        ToolResult(call_id="a" * 100, output="a" * 200),
    ],
)
def test_every_text_of_an_item_counts(item: InputItem) -> None:
    assert item_tokens(item) == 100 + ITEM_TOKENS


def test_instructions_and_every_part_of_a_tool_count() -> None:
    tool = ModelTool(name="a" * 30, description="b" * 300, parameters="c" * 600)
    assert fixed_tokens("i" * 3000, [tool, tool]) == 1000 + 2 * 310 + 3 * ITEM_TOKENS


@CALM
@given(text=long_texts, tokens=st.integers(SHORTEST, 600))
def test_a_shortened_text_keeps_its_ends_within_the_limit(text: str, tokens: int) -> None:
    short = shortened(text, tokens)
    assert text_tokens(short) <= tokens
    if short != text:
        assert text_tokens(text) > tokens
        head, tail = short.split(CUT)
        assert text.startswith(head)
        assert text.endswith(tail)
        assert len(head) + len(tail) < len(text)


@CALM
@given(text=long_texts, tokens=st.integers(SHORTEST, 600), more=st.integers(0, 300))
def test_more_tokens_keep_no_less(text: str, tokens: int, more: int) -> None:
    assert text_tokens(shortened(text, tokens)) <= text_tokens(shortened(text, tokens + more))


def test_a_text_cannot_be_cut_to_nothing() -> None:
    assert text_tokens(shortened("x" * 9000, 0)) == SHORTEST


@CALM
@given(texts=st.lists(long_texts, max_size=5), budget=st.integers(0, 3000))
def test_the_cap_is_the_largest_that_fits(texts: list[str], budget: int) -> None:
    def tokens(cap: int) -> int:
        return sum(item_tokens(UserText(shortened(text, cap))) for text in texts)

    cap = longest_cap(texts, budget)
    assert tokens(cap) <= budget or cap == SHORTEST
    assert cap >= max(map(text_tokens, texts), default=0) or tokens(cap + 1) > budget
