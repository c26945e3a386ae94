from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.functions_host.running import RunningHost


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """One host shared by tests that leave it as they found it."""
    running = RunningHost(tmp_path_factory.mktemp("host"), FROM_BOTH="environment")
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_host(tmp_path: Path) -> Iterator[RunningHost]:
    """A host of the test's own, to be killed and started again."""
    running = RunningHost(tmp_path)
    yield running
    running.stop()
