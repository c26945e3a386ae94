"""Links of answers are found as the page finds them; what a result holds is found however it is written."""

import json
import time

import pytest

from shared.links import addresses_in, canonical, links_in
from tests.e2e.stack import ROOT

CASES = json.loads((ROOT / "web" / "tests" / "frames" / "links.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:30] for case in CASES])
def test_an_answers_links_are_those_the_page_shows_and_what_looks_like_one_in_code(case: dict[str, list[str]]) -> None:
    assert sorted(links_in(str(case["text"]))) == sorted([*case["links"], *case["inCode"]])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://X.Example", "https://x.example/"),
        ("https://x.example:443/a#", "https://x.example/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://x.example/%c3%a4", "https://x.example/ä"),
    ],
)
def test_spellings_of_one_address_are_the_same(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/a", "http://x.example/a"),
        ("https://x.example/a", "https://x.example/a/"),
        ("https://x.example/a", "https://x.example/a?b=1"),
        ("https://x.example/#/a", "https://x.example/#/b"),
        ("https://x.example/", "https://x.example@evil.example/"),
        ("https://paypal.example/", "https://p\u0430ypal.example/"),
        ("https://x.example/", "https://x.example:8443/"),
    ],
)
def test_other_addresses_are_not(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x",
        "data:text/html,x",
        "https:///x.example",
        "https:x.example",
        "https://[::1",
        "https://x.example:99999",
        "https://good.example\\@evil.example",
        "https://x.example/\n",
        "",
        "//x.example",
        "ftp://x.example",
        "https://?x",
    ],
)
def test_what_is_no_web_address_has_no_spelling(address: str) -> None:
    assert canonical(address) is None


@pytest.mark.parametrize(
    "result",
    [
        '{"pages": [{"url": "https://x.example/a?b=1\\u0026c=2", "title": "T"}]}',
        '"https:\\/\\/x.example\\/a?b=1&c=2"',
        '{"pages": 1}\n{"deep": [["See (https://x.example/a?b=1&c=2)."]]}',
        "As told at <https://x.example/a?b=1&c=2>, and more.",
        "See [T](https://x.example/a?b=1&c=2)[U](https://x.example/u).",
        "<a href='https://x.example/a?b=1&c=2'>T</a>",
        "[link text/html, 12 kB, https://x.example/a?b=1&c=2]",
        "| https://x.example/a?b=1&c=2 |\n\n**https://x.example/a?b=1&c=2**",
    ],
)
def test_an_address_is_found_in_whatever_it_is_written_in(result: str) -> None:
    assert "https://x.example/a?b=1&c=2" in {address for address, _ in addresses_in(result)}


def test_a_part_of_an_address_is_not_that_address() -> None:
    found = {canonical(address) for address, _ in addresses_in("https://x.example/a/b?c=d and https://x.example.org")}
    assert found == {"https://x.example/a/b?c=d#", "https://x.example.org/#"}


def test_an_address_written_without_a_scheme_may_have_either() -> None:
    assert {address for address, _ in addresses_in("at www.x.example.")} >= {
        "http://www.x.example",
        "https://www.x.example",
    }


def test_titles_are_those_beside_an_address_or_around_it() -> None:
    rows = {"title": "Page", "more": {"see": "https://x.example/b"}, "url": "https://x.example/a"}
    rows["text"] = "Read [this](https://x.example/c)."
    assert dict(addresses_in(json.dumps(rows))) == {
        "https://x.example/b": "",
        "https://x.example/a": "Page",
        "https://x.example/c": "this",
        "https://x.example/c).": "this",
    }


@pytest.mark.parametrize("nest", ["[" * 50_000, "](" * 25_000, "](a(" * 15_000, "[a](" * 15_000, "https://" * 8_000])
def test_no_text_takes_long_to_look_through(nest: str) -> None:
    begun = time.process_time()
    links_in(nest)
    list(addresses_in(nest))
    list(addresses_in(json.dumps(nest)))
    list(addresses_in("[" * 100_000 + "]" * 100_000))
    assert time.process_time() - begun < 2
