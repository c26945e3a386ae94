from collections.abc import Generator

import pytest

from tests.shared.telemetry.recorder import Recorder, recorder


@pytest.fixture
def told() -> Generator[Recorder]:
    """What the app tells during the test."""
    with recorder().listening() as found:
        yield found
