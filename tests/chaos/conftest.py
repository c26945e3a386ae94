"""One set of emulators for all of it; each test serves the app, or a copy of it, by itself."""

from collections.abc import Generator
from pathlib import Path

import pytest

from bench.chaos_stack import ChaosStack, chaos_stack


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chaos")


@pytest.fixture(scope="session")
def chaos(folder: Path) -> Generator[ChaosStack]:
    with chaos_stack(folder / "stack") as running:
        yield running
