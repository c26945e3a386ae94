"""The trace of a question stays with its turn, also while it waits in the queue."""

from tests.chat.asking import asking
from tests.shared.telemetry.recorder import recorder
from tests.support.world import World

FIRST, SECOND = (f"00-{number:032x}-00f067aa0ba902b7-01" for number in (0xA1, 0xB2))


def _trace_id(traceparent: str | None) -> str:
    assert traceparent is not None
    return traceparent.split("-")[1]


async def test_each_turn_has_the_trace_its_own_question_came_in(world: World) -> None:
    client, session_id = await asking(world)
    with recorder().listening() as told:
        for number, traceparent in enumerate((FIRST, SECOND)):
            content = {"content": "How?", "client_message_id": f"m{number}", "traceparent": traceparent}
            await client.send({"type": "query", **content})
        spans = told.named("command query")
    head = await world.head(session_id)
    assert head.active_turn is not None
    assert _trace_id(head.active_turn.trace) == _trace_id(FIRST)
    assert _trace_id(head.queue[0].trace) == _trace_id(SECOND)
    assert _trace_id(world.engine.started[0].trace) == _trace_id(FIRST)
    assert [f"{span.context.trace_id:032x}" for span in spans if span.context] == [_trace_id(FIRST), _trace_id(SECOND)]


async def test_a_refusal_names_the_trace_it_can_be_found_under(world: World) -> None:
    client, _ = await asking(world)
    told = await client.send({"type": "query", "content": "", "client_message_id": "m1", "traceparent": FIRST})
    assert told.event["type"] == "error"
    assert told.event["trace_id"] == _trace_id(FIRST)


async def test_a_trace_context_that_cannot_be_read_changes_nothing(world: World) -> None:
    client, _ = await asking(world)
    told = await client.send({"type": "query", "content": "How?", "client_message_id": "m1", "traceparent": "nonsense"})
    assert told.event["type"] == "command.accepted"
