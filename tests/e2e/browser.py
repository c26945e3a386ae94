"""The browser of the stories: a real Chromium, and the page as a person works with it."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.e2e.stack import Stack

WAIT_MS = 60_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Return the browser to use: `CHROMIUM`, or the one on the machine.

    Raises:
        RuntimeError: there is none; says how to get one.

    """
    candidates = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium found: run `make browser`, or set CHROMIUM to one")
    return found


@contextmanager
def chromium() -> Generator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


class ChatPage:
    """What a person does and sees on the page."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        self._stack = stack
        page.set_default_timeout(WAIT_MS)

    @classmethod
    def sign_in(cls, context: BrowserContext, stack: Stack, user: str = "ada") -> "ChatPage":
        """Open the printed URL and sign in as one of the development users."""
        chat = cls(context.new_page(), stack)
        chat.page.goto(stack.url("web"))
        chat.page.get_by_test_id("sign-in").click()
        chat.page.locator(f"button[name=user][value={user}]").click()
        chat.expect_connected()
        return chat

    def expect_connected(self) -> None:
        expect(self.page.get_by_test_id("connection-state")).to_have_attribute(
            "data-state", "connected", timeout=WAIT_MS
        )

    def ask(self, question: str) -> None:
        """Send a question and see it taken up."""
        self.page.get_by_test_id("composer").fill(question)
        self.page.get_by_test_id("send").click()
        self.expect_running()

    @property
    def answer(self) -> Locator:
        """The coach's newest message."""
        return self.page.get_by_test_id("message-coach").last

    @property
    def told(self) -> str:
        """The newest message as it stays; what may be asked next comes a little later."""
        return self.answer.evaluate(
            "message => { const offered = [...message.querySelectorAll('.follow-ups')];"
            " for (const each of offered) each.style.display = 'none';"
            " const text = message.innerText;"
            " for (const each of offered) each.style.display = '';"
            " return text; }"
        )

    def expect_finished(self) -> None:
        expect(self.page.get_by_test_id("stop")).to_have_count(0, timeout=WAIT_MS)

    def expect_running(self) -> None:
        expect(self.page.get_by_test_id("stop")).to_be_visible(timeout=WAIT_MS)
