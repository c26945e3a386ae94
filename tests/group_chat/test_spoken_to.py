import time

import pytest

from group_chat.spoken_to import adds_to_question, names_coach, spoken


@pytest.mark.parametrize(
    "text",
    [
        "@coach what now?",
        "@SalesCoach, what now?",
        "What do you think, @Coach?",
        "ask @coach.",
        "(@coach)",
        "**@coach** help",
        "first\n@coach second",
        "> you said this\n@coach is that so?",
        "> you said this\n\n@coach is that so?",
        "- @coach one\n- two",
        "`code` @coach `code`",
        "``a ` b`` @coach",
        "one ` tick and @coach",
        "```\ncode\n```\n@coach",
        "~~~\n```\n~~~\n@coach",
        "see https://example.com/x @coach",
        "a paragraph\n    @coach in an indented line that goes on",
        "@coach: go",
        "„@coach“",
        "Hallo @COACH!",
        "@coach\u00a0hi",
    ],
)
def test_these_speak_to_the_coach(text: str) -> None:
    assert names_coach(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "coach",
        "my coach said",
        "mail me at bob@coach.com",
        "mail me at bob@coach",
        "a.b@salescoach",
        "a+b-@coach",
        "@coaching is hard",
        "@coach_bob",
        "@coach-bob",
        "@coach.example",
        "@coach/team",
        "@@coach",
        r"\@coach",
        "`@coach`",
        "``say `@coach` ``",
        "`over\ntwo @coach lines`",
        "```\n@coach\n```",
        "```python\n@coach\n",
        "````\n```\n@coach\n```\n````",
        "~~~\n@coach\n~~~",
        "   ```\n@coach\n   ```",
        "    @coach",
        "text\n\n\t@coach",
        "> @coach said so",
        ">@coach",
        "  > > @coach",
        "- > @coach",
        "1. > @coach",
        "https://x.example/@coach",
        "https://x.example/?q=@coach",
        "http://@coach",
        "www.example.com/@coach",
        "mailto:@coach",
        "<@coach>",
        "[@coach](https://example.com)",
        "[ask @coach here](x)",
        "[x](@coach)",
        "[ask @coach][1]",
        "x/@coach",
        "key:@coach",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not names_coach(text)


def test_a_fence_is_closed_only_by_as_many_of_its_own_marks() -> None:
    assert names_coach("````\n```\n````\n@coach")
    assert not names_coach("```\n~~~\n@coach")
    assert not names_coach("```\n``` not the end\n@coach")
    assert not names_coach("````\n```\n@coach")


def test_backticks_in_one_line_are_no_fence() -> None:
    assert names_coach("```one line``` and @coach")


@pytest.mark.parametrize(
    "text",
    [
        "@coach also look at Contoso",
        "And @coach, also that",
        "@SalesCoach: also this",
        "@coach auch Fabrikam",
        "Und @Coach, Auch das",
        "@coach au\u00dferdem den Preis",
        "@coach Ausserdem: der Preis",
    ],
)
def test_more_for_the_running_answer(text: str) -> None:
    assert adds_to_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "@coach look at Contoso",
        "also @coach",
        "@coach alsofar",
        "`@coach also`",
        "also",
        "@coach und auch",
        "@coach aucht",
        "@coach plus 10 %",
    ],
)
def test_nothing_more_for_the_running_answer(text: str) -> None:
    assert not adds_to_question(text)


def test_words_of_ones_own_stay_as_they_are() -> None:
    assert spoken("one\ntwo") == "one\ntwo"


REPEATED = (
    "`",
    "` `` ",
    "[",
    "](",
    "<",
    "> ",
    "a.",
    "@coach",
    "\n",
    "- ",
    "1. ",
    "www.",
    "``` `\n",
    " \n",
    "\n \t",
    "(",
)


@pytest.mark.parametrize("text", [piece * (32_000 // len(piece)) for piece in REPEATED])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    names_coach(text + " @coach also")
    adds_to_question(text + " @coach also")
    assert time.process_time() - began < 1
