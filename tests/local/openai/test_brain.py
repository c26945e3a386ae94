import json

import jsonschema
import pytest

from tests.local.openai.dialogue import FLAGSHIP, converse, reply, said, text_of
from tests.local.openai.tools import NAMES, TOOLS


def test_the_flagship_question_asks_crm_and_playbook_at_once_and_quotes_both() -> None:
    rounds, text = converse(said(FLAGSHIP))
    assert len(rounds) == 1
    calls = dict(rounds[0])
    assert calls["crm__get_pipeline"] == {"account": "Contoso"}
    assert "price" in calls["sales_playbook__search_playbook"]["query"]
    assert "## Contoso" in text
    assert "| Plant rollout | Proposal | EUR 184,500 | 60 % | 2026-12-18 |" in text
    assert "EUR 184,500" in text
    assert "USD 42,000" in text
    assert "EUR 1,184,499" not in text
    assert "Send the revised offer" in text
    assert "New CFO" in text
    assert "A discount given early is a discount given twice." in text
    assert "Price objections" in text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How is my pipeline for Fabrikam?", [{"crm__get_pipeline"}]),
        ("when did we last speak to Contoso", [{"crm__find_accounts"}, {"crm__list_activities"}]),
        (
            "Prepare me for my meeting with Contoso tomorrow",
            [{"crm__find_accounts"}, {"crm__get_pipeline", "crm__list_activities", "web_search__search_web"}],
        ),
        (
            "Draft a follow-up e-mail to Contoso",
            [{"crm__get_pipeline", "crm__list_activities", "sales_playbook__search_playbook"}],
        ),
        ("Log a call with Contoso: they want a pilot", [{"crm__log_activity"}]),
        ("Any news about Adventure Works?", [{"web_search__search_web"}]),
        (
            "They say a competitor is cheaper. How should I respond?",
            [{"web_search__search_web", "sales_playbook__search_playbook"}],
        ),
        ("Which discovery questions should I ask?", [{"sales_playbook__search_playbook"}]),
        ("The buyer wants to postpone to next quarter, what do I say?", [{"sales_playbook__search_playbook"}]),
        ("What is our forecast this quarter?", [{"crm__forecast"}]),
        ("Tell me about Litware", [{"crm__get_pipeline", "web_search__search_web"}]),
        ("How do I coach my rep who talks too much?", [{"sales_playbook__search_playbook"}]),
        ("Which of my accounts are in retail?", [{"crm__find_accounts"}]),
        ("Tailspin went dark, help me", [{"crm__get_pipeline", "sales_playbook__search_playbook"}]),
        ("Hello!", []),
        ("Thanks", []),
        ("What can you do?", []),
        ("Role-play a sceptical CFO with me", []),
    ],
)
def test_a_question_calls_the_tools_it_needs(question: str, expected: list[set[str]]) -> None:
    rounds, text = converse(said(question))
    assert [{name for name, _ in calls} for calls in rounds] == expected
    assert len(text) > 40


@pytest.mark.parametrize(
    "question",
    [
        FLAGSHIP,
        "Prepare me for my meeting with Contoso tomorrow",
        "Log a meeting with Contoso: they want a pilot",
        "What is our forecast this quarter?",
        "Any news about Adventure Works?",
    ],
)
def test_every_call_names_an_offered_tool_and_fits_its_schema(question: str) -> None:
    schemas = {tool["name"]: tool["parameters"] for tool in TOOLS}
    rounds, _ = converse(said(question))
    for name, arguments in (call for calls in rounds for call in calls):
        jsonschema.validate(arguments, schemas[name])


def test_a_log_entry_has_account_kind_and_the_note_alone() -> None:
    rounds, text = converse(said("Log a call with Contoso: they want a pilot"))
    assert rounds[0][0][1] == {"account": "Contoso", "kind": "call", "note": "they want a pilot"}
    assert "Logged for Contoso" in text


def test_a_follow_up_keeps_the_company_of_the_question_before() -> None:
    rounds, _ = converse(said("How is my pipeline for Fabrikam?", "And what are the latest activities?"))
    assert rounds[0] == [("crm__find_accounts", {"query": "Fabrikam"})]


def test_without_a_company_it_asks_for_one() -> None:
    rounds, text = converse(said("Draft a follow-up e-mail"))
    assert rounds == []
    assert "Which account" in text


def test_without_a_fitting_tool_it_says_what_it_would_need() -> None:
    _, text = converse(said(FLAGSHIP), tools=[])
    assert "no access to the CRM pipeline and the sales playbook" in text
    assert "compared with" in text


