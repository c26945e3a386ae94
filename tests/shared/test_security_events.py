import logging

import pytest

from shared.errors import StoreUnavailable
from shared.security_events import SecurityEvents, SecurityKind
from tests.support.world import World

DAY = "2031-03-01"
"""Nobody else's: on the day most tests live in, far more happens than a page holds."""
_UNTIL_THEN_S = 5 * 365 * 86_400


async def test_events_are_logged_and_kept_newest_first_in_pages(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.clock.advance(_UNTIL_THEN_S)
    events = SecurityEvents(world.cosmos, world.clock)
    ada = world.person()
    for n in range(3):
        world.clock.advance(1)
        await events.report(SecurityKind.ROLE_NOT_GRANTED, ada, f"claimed Role{n}")
    assert f"role_not_granted principal={ada} claimed Role2" in caplog.text
    kept = [event for event in await events.of_day(DAY, before=None, limit=200) if event.principal == ada]
    assert [event.detail for event in kept] == ["claimed Role2", "claimed Role1", "claimed Role0"]
    older = await events.of_day(DAY, before=kept[0].id, limit=200)
    assert [event for event in older if event.principal == ada] == kept[1:]
    assert not [event for event in await events.of_day("2031-03-02", before=None, limit=200) if event.principal == ada]


async def test_what_is_kept_is_redacted_bounded_and_on_one_line(world: World) -> None:
    world.clock.advance(_UNTIL_THEN_S)
    events = SecurityEvents(world.cosmos, world.clock)
    ada = world.person()
    await events.report(SecurityKind.ROLE_NOT_GRANTED, ada, "claimed ada@example.com\nERROR all is lost" + "x" * 1000)
    (kept,) = [event for event in await events.of_day(DAY, before=None, limit=200) if event.principal == ada]
    assert kept.detail.startswith(r"claimed [e-mail]\nERROR")
    assert len(kept.detail) <= 300


async def test_a_store_that_is_away_does_not_keep_the_event_out_of_the_log(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(world.cosmos, "upsert", away)
    with caplog.at_level(logging.INFO):
        await SecurityEvents(world.cosmos, world.clock).report(SecurityKind.ADMIN_ACCESS, "t.ada", "admin_usage")
    assert "admin_access principal=t.ada admin_usage" in caplog.text
    assert "could not be kept" in caplog.text
