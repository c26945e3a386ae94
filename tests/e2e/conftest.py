"""One stack for all stories; each story uses conversations of its own."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.browser import chromium
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

EXPECTED_MS = 20_000
"""What a page is expected to show comes as soon as it can; how soon that is, the machine decides."""

expect.set_options(timeout=EXPECTED_MS)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    running = Stack(
        state=tmp_path_factory.mktemp("stack"), flags=("--traces", "--first-token-ms", "200", "--token-ms", "15")
    )
    running.start()
    yield running
    running.stop()
    (Path(running.state) / "output.log").write_text(running.output, encoding="utf-8")


@pytest.fixture
def client(stack: Stack) -> Generator[PlainClient]:
    with PlainClient.open(stack) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Run one browser for a module's stories; longer, its event loop would be in the way of other tests'."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Generator[BrowserContext]:
    """Open a browser window of somebody who was never here before."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()
