"""The page in a real browser for everyone: axe, themes, narrow screens, keyboard, policy, long conversations."""

import subprocess
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.e2e.accessibility import (
    axe_finds,
    below_the_window,
    clean_in_every_look_and_width,
    holds_still,
    overflowing,
    reach,
)
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.long_conversation import ANSWER, begin, write_turns
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

HOSTILE = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>[x](javascript:window.hit=1)\n\n**done**"
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
INJECT = """() => {
  const script = document.createElement("script");
  script.textContent = "window.hit = 'script'";
  document.body.append(script);
  const button = document.createElement("button");
  button.setAttribute("onclick", "window.hit = 'handler'");
  document.body.append(button);
  button.click();
  button.remove();
}"""
TURNS = 60
ARABIC = "سعر العقد قبل الخصم\n\n> قال المشتري\n\n- واحد\n\n| الصفقة |\n| --- |\n| تجديد |\n\nAnd in English."
DIRECTIONS = """() => [...document.querySelectorAll(".message.person p, .markdown > *")].map(
  (part) => `${part.localName} ${getComputedStyle(part).direction}`
)"""


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Generator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened.add_init_script(WATCH)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def scripted(stack: Stack) -> Generator[None]:
    """Let the coach ask before it logs what it did after it read what strangers wrote, and say hostile things."""
    search = {"name": "web_search__search_web", "arguments": {"query": "Contoso"}}
    log = {"name": "crm__log_activity", "arguments": {"account": "Contoso", "kind": "note", "note": "Called."}}
    rules: list[dict[str, Any]] = [
        {"match": {"text": "^Log", "step": 0}, "respond": {"text": ANSWER.format(number=1), "calls": [search]}},
        {"match": {"text": "^Log", "step": 1}, "respond": {"calls": [log]}},
        {"match": {"text": "السعر"}, "respond": {"text": ARABIC}},
        {"match": {}, "respond": {"text": HOSTILE}},
    ]
    stack.send("PUT", stack.url("openai") + "/_scenario", rules)
    yield
    stack.send("DELETE", stack.url("openai") + "/_scenario", None)


def test_the_first_load_of_the_chat_page_is_small() -> None:
    counted = subprocess.run(
        ("node", "scripts/first-load.js"), cwd=ROOT / "web", capture_output=True, text=True, check=False
    )
    assert counted.returncode == 0, counted.stdout + counted.stderr


