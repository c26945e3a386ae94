import pytest

from shared.prompts import PromptInvalid, PromptTemplate, render
from shared.protocol.codes import ErrorCode

COACH = "You coach sellers. Today is {{today}}. Tools: {{tools}}."
VALUES = {"today": "2026-11-22", "tools": "none"}


def template(text: str) -> PromptTemplate:
    return PromptTemplate(name="coach.md", version="0" * 12, text=text)


def test_placeholders_are_replaced_wherever_they_stand() -> None:
    text = render(template("{{today}}|{{ tools }}|{{today}} {not} {{name}}"), VALUES | {"name": "Ada", "unused": "x"})
    assert text == "2026-11-22|none|2026-11-22 {not} Ada"


def test_what_is_put_in_is_never_expanded() -> None:
    text = render(template("{{today}} {{tools}} {{name}}"), VALUES | {"name": "{{tools}} \\1 \\g<0>"})
    assert text == "2026-11-22 none {{tools}} \\1 \\g<0>"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (COACH + "{{secret}} {{other}}", "other, secret"),
        ("{{today}}", "tools"),
        ("nothing", "today, tools"),
        ("", "empty"),
        (COACH + "{{unclosed", "placeholder"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(PromptInvalid) as raised:
        render(template(text), VALUES)
    assert named in raised.value.message
    assert raised.value.code == ErrorCode.PROMPT_UNAVAILABLE


def test_a_required_variable_that_is_not_given_is_named() -> None:
    with pytest.raises(PromptInvalid, match="tools"):
        render(template(COACH), {"today": "x"})