def test_tools_with_other_names_are_understood() -> None:
    schema = {"type": "object", "properties": {"companyName": {"type": "string"}}, "required": ["companyName"]}
    tools = [
        {"type": "function", "name": "acme_opportunities", "parameters": schema},
        {
            "type": "function",
            "name": "knowledge_base",
            "parameters": {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]},
        },
    ]
    made = reply(said(FLAGSHIP), tools=tools)
    assert [(call.name, json.loads(call.arguments)) for call in made.calls] == [
        ("acme_opportunities", {"companyName": "Contoso"}),
        ("knowledge_base", {"q": "price too expensive objection"}),
    ]


def test_tool_choice_is_obeyed() -> None:
    assert reply(said(FLAGSHIP), tool_choice="none").calls == ()
    forced = reply(said("Hello"), tool_choice={"type": "function", "name": "web_search__search_web"})
    assert [call.name for call in forced.calls] == ["web_search__search_web"]
    assert len(reply(said("Hello"), tool_choice="required").calls) == 1


def test_without_parallel_calls_they_come_one_by_one() -> None:
    rounds, text = converse(said(FLAGSHIP), parallel_tool_calls=False)
    assert [[name for name, _ in calls] for calls in rounds] == [
        ["crm__get_pipeline"],
        ["sales_playbook__search_playbook"],
    ]
    assert "Plant rollout" in text


def test_a_role_play_goes_on_until_it_is_stopped() -> None:
    start = "Role-play the CFO of Contoso with me"
    _, scene = converse(said(start))
    assert "CFO at Contoso" in scene
    _, reaction = converse(said(start, "We save you two people a year."))
    assert "Coach, aside" in reaction
    _, feedback = converse(said(start, "We save you two people a year.", "feedback"))
    assert "Out of the role" in feedback
    rounds, _ = converse(said(start, "stop the role-play", "How is my pipeline for Contoso?"))
    assert rounds == [[("crm__get_pipeline", {"account": "Contoso"})]]


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("Write a short title for this conversation.", "Contoso pipeline and price"),
        ("Suggest three follow-up questions.", "Contoso"),
        ("Summarize the conversation in one paragraph.", "Contoso"),
    ],
)
def test_side_jobs_get_short_texts(instructions: str, expected: str) -> None:
    text = text_of(reply(said(FLAGSHIP), tools=[], instructions=instructions))
    assert expected in text
    assert len(text) < 400
    assert "##" not in text


@pytest.mark.parametrize(
    "instructions", ["Cite every source by its title.", "You are a coach. Summarise tool results."]
)
def test_a_coach_prompt_with_tools_is_no_side_job(instructions: str) -> None:
    assert {call.name for call in reply(said(FLAGSHIP), instructions=instructions).calls} <= NAMES
    assert reply(said(FLAGSHIP), instructions=instructions).calls


def test_structured_suggestions_are_three_questions() -> None:
    schema = {
        "type": "object",
        "properties": {"suggestions": {"type": "array", "items": {"type": "string"}, "minItems": 3}},
        "required": ["suggestions"],
    }
    wanted = {"format": {"type": "json_schema", "name": "s", "schema": schema}}
    value = json.loads(text_of(reply(said(FLAGSHIP), tools=[], text=wanted)))
    jsonschema.validate(value, schema)
    assert all("Contoso" in text for text in value["suggestions"])


REMEMBER = {
    "type": "function",
    "name": "remember",
    "parameters": {
        "type": "object",
        "properties": {"kind": {"enum": ["fact", "instruction"]}, "text": {"type": "string"}},
        "required": ["kind", "text"],
    },
}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Remember that I sell to hospitals.", {"kind": "fact", "text": "I sell to hospitals."}),
        ("Please remember: always answer in bullets", {"kind": "instruction", "text": "Always answer in bullets"}),
    ],
)
def test_what_is_to_be_remembered_is_proposed_once_and_the_answer_says_what_came_of_it(
    words: str, kept: dict[str, str]
) -> None:
    tools = [*TOOLS, REMEMBER]
    rounds, text = converse(said(words), lambda _: "Stored in the person's memory.", tools=tools)
    assert (rounds, text) == ([[("remember", kept)]], "I will keep that in mind.")
    _, text = converse(said(words), lambda _: "[denied] Not made: the person said no.", tools=tools)
    assert "could not use your memory" in text
    rounds, text = converse(said(words))
    assert rounds == []
    assert "your memory is switched off" in text
