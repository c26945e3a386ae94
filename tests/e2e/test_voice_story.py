"""A person talks with the coach in a real browser, whose recogniser and voice the story plays."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, WebSocket, expect

from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

SCRIPT = (Path(__file__).parent / "scripted_voice.js").read_text(encoding="utf-8")
SPOKEN = "how is my pipeline for Contoso, and what should I say about price?"
MEASURED = ("words/min", "filler", "talkShare", "talk_share", "longest", "spokenMs", "delivery")


class Overheard:
    """Everything the page sends: frames of its sockets and bodies of its requests."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        page.on("websocket", self._listen)
        page.on("request", self._note)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(str(frame)))

    def _note(self, request: Request) -> None:
        self.sent.append(request.url + (request.post_data or ""))

    def queries(self) -> list[dict[str, Any]]:
        """Return the questions that went up, in order."""
        frames = [json.loads(text) for text in self.sent if text.startswith("{")]
        commands = [frame["data"] for frame in frames if frame.get("type") == "event"]
        return [command for command in commands if command["type"] == "query"]


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def chat(browser: Browser, stack: Stack) -> Generator[ChatPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.add_init_script(SCRIPT)
    yield ChatPage.sign_in(context, stack)
    context.close()


def phase(chat: ChatPage, expected: str) -> None:
    expect(chat.page.get_by_test_id("voice-strip")).to_have_attribute("data-phase", expected, timeout=WAIT_MS)


def hears(chat: ChatPage, text: str) -> None:
    """Have words recognised that may still change, and then are certain."""
    expect(chat.page.locator("html")).to_have_attribute("data-listening", "true", timeout=WAIT_MS)
    chat.page.evaluate("text => voice.hear(text)", text)
    expect(chat.page.get_by_test_id("voice-caption")).to_have_text(text)
    chat.page.evaluate("text => voice.say(text)", text)


def said(chat: ChatPage) -> list[str]:
    return chat.page.evaluate("voice.said")


def test_a_person_talks_with_the_coach_and_is_measured_for_themself_alone(chat: ChatPage, stack: Stack) -> None:
    overheard = Overheard(chat.page)
    page, talk = chat.page, chat.page.get_by_test_id("talk")
    page.reload()
    chat.expect_connected()

    talk.click()
    expect(talk).to_have_attribute("aria-pressed", "true")
    hears(chat, "hello couch")
    talk.click()
    expect(talk).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("composer")).to_have_value("hello couch")
    chat.ask("Hello coach")
    chat.expect_finished()
    assert said(chat) == []

    page.get_by_test_id("voice-options").click()
    page.get_by_role("switch", name="Hands-free").click()
    page.get_by_test_id("voice-rate").select_option("1.5")
    page.keyboard.press("Escape")
    hears(chat, SPOKEN)
    chat.expect_running()
    expect(page.locator("html")).to_have_attribute("data-spoken", "true", timeout=WAIT_MS)
    chat.expect_running()
    chat.expect_finished()
    phase(chat, "listening")
    assert any("Contoso" in sentence for sentence in said(chat))
    assert all("|" not in sentence and "http" not in sentence for sentence in said(chat))

    page.evaluate("voice.quick = false")
    hears(chat, SPOKEN)
    phase(chat, "speaking")
    page.evaluate("voice.hear(voice.said.at(-1))")
    phase(chat, "speaking")
    page.evaluate("voice.hear('wait a moment please')")
    phase(chat, "listening")
    assert page.evaluate("voice.cancelled") == 1
    page.get_by_test_id("voice-delivery").click()
    summary = page.get_by_role("dialog", name="Your delivery").get_by_test_id("delivery-summary")
    expect(summary).to_contain_text("Your share of the talking")
    expect(summary).to_contain_text("28 words in")
    page.keyboard.press("Escape")
    page.get_by_test_id("voice-end").click()
    expect(page.get_by_test_id("composer")).to_have_value("wait a moment please")
    chat.expect_finished()
    written, spoken, _ = overheard.queries()
    assert spoken["content"] == SPOKEN
    assert written.keys() == spoken.keys()
    assert [text for text in overheard.sent if any(word in text for word in MEASURED)] == []
    audit(stack, page.url.rsplit("/", 1)[1]).assert_sound()


def test_a_microphone_that_may_not_be_used_is_told_in_words(chat: ChatPage) -> None:
    expect(chat.page.get_by_test_id("talk")).to_be_visible(timeout=WAIT_MS)
    chat.page.keyboard.press("Alt+KeyM")
    expect(chat.page.get_by_test_id("talk")).to_have_attribute("aria-pressed", "true")

    chat.page.evaluate("voice.fail('not-allowed')")

    expect(chat.page.get_by_test_id("voice-problem")).to_contain_text("may not use the microphone")
    expect(chat.page.get_by_test_id("talk")).to_have_attribute("aria-pressed", "false")
