import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tools.results import NOTHING, Attachment, base64_size, result_text
from shared.tools.text import clean, clean_line, cut, size_text

# A busy machine is slow, which is no failure of what is tested.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x07c\x7fd\x85e", "abcde"),
        ("pay \u202egpj.exe", "pay gpj.exe"),
        ("hi\U000e0049\U000e0067", "hi"),
        ("half \ud83d pair", "half  pair"),
        ("👩\u200d👧 größe 猫", "👩\u200d👧 größe 猫"),
    ],
)
def test_hidden_characters_go_and_words_stay(text: str, expected: str) -> None:
    assert clean(text) == expected


@CALM
@given(st.text(st.characters()))
def test_clean_text_can_always_be_stored_and_stays_clean(text: str) -> None:
    once = clean(text)
    once.encode()
    assert clean(once) == once


@CALM
@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(100, 300))
def test_a_cut_text_fits_and_says_so(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown.encode()) <= limit
    assert shown == text or (len(text.encode()) > limit and "[truncated: the full result is" in shown)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1500, "1.5 kB"), (12_000, "12 kB"), (4_200_000, "4.2 MB")],
)
def test_sizes_are_written_for_people(size: int, expected: str) -> None:
    assert size_text(size) == expected


def test_a_line_for_a_message_is_one_short_line() -> None:
    assert clean_line("a\n2026 ERROR admin\tb") == "a 2026 ERROR admin b"
    assert len(clean_line("x" * 1000)) == 200


@pytest.mark.parametrize(("data", "size"), [("", 0), ("QQ==", 1), ("QUI=", 2), ("QUJD", 3)])
def test_a_base64_text_stands_for_so_many_bytes(data: str, size: int) -> None:
    assert base64_size(data) == size


def test_structured_content_is_told_unless_a_text_says_it_already() -> None:
    assert result_text(["a", "", "b"], {"n": 1}, [], 1000) == 'a\nb\n{"n":1}'
    assert result_text(['{ "n": 1 }'], {"n": 1}, [], 1000) == '{ "n": 1 }'
    assert result_text([], {"n": "ä", "m": [1]}, [], 1000) == '{"n":"ä","m":[1]}'
    assert result_text([], None, [], 1000) == NOTHING


def test_an_attachment_is_named_not_carried() -> None:
    image = Attachment(kind="image", media_type="image/png", size=12_000)
    link = Attachment(kind="link", media_type=None, size=None, uri="https://x.example/\n\x1b]0;evil")
    assert (
        result_text(["a"], None, [image, link], 1000)
        == "a\n[image image/png, 12 kB]\n[link, https://x.example/ ]0;evil]"
    )
