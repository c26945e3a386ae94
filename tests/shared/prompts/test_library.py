import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from shared.blob import BlobStore
from shared.errors import PromptUnavailable, StoreUnavailable
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore
from shared.settings import ServiceAddress
from tests.shared.azurite import azurite, connection_string
from tests.shared.prompts.scripted_blobs import ScriptedBlobs

COACH = "You coach sellers. Today is {{today}}. Tools: {{tools}}."
SALES = frozenset({"Sales"})
NOBODY = frozenset[str]()
HR = frozenset({"HR"})
MANAGEMENT = frozenset({"Sales", "Management"})


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_template_is_read_once_and_served_from_memory_for_a_minute(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    first = await library.template(NOBODY)
    clock.advance(59)
    assert await library.template(NOBODY) is first
    assert len(blobs.labels_read) == 1
    assert (first.name, first.text, len(first.version)) == ("coach", COACH, 12)


async def test_after_a_minute_an_unchanged_template_costs_a_conditional_read(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    first = await library.template(NOBODY)
    clock.advance(61)
    assert await library.template(NOBODY) is first
    assert [etag is not None for etag in blobs.labels_read] == [False, True]
    await library.template(NOBODY)
    assert len(blobs.reads) == 3


async def test_a_changed_template_has_another_version(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    first = await library.template(NOBODY)
    blobs.put("coach", COACH + " Be brief.")
    clock.advance(61)
    second = await library.template(NOBODY)
    assert second.text.endswith("Be brief.")
    assert second.version != first.version


@pytest.mark.parametrize(
    ("roles", "name"),
    [
        (SALES, "coach.sales"),
        (HR, "coach.hr"),
        (HR | SALES, "coach.sales"),
        (MANAGEMENT, "coach.management"),
        (HR | {"Management"}, "coach.management"),
        (frozenset({"Knowledge"}), "coach"),
        (frozenset[str](), "coach"),
    ],
)
async def test_each_kind_of_person_gets_their_template(clock: Clock, roles: frozenset[str], name: str) -> None:
    blobs = ScriptedBlobs(coach=COACH, coach_hr=COACH, coach_management=COACH, coach_sales=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    assert (await library.template(roles)).name == name


@pytest.mark.parametrize("roles", [SALES, HR, MANAGEMENT])
async def test_a_kind_without_a_template_gets_everyones(clock: Clock, roles: frozenset[str]) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    assert (await library.template(roles)).name == "coach"
    await library.template(roles)
    assert len(blobs.labels_read) == 2
    assert not library.degraded


async def test_a_removed_special_template_gives_way_to_everyones(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH, coach_hr=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    assert (await library.template(HR)).name == "coach.hr"
    del blobs.blobs["labels/coach.hr/production.json"]
    clock.advance(61)
    assert (await library.template(HR)).name == "coach"


async def test_while_blob_is_away_the_last_good_template_goes_on_and_one_warning_is_logged(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    good = await library.template(NOBODY)
    blobs.error = StoreUnavailable("away")
    for _ in range(5):
        clock.advance(61)
        assert await library.template(NOBODY) is good
        assert library.degraded == ("coach",)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    blobs.error = None
    clock.advance(61)
    assert await library.template(NOBODY) == good
    assert not library.degraded


async def test_a_failing_blob_is_not_asked_at_every_call(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    blobs.error = StoreUnavailable("away")
    library = PromptLibrary(PromptStore(blobs), clock)
    for _ in range(10):
        with pytest.raises(PromptUnavailable):
            await library.template(NOBODY)
    assert len(blobs.reads) == 1
    blobs.error = None
    clock.advance(6)
    assert (await library.template(NOBODY)).text == COACH


BAD = [
    "",
    "  \n",
    b"\xff\xfe",
    "x" * 300_000 + COACH,
    "no placeholders",
    COACH + " {{",
    COACH + " {{a b}}",
    COACH + " {{secret}}",
    "{{today}}",
]


@pytest.mark.parametrize("bad", BAD)
async def test_an_unusable_upload_never_replaces_a_good_template(clock: Clock, bad: str | bytes) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    good = await library.template(NOBODY)
    blobs.put("coach", bad)
    clock.advance(61)
    assert await library.template(NOBODY) is good
    assert library.degraded == ("coach",)


@pytest.mark.parametrize("bad", BAD)
async def test_an_unusable_first_template_is_never_used(clock: Clock, bad: str | bytes) -> None:
    with pytest.raises(PromptUnavailable) as raised:
        await PromptLibrary(PromptStore(ScriptedBlobs(coach=bad)), clock).template(NOBODY)
    assert raised.value.retryable


async def test_callers_at_the_same_time_share_one_read(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    blobs.gate = asyncio.Event()
    library = PromptLibrary(PromptStore(blobs), clock)
    callers = [asyncio.create_task(library.template(NOBODY)) for _ in range(20)]
    await blobs.started.wait()
    blobs.gate.set()
    assert {found.text for found in await asyncio.gather(*callers)} == {COACH}
    assert len(blobs.labels_read) == 1


async def test_during_a_slow_refresh_others_get_what_is_known(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    library = PromptLibrary(PromptStore(blobs), clock)
    good = await library.template(NOBODY)
    clock.advance(61)
    blobs.gate = asyncio.Event()
    blobs.started.clear()
    refresher = asyncio.create_task(library.template(NOBODY))
    await blobs.started.wait()
    assert await library.template(NOBODY) is good
    blobs.gate.set()
    assert await refresher is good


async def test_a_cancelled_refresh_leaves_the_library_usable(clock: Clock) -> None:
    blobs = ScriptedBlobs(coach=COACH)
    blobs.gate = asyncio.Event()
    library = PromptLibrary(PromptStore(blobs), clock)
    caller = asyncio.create_task(library.template(NOBODY))
    await blobs.started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    blobs.gate.set()
    assert (await library.template(NOBODY)).text == COACH


async def test_templates_come_from_blob_storage(clock: Clock) -> None:
    async with azurite() as port:
        store = BlobStore(ServiceAddress(connection_string=connection_string(port)), None)
        library = PromptLibrary(PromptStore(store), clock)
        with pytest.raises(PromptUnavailable):
            await library.template(NOBODY)
        await store.write("prompts", "made", b"", "text/plain")
        added = await PromptStore(store).add("coach", b"\xef\xbb\xbf" + COACH.encode())
        await PromptStore(store).move("coach", "production", added.version, by="ada", at="2026-11-22T00:00:00.000Z")
        clock.advance(61)
        first = await library.template(NOBODY)
        assert first.text == COACH
        clock.advance(61)
        assert await library.template(NOBODY) is first
        await store.close()
