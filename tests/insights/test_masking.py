"""What could tell who or what a question is about goes before anything else is done with it."""

import pytest

from bench.insights_questions import committed
from shared.common_questions.masking import embeddable, masked

FILLED = ("Contoso", "Fabrikam", "Tailspin", "Toys", "Adventure", "Works", "Litware", "Wingtip", "Proseware")
PEOPLE = ("Anna", "Berger", "Olsen", "Priya", "Nair", "Keller", "Weiss", "Lucía", "Fernández")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to anna.berger@contoso.com now", "Write to [email] now"),
        ("What does Anna Berger want?", "What does [name] want?"),
        ("Contoso wants a discount", "[name] wants a discount"),
        ("Is Dr. Weiss our champion?", "Is [name] our champion?"),
        ("We offered €12,500.50 for 30% less", "We offered [number] for [number] less"),
        ("Call +49 170 1234567 about order AB-4711", "Call [number] about order [number]"),
        ("See https://contoso.example/deal?id=7 and contoso.com/price", "See [link] and [link]"),
        ("Ask @anna about Q3", "Ask [name] about [number]"),
        ("Contoso's CFO doubts our ROI case", "[name] CFO doubts our ROI case"),
        ("How do I qualify with MEDDIC? I'm new.", "How do I qualify with MEDDIC? I'm new."),
        ("Tell Contoso and Fabrikam the price", "Tell [name] the price"),
    ],
)
def test_names_numbers_and_addresses_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_the_askers_own_name_goes_in_whatever_letters() -> None:
    assert masked("how should ada winter open the call, says ADA", ("Ada Winter",)) == (
        "how should [name] open the call, says [name]"
    )


def test_a_long_paste_is_cut() -> None:
    assert len(masked("word " * 1000)) <= 600


def test_masks_say_nothing_of_what_is_asked() -> None:
    assert embeddable("What does [name] want for [number]?") == "What does want for ?"


def test_no_name_or_number_of_a_thousand_questions_is_left() -> None:
    left = [
        (one.text, masked(one.text))
        for one in committed()
        if any(name in masked(one.text) for name in (*FILLED, *PEOPLE)) or any(c.isdigit() for c in masked(one.text))
    ]
    assert left == []
