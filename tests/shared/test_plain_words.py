"""Markdown as plain words."""

import pytest

from shared.plain_words import plain

TABLE = "| Deal | Amount |\n| --- | ---: |\n| Renewal | 240,000 |"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Contoso** pricing", "Contoso pricing"),
        ("### What to *say* to __Contoso__", "What to say to Contoso"),
        ("***both*** and ~~gone~~ and `code`", "both and gone and code"),
        ("- one\n* two\n- [x] done\n1. first", "one\ntwo\ndone\n1. first"),
        ("> quoted\n> more", "quoted\nmore"),
        ("[the plan](https://example.com/a_b_c) and ![chart](x.png)[^1]", "the plan and chart"),
        (TABLE, "Deal · Amount\n\nRenewal · 240,000"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("5 * 3 * 2, snake_case_name, a | b", "5 * 3 * 2, snake_case_name, a · b"),
        (r"\*not bold\*", "*not bold*"),
        ("nothing to strip", "nothing to strip"),
        ("**open", "**open"),
        ("", ""),
    ],
)
def test_marks_are_left_out_and_words_stay(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@pytest.mark.parametrize("mark", [" \t", "*", "_a ", "[", "[a](", "| ", "`a", "> ", "- ", "~~a"])
@pytest.mark.timeout(20)
def test_long_texts_of_marks_alone_take_no_long_time(mark: str) -> None:
    plain(mark * 20_000)
