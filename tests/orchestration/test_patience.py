import pytest

from orchestration import patience
from shared.errors import StoreUnavailable


class Store:
    """Refuses so many times, then takes it."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.asked = 0

    async def take(self) -> str:
        self.asked += 1
        if self.asked <= self.refusals:
            raise StoreUnavailable("Busy.", after_ms=1)
        return "taken"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES_S", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("refusals", [0, 1, 3])
async def test_a_store_that_takes_it_in_the_end_is_waited_for(refusals: int) -> None:
    store = Store(refusals)
    assert await patience.patiently(store.take) == "taken"
    assert store.asked == refusals + 1


async def test_a_store_that_never_takes_it_is_asked_a_bounded_number_of_times() -> None:
    store = Store(100)
    with pytest.raises(StoreUnavailable):
        await patience.patiently(store.take)
    assert store.asked == 4
