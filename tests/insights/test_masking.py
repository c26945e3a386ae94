"""What could tell who or what a question is about goes before anything else is done with it."""

import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.labelled_questions import committed
from shared.common_questions.masking import embeddable, masked
from shared.common_questions.masking_words import PARTICLES

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wie reagiere ich auf den Einwand, dass wir zu teuer sind?", None),
        ("Welche Rabatte darf ich bei einem Rahmenvertrag ohne Zustimmung geben?", None),
        ("Wie bereite ich ein Preisgespräch mit dem Einkauf vor? Können Sie mir eine Vorlage geben?", None),
        ("Schreibe eine kurze E-Mail an einen neuen Ansprechpartner.", None),
        ("Was sagt die Geschäftsleitung zur Digitalisierung?", None),
        ("Contoso will einen Rabatt von 30 %", "[name] will einen Rabatt von [number]"),
        ("Was will Anna Berger von uns?", "Was will [name] von uns?"),
        ("Ist Herr Dr. Weiß unser Ansprechpartner?", "Ist [name] unser Ansprechpartner?"),
        ("Wer ist bei der Fabrikam GmbH der Einkäufer?", "Wer ist bei der [name] der Einkäufer?"),
        ("Was ist mit dem Peter Hartung und seinem Vertrag?", "Was ist mit dem [name] und seinem Vertrag?"),
        ("Wie läuft der Contoso-Deal mit Tailspin Toys?", "Wie läuft der [name] mit [name]?"),
        ("Comment répondre à une objection de prix ?", "Comment répondre à une objection de prix?"),
        ("Peut-on accorder une remise à Contoso ?", "Peut-on accorder une remise à [name]?"),
        ("L'offre de D'Angelo est trop basse", "L'offre de [name] est trop basse"),
        ("¿Cómo respondo a Lucía Fernández sobre el precio?", "¿Cómo respondo a [name] sobre el precio?"),
        ("Come preparo una demo per Adventure Works?", "Come preparo una demo per [name]?"),
        ("Hoe overtuig ik Proseware van onze prijs?", "Hoe overtuig ik [name] van onze prijs?"),
        ("Hur svarar jag Litware om rabatt?", "Hur svarar jag [name] om rabatt?"),
    ],
)
def test_a_question_keeps_its_words_and_loses_its_names_in_other_languages(text: str, expected: str | None) -> None:
    assert masked(text) == (expected or text)


@pytest.mark.parametrize(
    "secret",
    [
        "anna.berger@contoso.de",
        "anna.berger (at) contoso.de",
        "https://contoso.fr/offre?id=7",
        "contoso.ch/preise",
        "crm://deals/contoso",
        "DE89 3704 0044 0532 0130 00",
        "de89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "FR76 3000 6000 0112 3456 7890 189",
        "+49 (0)170 / 123 45-67",
        "01 23 45 67 89",
        "12.500,50 €",
        "1'250.- CHF",
        "٢٥٠",
    ],
)
@pytest.mark.parametrize(
    "around",
    ["what about {} now?", "was ist mit {} jetzt?", "que faire de {} maintenant ?", "¿qué hago con {} ahora?", "{}"],
)
def test_addresses_and_numbers_are_masked_in_every_language(around: str, secret: str) -> None:
    told = masked(around.format(secret))
    assert not any(letter.isdigit() for letter in told)
    assert not any(part in told.lower() for part in ("contoso", "berger", "nwbk", "preise", "offre"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Jürgen Müller", "was will mueller, sagt juergen", "was will [name], sagt [name]"),
        ("Lucía de la Fuente", "la propuesta de lucia fuente", "la propuesta de [name]"),
        ("Søren Ågård", "spørg soren agard om det", "spørg [name] om det"),
        ("Ada Winter", "adas angebot und winters vertrag", "[name] angebot und [name] vertrag"),
        ("Anna-Lena Weiß", "frag anna und lena weiss", "frag [name]"),
        ("\u0130brahim I\u015f\u0131l", "frag i̇brahim oder isil", "frag [name] oder [name]"),
        ("Mail Name", "schreib an x@y.de", "schreib an [email]"),
    ],
)
def test_known_names_go_by_value_however_they_are_written(name: str, text: str, expected: str) -> None:
    assert masked(text, (name,)) == expected


_LATIN = st.text(
    alphabet=st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F, exclude_characters="ŉĿŀ"),
    min_size=3,
    max_size=12,
)


@given(name=_LATIN, other=st.sampled_from([str.lower, str.upper, str.title, partial(unicodedata.normalize, "NFD")]))
def test_any_latin_name_goes_by_value_in_any_letters(name: str, other: Callable[[str], str]) -> None:
    assume(name.lower() not in PARTICLES)
    assert masked(f"was will {other(name)} heute", (f"{name} Xyz",)) == "was will [name] heute"


@given(st.text(max_size=80))
def test_no_digit_of_any_text_is_left(text: str) -> None:
    assert not any(letter.isdecimal() for letter in masked(text))


def test_the_askers_own_name_goes_in_whatever_letters() -> None:
    assert masked("how should ada winter open the call, says ADA", ("Ada Winter",)) == (
        "how should [name] open the call, says [name]"
    )


def test_brackets_hide_no_name() -> None:
    assert masked("ask [Contoso] and [ada] about [x]", ("Ada",)) == "ask [[name]] and [[name]] about [x]"


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
