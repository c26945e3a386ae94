from urllib.parse import urlsplit

import pytest

from local.mcp_servers.ranking import terms_of
from local.mcp_servers.web_search import SNIPPET_WORDS, load_web, snippet


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("Contoso news", "contoso"),
        ("Contoso third quarter results", "investors/q3-2026"),
        ("Cirrus Systems product launch", "launch/pulse"),
        ("Cirrus outage", "cirrus-outage"),
        ("Woodgrove Bank fine", "woodgrove-bank-outage"),
        ("bjornsen logistikk", "bjornsen-arctic"),
        ("sao gabriel", "sao-gabriel-solar"),
        ("ransomware", "oakfield-health-ransomware"),
        ("rules for switching cloud suppliers in Europe", "eu-data-act-switching"),
        ("how many people decide on a purchase", "buying-groups"),
    ],
)
def test_the_expected_page_is_among_the_first_three(query: str, part: str) -> None:
    assert any(part in result.url for result in load_web().search(query, 3))


def test_every_address_is_unique_and_of_a_reserved_domain() -> None:
    urls = [result.url for word in ("company", "cloud", "new", "customers") for result in load_web().search(word, 100)]
    assert len(urls) > 20
    assert all(str(urlsplit(url).hostname).endswith(".example") for url in urls)


def test_a_snippet_is_cut_around_the_terms() -> None:
    around = [f"word{number}" for number in range(100)]
    cut = snippet(" ".join([*around, "needle", *around]), frozenset(terms_of("needles")))
    assert cut.startswith("… word")
    assert cut.endswith(" …")
    assert " word99 **needle** word0 " in cut
    assert len(cut.split()) == SNIPPET_WORDS + 2


def test_a_snippet_reaches_the_end_of_the_text() -> None:
    text = " ".join([f"word{number}" for number in range(200)] + ["needle", "needle."])
    assert snippet(text, frozenset({"needl"})).endswith(" word199 **needle** **needle**.")


def test_a_short_text_is_its_own_snippet() -> None:
    assert snippet("Only this.", frozenset({"other"})) == "Only this."
