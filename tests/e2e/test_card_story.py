"""A person decides in a real browser what the coach may do, from any tab, and asks other things meanwhile."""

import json
import os
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from shared.protocol.cards import CardClosed
from shared.protocol.durable import ToolCallStarted
from tests.e2e.audit import Audit, audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-card-story"), pytest.mark.timeout(300)]

TASK = "Log the call with Contoso"
PROPOSED = {"account": "Contoso", "kind": "note", "note": "They want a discount."}
ANSWER = "That is settled."
OTHER_ANSWER = "Something else altogether."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    """Run a stack in which writing into the CRM needs the person's word."""
    folder = tmp_path_factory.mktemp("card_story")
    document = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))
    document["servers"]["crm"]["tools"]["log_activity"] = {"policy": "ask", "editable": True}
    catalog = folder / "mcpservers.json"
    catalog.write_text(json.dumps(document), encoding="utf-8")
    running = Stack(state=folder / "stack", flags=("--first-token-ms", "20", "--token-ms", "5"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "MCP_SERVERS_FILE", str(catalog))
        running.start()
    call = {"name": "crm__log_activity", "arguments": PROPOSED}
    scenario: list[dict[str, Any]] = [
        {"match": {"text": "^Log", "step": 0}, "respond": {"calls": [call]}},
        {"match": {"text": "^Log"}, "respond": {"text": ANSWER}},
        {"match": {}, "respond": {"text": OTHER_ANSWER}},
    ]
    running.send("PUT", running.url("openai") + "/_scenario", scenario)
    yield running
    running.stop()
    (folder / "output.log").write_text(running.output, encoding="utf-8")


def card_of(chat: ChatPage) -> Locator:
    return chat.page.get_by_test_id("card")


def asked(context: BrowserContext, stack: Stack) -> ChatPage:
    """Sign in and ask for something that needs a yes; come back when the card is there."""
    chat = ChatPage.sign_in(context, stack)
    chat.page.get_by_test_id("composer").fill(TASK)
    chat.page.get_by_test_id("send").click()
    expect(card_of(chat)).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    expect(chat.answer).to_have_attribute("data-status", "parked", timeout=WAIT_MS)
    return chat


def decided(chat: ChatPage, outcome: str) -> None:
    expect(card_of(chat)).to_have_attribute("data-state", outcome, timeout=WAIT_MS)


def settled(chat: ChatPage) -> None:
    expect(chat.answer).to_contain_text(ANSWER, timeout=WAIT_MS)
    expect(chat.answer).to_have_attribute("data-status", "completed", timeout=WAIT_MS)


def log_of(chat: ChatPage, stack: Stack) -> Audit:
    log = audit(stack, chat.page.url.rsplit("/", 1)[1])
    log.assert_sound()
    return log


def sent(log: Audit) -> list[dict[str, Any]]:
    """Return the arguments of the calls that were made."""
    calls = [event for event in log.of_type("tool_call.started") if isinstance(event, ToolCallStarted)]
    return [json.loads(call.arguments) for call in calls]


def test_an_approved_call_is_made_as_it_was_shown(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)
    expect(card_of(chat).get_by_role("table")).to_contain_text("They want a discount.")
    expect(card_of(chat)).to_be_focused()

    chat.page.get_by_test_id("card-note").fill("Good idea")
    chat.page.get_by_test_id("approve").click()

    decided(chat, "approved")
    expect(chat.page.get_by_test_id("card-decision")).to_contain_text("Approved by Ada")
    settled(chat)
    expect(chat.page.get_by_test_id("tool-step")).to_have_attribute("data-status", "completed")
    chat.page.reload()
    decided(chat, "approved")
    settled(chat)
    log = log_of(chat, stack)
    assert sent(log) == [PROPOSED]
    closings = [event for event in log.of_type("question.closed") if isinstance(event, CardClosed)]
    assert [closing.note for closing in closings] == ["Good idea"]


def test_a_denied_call_is_not_made(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)

    chat.page.get_by_test_id("deny").click()

    decided(chat, "denied")
    settled(chat)
    expect(chat.page.get_by_test_id("tool-step")).to_have_attribute("data-status", "denied")
    assert sent(log_of(chat, stack)) == []


def test_a_changed_call_is_made_as_the_person_wants_it(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)

    chat.page.get_by_test_id("edit-arguments").click()
    card_of(chat).locator("[data-field=note]").get_by_role("textbox").fill("They want two years.")
    chat.page.get_by_test_id("approve").click()

    decided(chat, "approved")
    expect(chat.page.get_by_test_id("card-decision")).to_contain_text("with changes")
    settled(chat)
    assert sent(log_of(chat, stack)) == [PROPOSED | {"note": "They want two years."}]


def test_a_change_that_does_not_fit_is_refused_in_words_and_can_be_mended(
    context: BrowserContext, stack: Stack
) -> None:
    chat = asked(context, stack)
    chat.page.get_by_test_id("edit-arguments").click()
    chat.page.get_by_test_id("raw-toggle").click()
    text = chat.page.get_by_label("JSON", exact=True)

    text.fill(json.dumps(PROPOSED | {"kind": 7}))
    chat.page.get_by_test_id("approve").click()

    expect(text).to_have_accessible_description("“kind”: This is none of the choices.", timeout=WAIT_MS)
    expect(text).to_have_value(json.dumps(PROPOSED | {"kind": 7}))
    text.fill(json.dumps(PROPOSED))
    chat.page.get_by_test_id("approve").click()
    decided(chat, "approved")
    settled(chat)


def test_a_second_tab_sees_the_card_and_sees_it_closed(context: BrowserContext, stack: Stack) -> None:
    first = asked(context, stack)
    second = ChatPage.sign_in(context, stack)
    second.page.goto(first.page.url)
    expect(card_of(second)).to_have_attribute("data-state", "open", timeout=WAIT_MS)

    second.page.get_by_test_id("approve").click()

    for tab in (first, second):
        decided(tab, "approved")
        expect(tab.page.get_by_test_id("approve")).to_have_count(0)
        settled(tab)
    assert len(log_of(first, stack).of_type("question.closed")) == 1


def test_other_questions_are_answered_while_a_card_waits(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)
    expect(chat.page.get_by_test_id("stop")).to_have_count(0)

    chat.page.get_by_test_id("composer").fill("What else is new?")
    chat.page.get_by_test_id("send").click()

    expect(chat.answer).to_contain_text(OTHER_ANSWER, timeout=WAIT_MS)
    expect(card_of(chat)).to_have_attribute("data-state", "open")
    chat.page.get_by_test_id("approve").click()
    decided(chat, "approved")
    expect(chat.page.get_by_test_id("message-coach").first).to_contain_text(ANSWER, timeout=WAIT_MS)
    log_of(chat, stack)


def test_a_turn_that_waits_can_be_given_up(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)

    chat.page.get_by_test_id("stop-parked").click()

    decided(chat, "cancelled")
    expect(chat.answer).to_have_attribute("data-status", "stopped", timeout=WAIT_MS)
    assert sent(log_of(chat, stack)) == []


def test_a_verdict_on_a_call_is_there_on_another_tab(context: BrowserContext, stack: Stack) -> None:
    chat = asked(context, stack)
    chat.page.get_by_test_id("approve").click()
    settled(chat)

    chat.page.get_by_test_id("tool-step").locator("summary").click()
    chat.page.get_by_test_id("vote-wrong").click()
    chat.page.get_by_test_id("vote-up").click()

    other = ChatPage.sign_in(context, stack)
    other.page.goto(chat.page.url)
    other.page.get_by_test_id("tool-step").locator("summary").click()
    for tab in (chat, other):
        for vote in ("vote-wrong", "vote-up"):
            expect(tab.page.get_by_test_id(vote)).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)
