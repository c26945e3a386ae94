import pytest

from orchestration import streaming
from tests.orchestration.turns import Turn, new_turn
from tests.support.world import World


@pytest.fixture(autouse=True)
def _frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop is noticed at the next checkpoint; tests cannot wait a second for each."""
    monkeypatch.setattr(streaming, "CHECKPOINT_S", 0.01)


@pytest.fixture
async def turn(world: World) -> Turn:
    return await new_turn(world)
