"""What has to happen so that a defect shows. To a sound app each of these must do no harm."""

import asyncio

from bench.chaos_load import Kind, Question, question, script
from bench.group_direct import process_of
from orchestration.patience import PAUSES_S
from shared import ids
from shared.event_log.head import Head
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import TitleUpdated, ToolCallStarted
from shared.protocol.ephemeral import CommandAccepted, ErrorEvent, MessageDelta, SessionCreated
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import Participant
from tests.chaos.mutations.arena import PACE, TOKENS, Arena

_TITLE = "Renamed elsewhere"
_LATE_MS = 8_000
"""Later than a turn waits for its model step after a stop."""
_LATER_STILL_S = 5.0
_LOST: dict[str, object] = {"status": 500, "match": "/colls/sessions/docs", "method": "POST", "after": True}


def _ask(arena: Arena, number: int = 0, kind: Kind = "plain", fault: str | None = None) -> Question:
    return question(f"{arena.tag}n{number}", TOKENS, kind, fault)


def _is_delta(frame: ServerEvent) -> bool:
    return isinstance(frame, MessageDelta)


async def an_answer(arena: Arena) -> None:
    """Ask two plain questions, one after the other."""
    client = await arena.client()
    await client.ask((_ask(arena, 0),))
    await client.ask((_ask(arena, 1),))
    await client.leave()


async def answers_of_several_lengths(arena: Arena) -> None:
    """Ask for answers whose ends fall differently into the windows in which live text is sent."""
    client = await arena.client()
    for tokens in range(TOKENS, TOKENS - 4, -1):
        arena.chaos.use_script(script(tokens, **PACE))
        await client.ask((question(f"{arena.tag}n{tokens}", tokens),))
    await client.leave()


async def a_broken_stream(arena: Arena) -> None:
    """The model's connection breaks in the middle of an answer."""
    client = await arena.client()
    await client.ask((_ask(arena, fault="reset"),))
    await client.leave()


async def a_cut_stream(arena: Arena) -> None:
    """The model's answer ends early and cleanly, without its terminal event."""
    client = await arena.client()
    await client.ask((_ask(arena, fault="truncate"),))
    await client.leave()


async def a_kill_at_acceptance(arena: Arena) -> None:
    """The worker dies as soon as the question is accepted."""
    client = await arena.client()
    waiting = await client.begin((_ask(arena),))
    await client.hear(lambda frame: isinstance(frame, CommandAccepted))
    await asyncio.to_thread(arena.chaos.kill_worker)
    await client.answered(waiting)
    await client.leave()


async def another_process(arena: Arena) -> None:
    """Another process of the app renames the session in the middle of an answer, behind the back of its own."""
    client = await arena.client()
    session_id = client.state.conversation_id
    waiting = await client.begin((_ask(arena),))
    await client.hear(_is_delta)
    async with process_of(arena.chaos.stack) as other:
        renamed = await other.log.append(session_id, _rename)
        assert isinstance(renamed, Appended)
        await other.publisher.to_conversation(session_id, renamed.events)
    await client.answered(waiting)
    await client.leave()


def _rename(head: Head) -> Draft:
    owner = Participant(kind="person", id=head.owner, name=head.owner)
    titled = TitleUpdated(actor=owner, title=_TITLE, source="person")
    renamed = head.model_copy(update={"title": _TITLE, "title_by": "person"})
    return Draft(events=(NewEvent(id=ids.title(head.seq + 1), event=titled),), head=renamed)


async def a_question_sent_again(arena: Arena) -> None:
    """A question that was answered comes once more, as if its acceptance had been lost."""
    client = await arena.client()
    again = _ask(arena)
    await client.ask((again,))
    await client.resend(again)
    await client.hear(lambda frame: isinstance(frame, (CommandAccepted, ErrorEvent)))
    await client.ask((_ask(arena, 1),))
    await client.leave()


async def a_kill_during_an_effect(arena: Arena) -> None:
    """The worker dies while a tool that must not run twice is at work."""
    arena.chaos.slow_tool("crm", "log_activity", 1_500)
    client = await arena.client()
    waiting = await client.begin((_ask(arena, kind="effect"),))
    await client.hear(lambda frame: isinstance(frame, ToolCallStarted))
    await client.linger(0.5)
    await asyncio.to_thread(arena.chaos.kill_worker)
    await client.answered(waiting)
    await client.leave()


async def reordered_sends(arena: Arena) -> None:
    """Two sends that are under way at the same time overtake one another."""
    client = await arena.client()
    waiting = await client.begin((_ask(arena),))
    await client.hear(_is_delta)
    arena.chaos.disturb_deliveries(reorder_sends=2)
    await client.answered(waiting)
    await client.leave()


async def a_lost_answer_of_the_store(arena: Arena) -> None:
    """The finished step is stored, but the store's word of it is lost, until the whole step is run again."""
    client = await arena.client()
    waiting = await client.begin((_ask(arena),))
    await client.hear(_is_delta)
    arena.chaos.fail_store({**_LOST, "count": 1 + len(PAUSES_S)})
    await client.answered(waiting)
    await client.leave()


async def a_model_step_after_the_end(arena: Arena) -> None:
    """A model step is delivered late, after its turn was stopped and ended."""
    late: dict[str, object] = {"action": "delay", "kind": "activity", "name": "call_model", "after_ms": _LATE_MS}
    arena.chaos.plan_host({"faults": [late]})
    client = await arena.client()
    waiting = await client.begin((_ask(arena),))
    await client.hear(lambda frame: isinstance(frame, CommandAccepted))
    turn = client.state.turn_asked_as(waiting[0].question.name)
    if turn is not None:
        stop = {"type": "turn.stop", "conversation_id": client.state.conversation_id, "turn_id": turn.turn_id}
        await client.send(stop)
    await client.answered(waiting)
    await client.linger(_LATER_STILL_S)
    await client.leave()


async def two_people(arena: Arena) -> None:
    """Somebody asks while somebody else has another session open."""
    asker, other = await arena.client("ada"), await arena.client("ben")
    await asker.ask((_ask(arena),))
    await asker.leave()
    await other.linger(1.0)
    await other.leave()


async def an_intruder(arena: Arena) -> None:
    """Somebody opens another person's session by its id, and that person asks something."""
    owner, intruder = await arena.client("ada"), await arena.client("ben")
    await intruder.send({"type": "session.update", "session_id": owner.state.conversation_id})
    await intruder.hear(lambda frame: isinstance(frame, (SessionCreated, ErrorEvent)))
    await owner.ask((_ask(arena),))
    await intruder.linger(0.5)
    await owner.leave()


async def three_questions_at_once(arena: Arena) -> None:
    """Two questions wait while the first one is answered."""
    client = await arena.client()
    await client.ask(tuple(_ask(arena, number) for number in range(3)))
    await client.leave()


async def a_reconnect(arena: Arena) -> None:
    """The connection is lost in the middle of an answer and taken up again after it."""
    client = await arena.client()
    waiting = await client.begin((_ask(arena),))
    await client.hear(_is_delta)
    await client.drop(away_s=2.5)
    await client.answered(waiting)
    await client.leave()
