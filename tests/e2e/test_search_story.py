"""A person looks for what was said, in a real browser, by mouse and by keyboard."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

USER = "eve"
WORD = "Quokka"
"""Said nowhere else."""


@pytest.fixture(scope="module")
def talked(stack: Stack) -> str:
    """A long conversation with the word near its beginning, and one behind it; returns the former."""
    with PlainClient.open(stack, USER) as client:
        session_id = str(client.open_session()["session_id"])
        for content in ("Hello", f"Thanks, {WORD}!", *(f"Hello {number}" for number in range(12))):
            client.send({"type": "query", "content": content})
            client.wait_for("chat_response")
        client.open_session()
        client.send({"type": "query", "content": f"Hello {WORD.upper()}"})
        client.wait_for("chat_response")
    return session_id


@pytest.fixture
def page(browser: Browser, stack: Stack, talked: str) -> Generator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 700})
    yield ChatPage.sign_in(context, stack, USER).page
    assert talked
    context.close()


def looked_for(page: Page, words: str, said: str | re.Pattern[str]) -> None:
    page.get_by_test_id("search").fill(words)
    expect(page.get_by_test_id("search-said")).to_have_text(said, timeout=WAIT_MS)


def test_a_result_opens_its_conversation_at_the_message(page: Page, talked: str) -> None:
    looked_for(page, WORD.lower(), "2 conversations")
    result = page.get_by_test_id("found-text").filter(has_text="Thanks")
    expect(result.locator("mark")).to_have_text(WORD)

    result.click()

    message = page.get_by_test_id("message-person").filter(has_text=WORD)
    expect(message).to_be_focused(timeout=WAIT_MS)
    expect(message).to_be_in_viewport()
    expect(page.get_by_test_id("message-person").last).not_to_be_in_viewport()
    assert f"/s/{talked}#" in page.url

    page.reload()
    expect(message).to_be_focused(timeout=WAIT_MS)
    expect(message).to_be_in_viewport()


def test_the_search_is_used_without_a_mouse(page: Page, talked: str) -> None:
    page.get_by_test_id("search").focus()
    page.keyboard.type(f"thanks, {WORD}")
    expect(page.get_by_test_id("search-said")).to_have_text("1 conversation", timeout=WAIT_MS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("found-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("message-person").filter(has_text=WORD)).to_be_focused(timeout=WAIT_MS)
    assert f"/s/{talked}#" in page.url
    page.get_by_test_id("search").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("search")).to_have_value("")
    expect(page.get_by_test_id("session-list")).to_be_visible()


def test_nothing_found_and_a_search_that_fails_are_said_in_words(page: Page) -> None:
    looked_for(page, "nobody ever said this", "Nothing found in your conversations.")
    page.route("**/api/sessions/search*", lambda route: route.abort())
    looked_for(page, WORD, re.compile("^The search did not work"))
    page.unroute("**/api/sessions/search*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("search-said")).to_have_text("2 conversations", timeout=WAIT_MS)
