import pytest

from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import ChatResponse, TitleUpdated
from shared.protocol.server_event import SERVER_EVENT
from shared.protocol.shapes import SYSTEM
from shared.snapshots import MAX_BYTES, MAX_EVENTS, view
from shared.tools.outcome import ToolOutcome
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import answer
from tests.support.world import World


@pytest.fixture
async def turn(world: World) -> Turn:
    return await new_turn(world)


async def _write(turn: Turn, titles: list[str]) -> None:
    """Append titles, as many at a time as one batch takes."""
    for start in range(0, len(titles), 99):
        some = titles[start : start + 99]
        events = tuple(
            NewEvent(id=f"title.{start + n}", event=TitleUpdated(actor=SYSTEM, title=text))
            for n, text in enumerate(some)
        )
        await turn.world.log.append(turn.session_id, lambda head, events=events: Draft(events=events, head=head))


async def test_a_reader_gets_all_events_in_order_over_as_many_pages_as_it_takes(turn: Turn) -> None:
    await _write(turn, ["x"] * (MAX_EVENTS + 20))
    first = await view(turn.world.log, turn.session_id, 0)
    second = await view(turn.world.log, turn.session_id, first.through_seq)
    assert (first.from_seq, first.through_seq, first.more) == (1, MAX_EVENTS, True)
    assert (second.from_seq, second.through_seq, second.more) == (MAX_EVENTS + 1, MAX_EVENTS + 23, False)
    assert [event.seq for event in (*first.events, *second.events)] == list(range(1, MAX_EVENTS + 24))


async def test_a_page_stays_small_enough_for_a_frame(turn: Turn) -> None:
    await _write(turn, ["y" * 10_000] * 60)
    after, pages = 0, 0
    while True:
        page = await view(turn.world.log, turn.session_id, after)
        assert sum(len(event.model_dump_json()) for event in page.events) <= MAX_BYTES
        assert [event.seq for event in page.events] == list(range(after + 1, page.through_seq + 1))
        after, pages = page.through_seq, pages + 1
        if not page.more:
            break
    assert (after, pages) == (63, 3)


async def test_one_event_that_is_too_large_alone_still_gets_through(turn: Turn) -> None:
    await _write(turn, ["z" * (MAX_BYTES + 1), "after"])
    first = await view(turn.world.log, turn.session_id, 3)
    assert ([event.seq for event in first.events], first.more) == ([4], True)
    second = await view(turn.world.log, turn.session_id, 4)
    assert ([event.seq for event in second.events], second.more) == ([5], False)


async def test_a_reader_who_has_everything_gets_nothing_and_stays_where_they_are(turn: Turn) -> None:
    page = await view(turn.world.log, turn.session_id, 3)
    assert (page.events, page.from_seq, page.through_seq, page.more) == ((), 4, 3, False)


async def test_the_answers_text_is_filled_into_the_end_of_the_turn(turn: Turn) -> None:
    await turn.step(0, *answer("All is well."))
    await turn.finish()
    for after in (0, 4):  # with the answer on the page, and without it
        end = (await view(turn.world.log, turn.session_id, after)).events[-1]
        assert isinstance(end, ChatResponse)
        assert end.response == "All is well."


async def test_an_end_without_an_answer_tells_its_error(turn: Turn) -> None:
    await turn.finish("exhausted", "limit_time")
    end = (await view(turn.world.log, turn.session_id, 0)).events[-1]
    assert isinstance(end, ChatResponse)
    assert end.error is not None
    assert end.response == end.error.message


async def test_a_snapshot_shows_who_is_active_who_waits_and_the_text_so_far(turn: Turn) -> None:
    following = await turn.next_turn()
    live = await turn.world.live.claim(turn.session_id, turn.turn_id, 0, None)
    await turn.world.live.checkpoint(turn.session_id, live, "So f\U0001f600r")
    told = await turn.client.send({"type": "sync", "conversation_id": turn.session_id, "after": 3})
    assert (told.event["type"], told.event["from_seq"], told.event["through_seq"]) == ("snapshot", 4, 5)
    assert told.event["active_turn"] == {"turn_id": turn.turn_id, "asker": turn.client.principal, "stopping": False}
    assert told.event["queue"] == [{"turn_id": following.turn_id, "asker": turn.client.principal, "position": 1}]
    assert told.event["live"] == {
        "message_id": f"{turn.turn_id}.0",
        "turn_id": turn.turn_id,
        "step": 0,
        "attempt": 1,
        "offset": 6,
        "text": "So f\U0001f600r",
    }


async def test_live_text_of_a_turn_that_is_over_is_not_shown(turn: Turn) -> None:
    await turn.world.live.claim(turn.session_id, turn.turn_id, 0, None)
    await turn.finish("stopped")
    assert (await view(turn.world.log, turn.session_id, 0)).live is None
    await turn.next_turn()
    assert (await view(turn.world.log, turn.session_id, 0)).live is None


async def test_live_text_waits_for_the_last_page(turn: Turn) -> None:
    await turn.world.live.claim(turn.session_id, turn.turn_id, 0, None)
    await _write(turn, ["x"] * MAX_EVENTS)
    assert (await view(turn.world.log, turn.session_id, 0)).live is None
    assert (await view(turn.world.log, turn.session_id, MAX_EVENTS)).live is not None


async def test_what_a_client_receives_fits_the_published_protocol(turn: Turn) -> None:
    await turn.call(await turn.asked_for("find"))
    await turn.step(1, *answer("Found."))
    await turn.finish()
    told = await turn.client.send({"type": "sync", "conversation_id": turn.session_id, "after": 0})
    for event in [told.event, *(sent.event for sent in turn.world.hub.sent)]:
        SERVER_EVENT.validate_python(event)
    kinds = {sent.type for sent in turn.world.hub.sent}
    assert {"message.created", "message.delta", "tool_call.completed", "chat_response"} <= kinds


async def test_a_tool_result_is_shown_by_its_beginning_only(turn: Turn) -> None:
    secret = "x" * 700 + "the model's eyes only"
    turn.world.tools.outcomes["find"] = ToolOutcome(status="completed", text=secret, is_error=False, ms=1)
    await turn.call(await turn.asked_for("find"))
    told = await turn.client.send({"type": "sync", "conversation_id": turn.session_id, "after": 0})
    assert b"tool_call.completed" in told.reply.body
    assert b"eyes only" not in told.reply.body
