import json
from collections.abc import Callable

import pytest

from tests.local.openai.dialogue import FLAGSHIP, converse, said
from tests.local.openai.tools import output


def bare(text: str) -> str:
    return text


def in_content(text: str) -> str:
    return json.dumps({"content": [{"type": "text", "text": text}], "isError": False})


def structured(text: str) -> str:
    return json.dumps({"structuredContent": json.loads(text), "content": []})


def rows_alone(text: str) -> str:
    return json.dumps({"structuredContent": {"result": json.loads(text)["opportunities"]}})


def framed(text: str) -> str:
    return f"<tool_result trust=data>\n{text}\n</tool_result>"


def test_later_calls_use_the_name_the_crm_spelled() -> None:
    rounds, _ = converse(said("Prepare me for my meeting with contoso tomorrow"))
    assert dict(rounds[1])["crm__get_pipeline"] == {"account": "Contoso Ltd"}


def test_an_account_nobody_knows_ends_the_search() -> None:
    rounds, text = converse(said("Prepare me for my meeting with Zzyzx Corp"), lambda _name: '{"accounts": []}')
    assert [name for calls in rounds for name, _ in calls] == ["crm__find_accounts"]
    assert "Nothing was found" in text


@pytest.mark.parametrize(
    "failed",
    [
        "Error: connection refused",
        '{"isError": true, "content": [{"type": "text", "text": "connection refused"}]}',
        '{"error": {"code": "unavailable", "message": "connection refused"}}',
        '{"status": "failed", "message": "connection refused"}',
    ],
)
def test_a_failed_tool_is_named_and_the_rest_still_answered(failed: str) -> None:
    _, text = converse(said(FLAGSHIP), lambda name: failed if name == "crm__get_pipeline" else output(name))
    assert "I could not use the CRM pipeline" in text
    assert "connection refused" in text
    assert "discount given twice" in text
    assert "Plant rollout" not in text


@pytest.mark.parametrize("wrap", [bare, in_content, structured, rows_alone, framed])
def test_results_are_read_in_whatever_envelope_they_come(wrap: Callable[[str], str]) -> None:
    _, text = converse(said("How is my pipeline for Contoso?"), lambda name: wrap(output(name)))
    assert "| Plant rollout | Proposal | EUR 184,500" in text


def test_a_plain_text_result_is_quoted() -> None:
    _, text = converse(said("How is my pipeline for Contoso?"), lambda _name: "Two deals, EUR 5,000 together.")
    assert "> Two deals, EUR 5,000 together." in text


def test_rows_are_the_outermost_list_whatever_hangs_below_them() -> None:
    contacts = [{"name": f"Contact {number}"} for number in range(5)]
    account = {"account": {"name": "Best For You", "industry": "Retail"}, "contacts": contacts}
    found = json.dumps({"query": "retail", "accounts": [account]})
    _, text = converse(said("Which of my accounts are in retail?"), lambda _name: found)
    assert "## Matching accounts\n" in text
    assert "| Best For You | Retail |" in text
    assert "Contact 1" not in text


def test_numbers_without_known_names_still_make_a_table() -> None:
    lines = [{"owner": "Ada Winter", "currency": "EUR", "commit": 103000, "best_case": 26500}]
    _, text = converse(said("What is our forecast this quarter?"), lambda _name: json.dumps({"lines": lines}))
    assert "| Ada Winter | EUR | 103,000 | 26,500 |" in text


@pytest.mark.parametrize("result", ["The call was put off.", '{"found": false, "message": "No account matches."}'])
def test_an_entry_is_called_logged_only_when_the_crm_says_so(result: str) -> None:
    _, text = converse(said("Log a call with Contoso: hello"), lambda _name: result)
    assert "Done" not in text
    assert "The CRM answered" in text
