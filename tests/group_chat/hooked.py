"""A world whose store lets a test do something between a decision and its write."""

import pytest

from tests.shared.event_log.logs import HookedStore
from tests.support.world import World


def hooked(world: World, monkeypatch: pytest.MonkeyPatch) -> HookedStore:
    """Return the store the world's log writes to from now on."""
    store = HookedStore.__new__(HookedStore)
    store.__dict__.update(world.cosmos.__dict__)
    monkeypatch.setattr(world.log, "_cosmos", store)
    monkeypatch.setattr(world.log.appending, "_cosmos", store)
    return store
