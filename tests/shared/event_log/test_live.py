import asyncio
from dataclasses import replace

from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft, VersionedLive
from shared.protocol.shapes import Usage
from tests.shared.event_log.logs import adding, new_log
from tests.support.world import World


async def test_attempts_of_a_step_count_up_and_another_step_starts_over(world: World) -> None:
    conversation_id = await new_log(world.log)
    first = await world.live.claim(conversation_id, "t", 0, None)
    second = await world.live.claim(conversation_id, "t", 0, await world.log.live(conversation_id))
    other = await world.live.claim(conversation_id, "t", 1, second)
    another_turn = await world.live.claim(conversation_id, "u", 1, other)
    assert [live.live.attempt for live in (first, second, other, another_turn)] == [1, 2, 1, 1]
    assert await world.log.live(conversation_id) == another_turn


async def test_claims_side_by_side_get_different_attempts(world: World) -> None:
    conversation_id = await new_log(world.log)
    claims = await asyncio.gather(*(world.live.claim(conversation_id, "t", 0, None) for _ in range(3)))
    assert sorted(claim.live.attempt for claim in claims) == [1, 2, 3]


async def test_a_stale_reading_does_not_give_the_same_attempt_twice(world: World) -> None:
    conversation_id = await new_log(world.log)
    stale = await world.live.claim(conversation_id, "t", 0, None)
    await world.live.claim(conversation_id, "t", 0, stale)
    third = await world.live.claim(conversation_id, "t", 0, stale)
    assert third.live.attempt == 3


async def test_a_claim_after_ones_own_knows_a_checkpoint_that_was_given_up(world: World) -> None:
    conversation_id = await new_log(world.log)
    live = await world.live.claim(conversation_id, "t", 0, None)
    assert await world.live.checkpoint(conversation_id, live, "so far") is not None
    again = await world.live.claim_again(conversation_id, live)
    assert again is not None
    assert (again.live.attempt, again.live.text) == (2, "")


async def test_a_claim_after_ones_own_takes_nothing_from_another(world: World) -> None:
    conversation_id = await new_log(world.log)
    live = await world.live.claim(conversation_id, "t", 0, None)
    other = await world.live.claim(conversation_id, "t", 0, live)
    assert await world.live.claim_again(conversation_id, live) is None
    assert await world.log.live(conversation_id) == other


async def test_a_checkpoint_saves_the_text_and_tells_the_newest_head(world: World) -> None:
    conversation_id = await new_log(world.log)
    live = await world.live.claim(conversation_id, "t", 0, None)
    await world.log.append(conversation_id, adding("a"))
    saved = await world.live.checkpoint(conversation_id, live, "so far")
    assert saved is not None
    assert saved.head.seq == 1
    assert saved.live == await world.log.live(conversation_id)
    assert saved.live.live.text == "so far"


async def test_who_was_overtaken_cannot_save_any_more(world: World) -> None:
    conversation_id = await new_log(world.log)
    zombie = await world.live.claim(conversation_id, "t", 0, None)
    current = await world.live.claim(conversation_id, "t", 0, zombie)
    assert await world.live.checkpoint(conversation_id, zombie, "old text") is None
    saved = await world.live.checkpoint(conversation_id, current, "new text")
    assert saved is not None
    stored = await world.log.live(conversation_id)
    assert stored is not None
    assert stored.live.text == "new text"


async def test_what_a_step_used_goes_with_it_from_attempt_to_attempt_and_no_further(world: World) -> None:
    conversation_id = await new_log(world.log)
    first = await world.live.claim(conversation_id, "t", 0, None)
    saved = await world.live.checkpoint(conversation_id, first, "so far", Usage(output_tokens=2))
    assert saved is not None
    second = await world.live.claim(conversation_id, "t", 0, world.live.last_written(conversation_id))
    assert second.live.used == Usage(output_tokens=2)
    next_step = await world.live.claim(conversation_id, "t", 1, second)
    assert next_step.live.used is None


async def test_what_an_attempt_used_is_kept_also_beside_a_checkpoint_on_its_way(world: World) -> None:
    conversation_id = await new_log(world.log)
    first = await world.live.claim(conversation_id, "t", 0, None)
    await world.live.checkpoint(conversation_id, first, "so far", Usage(output_tokens=2))
    await world.live.keep_used(conversation_id, _with(first, Usage(output_tokens=3)))
    stored = await world.log.live(conversation_id)
    assert stored is not None
    assert (stored.live.text, stored.live.used) == ("so far", Usage(output_tokens=3))


async def test_what_an_overtaken_attempt_used_is_not_kept_over_the_newer_one(world: World) -> None:
    conversation_id = await new_log(world.log)
    zombie = await world.live.claim(conversation_id, "t", 0, None)
    current = await world.live.claim(conversation_id, "t", 0, zombie)
    await world.live.keep_used(conversation_id, _with(zombie, Usage(output_tokens=3)))
    assert await world.log.live(conversation_id) == current


async def test_claiming_does_not_disturb_the_order_of_the_log(world: World) -> None:
    conversation_id = await new_log(world.log)
    before = await world.log.head(conversation_id)
    live = await LiveText(world.cosmos).claim(conversation_id, "t", 0, None)
    await world.live.checkpoint(conversation_id, live, "text")
    result = await EventLog(world.cosmos).append(
        conversation_id, lambda head: Draft(events=(), head=head), known=before
    )
    assert result.status == "appended"


async def test_a_checkpoint_that_is_given_up_is_saved_all_the_same_and_the_next_claim_knows_it(world: World) -> None:
    conversation_id = await new_log(world.log)
    live = await world.live.claim(conversation_id, "t", 0, None)
    saving = asyncio.create_task(world.live.checkpoint(conversation_id, live, "so far"))
    await asyncio.sleep(0)
    saving.cancel()
    await asyncio.gather(saving, return_exceptions=True)
    assert saving.cancelled()
    async with asyncio.timeout(10):
        while world.live.last_written(conversation_id) in (None, _known(live)):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.01)
    claimed = await world.live.try_claim(conversation_id, "t", 1, world.live.last_written(conversation_id))
    assert claimed is not None


def _known(live: VersionedLive) -> VersionedLive:
    return VersionedLive(live=live.live.model_copy(update={"text": ""}), etag=live.etag)


def _with(live: VersionedLive, used: Usage) -> VersionedLive:
    return replace(live, live=live.live.model_copy(update={"used": used}))
