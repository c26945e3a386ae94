"""What a person is asked, in a real browser: a form on any device, a sign-in, a yes after what strangers wrote."""

import json
import os
from collections.abc import Generator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from shared.protocol.cards import CardClosed, CardOpened
from tests.e2e.audit import Audit, audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.stack import ROOT, Stack
from tests.e2e.waiting import timers_of, until
from tests.shared.tools.sdk_server import SdkServer, sdk_server

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-question-story"), pytest.mark.timeout(300)]

BOOKED = "That is booked."
QUOTED = "The quote is 86,400 EUR."
FOUND = "There is some news."
LOGGED = "That is logged."
UNSIGNED = "Needs your sign-in: Quotes."
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def seller() -> Generator[SdkServer]:
    """Run a tool server that asks how many seats to book."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(sdk_server()) as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, seller: SdkServer) -> Generator[Stack]:
    folder = tmp_path_factory.mktemp("question_story")
    document = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))
    tools = {"book": {"policy": "allow", "idempotent": False}}
    document["servers"]["seats"] = {"url": seller.url, "roles": ["Sales"], "private_network": True, "tools": tools}
    catalog = folder / "mcpservers.json"
    catalog.write_text(json.dumps(document), encoding="utf-8")
    running = Stack(state=folder / "stack", flags=("--first-token-ms", "20", "--token-ms", "5"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "MCP_SERVERS_FILE", str(catalog))
        running.start()
    scenario: list[dict[str, Any]] = [
        _calls("^Book", 0, "seats__book", day="Monday"),
        {"match": {"text": "^Book"}, "respond": {"text": BOOKED}},
        _calls("^Quote", 0, "quotes__sign_in_to_server"),
        _calls("^Quote", 1, "quotes__get_quote", account="Contoso"),
        {"match": {"text": "^Quote"}, "respond": {"text": QUOTED}},
        _calls("^Search", 0, "web_search__search_web", query="Contoso"),
        {"match": {"text": "^Search"}, "respond": {"text": FOUND}},
        _calls("^Log", 0, "crm__log_activity", account="Contoso", kind="note", note="They want a discount."),
        {"match": {"text": "^Log"}, "respond": {"text": LOGGED}},
    ]
    running.send("PUT", running.url("openai") + "/_scenario", scenario)
    yield running
    running.stop()
    (folder / "output.log").write_text(running.output, encoding="utf-8")


def _calls(text: str, step: int, tool: str, **arguments: str) -> dict[str, Any]:
    return {"match": {"text": text, "step": step}, "respond": {"calls": [{"name": tool, "arguments": arguments}]}}


@pytest.fixture
def device(browser: Browser) -> Generator[BrowserContext]:
    """Open another browser, which shares nothing with the first."""
    opened = browser.new_context(viewport={"width": 1024, "height": 768})
    yield opened
    opened.close()


def card_of(chat: ChatPage) -> Locator:
    return chat.page.get_by_test_id("card")


def seats_of(chat: ChatPage) -> Locator:
    return card_of(chat).locator("[data-field=count]").get_by_role("textbox")


def asked(context: BrowserContext, stack: Stack, question: str, kind: str) -> ChatPage:
    """Sign in and ask for something that needs an answer; come back when the card is there."""
    chat = ChatPage.sign_in(context, stack)
    chat.page.get_by_test_id("composer").fill(question)
    chat.page.get_by_test_id("send").click()
    expect(card_of(chat)).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    expect(card_of(chat)).to_have_attribute("data-kind", kind)
    return chat


def also_on(device: BrowserContext, stack: Stack, chat: ChatPage) -> ChatPage:
    """Open the same conversation as the same person elsewhere."""
    other = ChatPage.sign_in(device, stack)
    other.page.goto(chat.page.url)
    expect(card_of(other)).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    return other


def settled(chat: ChatPage, outcome: str, answer: str) -> None:
    expect(card_of(chat)).to_have_attribute("data-state", outcome, timeout=WAIT_MS)
    expect(chat.answer).to_contain_text(answer, timeout=WAIT_MS)
    expect(chat.answer).to_have_attribute("data-status", "completed", timeout=WAIT_MS)


def log_of(chat: ChatPage, stack: Stack) -> Audit:
    log = audit(stack, chat.page.url.rsplit("/", 1)[1])
    log.assert_sound()
    return log


def test_a_form_filled_in_wrongly_says_so_keeps_everything_and_can_be_mended(
    context: BrowserContext, stack: Stack, seller: SdkServer
) -> None:
    seller.told.booked.clear()
    chat = asked(context, stack, "Book seats", "form")
    expect(card_of(chat)).to_contain_text("How many seats on Monday?")
    window = card_of(chat).locator("[data-field=window]").get_by_role("checkbox")

    window.check()
    seats_of(chat).fill("a few")
    chat.page.get_by_test_id("accept").click()

    expect(seats_of(chat)).to_have_attribute("aria-invalid", "true")
    expect(card_of(chat).locator("[data-field=count] .fault")).to_contain_text("number")
    expect(seats_of(chat)).to_be_focused()
    expect(seats_of(chat)).to_have_value("a few")
    expect(window).to_be_checked()
    assert seller.told.booked == []
    seats_of(chat).fill("3")
    chat.page.get_by_test_id("accept").click()

    settled(chat, "accepted", BOOKED)
    assert seller.told.booked == [("Monday", 3, True)]
    assert len(log_of(chat, stack).of_type("question.closed")) == 1


def test_a_form_answered_on_another_device_closes_on_this_one(
    context: BrowserContext, device: BrowserContext, stack: Stack, seller: SdkServer
) -> None:
    seller.told.booked.clear()
    here = asked(context, stack, "Book seats", "form")
    there = also_on(device, stack, here)
    seats_of(here).fill("7")

    seats_of(there).fill("2")
    there.page.get_by_test_id("accept").click()

    for chat in (here, there):
        settled(chat, "accepted", BOOKED)
        expect(chat.page.get_by_test_id("card-decision")).to_contain_text("Answered by Ada")
        expect(chat.page.get_by_test_id("accept")).to_have_count(0)
    assert seller.told.booked == [("Monday", 2, False)]
    assert len(log_of(here, stack).of_type("question.closed")) == 1


def test_a_form_nobody_answers_expires_and_books_nothing(
    context: BrowserContext, stack: Stack, seller: SdkServer
) -> None:
    seller.told.booked.clear()
    chat = asked(context, stack, "Book seats", "form")
    (opened,) = audit(stack, chat.page.url.rsplit("/", 1)[1]).of_type("question.opened")
    assert isinstance(opened, CardOpened)
    chaos = stack.url("functions_host") + "/admin/chaos"
    until(lambda: timers_of(stack, opened.turn_id) == 2, "the turn does not wait for its card's time to be over")

    stack.send("PUT", chaos, {"faults": [], "clock_offset_s": DAY_S + 60})
    try:
        settled(chat, "expired", BOOKED)
    finally:
        stack.send("PUT", chaos, {"faults": []})

    expect(chat.page.get_by_test_id("card-decision")).to_contain_text("Nobody answered in time")
    expect(chat.page.get_by_test_id("accept")).to_have_count(0)
    assert seller.told.booked == []
    (closed,) = log_of(chat, stack).of_type("question.closed")
    assert isinstance(closed, CardClosed)
    assert (closed.outcome, closed.actor.kind) == ("expired", "system")


def test_who_signs_in_at_a_card_is_no_longer_told_to_on_any_device(
    context: BrowserContext, device: BrowserContext, stack: Stack
) -> None:
    here = asked(context, stack, "Quote for Contoso?", "sign_in")
    there = also_on(device, stack, here)
    for chat in (here, there):
        expect(chat.page.get_by_text(UNSIGNED)).to_be_visible()

    with context.expect_page() as opening:
        here.page.get_by_test_id("open-link").click()
    page = opening.value
    page.get_by_role("link", name="Continue to quotes").click()
    page.locator("button[name=account][value='Key accounts']").click()
    expect(page.get_by_text("You are connected")).to_be_visible(timeout=WAIT_MS)

    for chat in (here, there):
        settled(chat, "accepted", QUOTED)
        expect(chat.page.get_by_text(UNSIGNED)).to_have_count(0)
    expect(here.page.get_by_test_id("tool-step").last).to_have_attribute("data-status", "completed")
    log_of(here, stack)


def test_after_what_strangers_wrote_a_later_question_asks_before_it_writes_and_says_why(
    context: BrowserContext, stack: Stack
) -> None:
    chat = ChatPage.sign_in(context, stack)
    for question, answer in (("Log the call", LOGGED), ("Search the web", FOUND)):
        chat.ask(question)
        expect(chat.answer).to_contain_text(answer, timeout=WAIT_MS)
        expect(chat.answer).to_have_attribute("data-status", "completed", timeout=WAIT_MS)
    expect(card_of(chat)).to_have_count(0)

    chat.page.get_by_test_id("composer").fill("Log the call")
    chat.page.get_by_test_id("send").click()

    expect(card_of(chat)).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    expect(card_of(chat)).to_contain_text("because the conversation holds text from Web search")
    chat.page.get_by_test_id("approve").click()
    settled(chat, "approved", LOGGED)
    log_of(chat, stack)
