import pytest

from group_chat.emoji import is_emoji

JOINER, EMOJI_STYLE, KEYCAP = "\u200d", "\ufe0f", "\u20e3"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "👍",
        "👍🏽",
        "❤",
        f"❤{EMOJI_STYLE}",
        "🎉",
        "✅",
        f"1{EMOJI_STYLE}{KEYCAP}",
        f"#{KEYCAP}",
        "🇩🇪",
        f"👩{JOINER}💻",
        JOINER.join("👨👩👧👦"),
        f"🏳{EMOJI_STYLE}{JOINER}🌈",
        ENGLAND,
        "🫡",
        f"🧑🏻{JOINER}🤝{JOINER}🧑🏿",
        f"™{EMOJI_STYLE}",
    ],
)
def test_these_are_one_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "1",
        "ok",
        "👍👍",
        "👍 ",
        ":+1:",
        JOINER,
        EMOJI_STYLE,
        "🇩",
        f"👍{JOINER}",
        "<b>",
        "\u00e9",
        "\u6f22",
        "\u202e👍",
        JOINER.join("👩" * 9),
    ],
)
def test_these_are_not(text: str) -> None:
    assert not is_emoji(text)
