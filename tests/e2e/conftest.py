"""One stack for all stories; each story uses conversations of its own."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack


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