@pytest.mark.usefixtures("scripted")
def test_every_view_is_clean_in_every_look_and_width(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()
    page.goto(stack.url("web"))
    expect(page.get_by_test_id("sign-in")).to_be_visible(timeout=WAIT_MS)
    clean_in_every_look_and_width(page, "sign-in")
    page.close()
    chat = ChatPage.sign_in(context, stack)
    clean_in_every_look_and_width(chat.page, "new chat")
    chat.page.get_by_test_id("composer").fill("Log a call")
    chat.page.get_by_test_id("send").click()
    expect(chat.page.get_by_test_id("card")).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    chat.page.get_by_test_id("tool-step").first.locator("summary").click()
    clean_in_every_look_and_width(chat.page, "chat with a tool and a card")
    for name in ("memory", "connections"):
        chat.page.get_by_test_id(name).click()
        expect(chat.page.get_by_role("dialog")).to_be_visible()
        expect(chat.page.get_by_role("dialog").locator("p").first).to_be_visible()
        clean_in_every_look_and_width(chat.page, name)
        chat.page.keyboard.press("Escape")
    chat.page.get_by_test_id("search").fill("Log")
    expect(chat.page.get_by_test_id("search-said")).not_to_be_empty(timeout=WAIT_MS)
    clean_in_every_look_and_width(chat.page, "search")


def test_a_german_browser_is_spoken_to_in_german_until_somebody_chooses_english(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    page.goto(stack.url("web"))
    expect(page.get_by_test_id("sign-in")).to_have_text("Anmelden", timeout=WAIT_MS)
    assert (axe_finds(page), overflowing(page)) == ([], [])
    page.close()
    page = ChatPage.sign_in(context, stack).page
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("textbox", name="Nachricht an den Coach").fill("Halb fertig")
    page.get_by_role("button", name="Liste der Unterhaltungen öffnen").click()
    expect(page.get_by_role("button", name="Neuer Chat")).to_be_in_viewport()
    assert (axe_finds(page), overflowing(page)) == ([], [])

    page.get_by_role("combobox", name="Sprache der Seite").select_option("English")

    expect(page.get_by_role("button", name="New chat")).to_be_in_viewport()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("composer")).to_have_value("Halb fertig")
    page.reload()
    expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Ask your coach…", timeout=WAIT_MS)
    context.close()


@pytest.mark.usefixtures("scripted")
def test_a_card_is_reached_and_answered_by_keyboard_alone(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    page = chat.page
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.get_by_role("link", name="Skip").focus()
    page.keyboard.press("Enter")
    reach(page, "[data-testid=composer]")
    page.keyboard.type("Log a call")
    page.keyboard.press("Enter")
    card = page.get_by_test_id("card")
    expect(card).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    expect(page.get_by_test_id("card-announcement")).not_to_be_empty()
    expect(card).to_be_focused()
    reach(page, "[data-testid=approve]")
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-state", "approved", timeout=WAIT_MS)
    expect(chat.answer).to_have_attribute("aria-busy", "false", timeout=WAIT_MS)
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


@pytest.mark.usefixtures("scripted")
def test_no_text_and_no_inline_script_runs_under_the_pages_policy(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.page.get_by_test_id("composer").fill(HOSTILE)
    chat.page.get_by_test_id("send").click()
    expect(chat.answer).to_contain_text("done", timeout=WAIT_MS)
    chat.expect_finished()
    assert chat.page.evaluate("[window.violations, 'hit' in window]") == [[], False]

    chat.page.evaluate(INJECT)

    chat.page.wait_for_function("window.violations.length >= 2")
    assert chat.page.evaluate("[...new Set(window.violations)].sort()") == ["script-src-attr", "script-src-elem"]
    assert chat.page.evaluate("'hit' in window") is False


@pytest.mark.usefixtures("scripted")
def test_what_is_written_from_right_to_left_is_read_so_block_by_block(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    page = chat.page
    box = page.get_by_test_id("composer")
    box.fill("ما هو السعر؟")
    assert box.evaluate("box => getComputedStyle(box).direction") == "rtl"
    page.get_by_test_id("send").click()
    expect(chat.answer).to_contain_text("And in English.", timeout=WAIT_MS)
    chat.expect_finished()

    parts = ["p rtl", "p rtl", "blockquote rtl", "ul rtl", "div rtl", "p ltr"]
    assert page.evaluate(DIRECTIONS) == parts
    quote = page.locator("blockquote")
    assert quote.evaluate("quote => getComputedStyle(quote).borderRightWidth") == "3px"
    item = page.locator("[data-testid=session-item][aria-current]")
    page.get_by_test_id("session-menu").first.click()
    page.get_by_test_id("session-rename").first.click()
    page.get_by_role("textbox", name="New title").fill("السعر")
    page.keyboard.press("Enter")
    expect(item).to_have_css("direction", "rtl")


def test_a_long_conversation_is_on_the_page_in_parts_and_all_of_it_can_be_reached(
    context: BrowserContext, stack: Stack
) -> None:
    session = begin(stack)
    questions = write_turns(stack, session, [ANSWER.format(number=number) for number in range(1, TURNS + 1)])
    chat = ChatPage.sign_in(context, stack)
    page = chat.page
    page.goto(f"{stack.url('web')}/s/{session}")
    expect(chat.answer).to_contain_text(f"number {TURNS} is", timeout=WAIT_MS)
    expect(chat.answer).to_be_in_viewport()
    assert page.locator(".exchange").count() < TURNS / 2
    assert axe_finds(page) == []

    earliest = number_of(page.get_by_role("group", name="Question").first)
    page.get_by_role("button", name="earlier questions").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=message-person]:focus")).to_be_in_viewport()
    assert number_of(page.locator(".exchange:focus-within")) < earliest
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")

    page.goto(f"{stack.url('web')}/s/{session}#{questions[4]}")
    expect(page.locator(f"[id='m-{questions[4]}']")).to_be_focused(timeout=WAIT_MS)
    expect(page.locator(f"[id='m-{questions[4]}']")).to_be_in_viewport()
    holds_still(page, questions[4])


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_a_card_at_the_end_of_a_long_chat_moves_nothing_but_the_messages(
    browser: Browser, stack: Stack, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    session = begin(stack)
    write_turns(stack, session, [ANSWER.format(number=number) for number in range(1, 13)])
    chat = ChatPage.sign_in(context, stack)
    page = chat.page
    expect(page.locator(".empty")).to_be_visible()
    assert page.locator(".scroller").evaluate("box => box.scrollTop") == 0
    page.goto(f"{stack.url('web')}/s/{session}")
    expect(chat.answer).to_contain_text("number 12 is", timeout=WAIT_MS)
    page.get_by_test_id("composer").fill("Log a call")
    page.get_by_test_id("send").click()

    expect(page.get_by_test_id("card")).to_be_focused(timeout=WAIT_MS)

    assert below_the_window(page) <= 0
    assert page.locator(".page-header").evaluate("header => header.getBoundingClientRect().top") == 0
    context.close()


def number_of(exchange: Locator) -> int:
    return int((exchange.get_attribute("aria-label") or "").split()[1])
