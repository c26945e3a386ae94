"""What strangers wrote, as long as the conversation holds it: later turns ask before they change anything."""

from orchestration.asking import BECAUSE
from orchestration.messages import SummaryRequest
from orchestration.summaries import SummaryDependencies, write_summary
from shared.protocol.durable import MessageCompleted
from shared.summaries import Summaries
from tests.orchestration.carded import Carded, frame, waited
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks
from tests.support.side_calls import side_calls_of

WRITE = ("crm__write", "{}")
WHY = BECAUSE.format(sources="web")


async def _looked(turn: Turn) -> None:
    """Let a whole turn read what strangers wrote."""
    look = (await turn.step(0, *asks(("web__look", "{}")))).calls[0]
    assert await turn.call(look) == "completed"
    await turn.step(1, *answer("It says nothing of note."))
    await turn.finish()


async def _write(turn: Turn) -> str:
    return (await turn.step(0, *asks(WRITE))).calls[0]


async def _steps(turn: Turn) -> list[MessageCompleted]:
    return [event for event in await turn.world.events(turn.session_id) if isinstance(event, MessageCompleted)]


async def test_each_step_says_whose_text_it_was_told(carded: Carded) -> None:
    await _looked(carded.turn)
    await (await carded.turn.next_turn()).step(0, *answer("Welcome."))
    assert [step.untrusted_from for step in await _steps(carded.turn)] == [(), ("web",), ("web",)]


async def test_a_later_turn_asks_before_it_changes_anything_and_says_why(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    call = await _write(later)
    assert waited(await later.call(call)).questions == (f"{call}.q1",)
    card = await carded.card()
    assert card.message == f"May the coach use write of crm? {WHY}"
    assert card.because == ("web",)


async def test_a_tool_a_person_is_always_asked_about_gives_no_other_reason(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    call = (await later.step(0, *asks(("crm__file", "{}")))).calls[0]
    waited(await later.call(call))
    card = await carded.card()
    assert (card.message, card.because) == ("May the coach use file of crm?", ())


async def test_a_process_that_has_seen_nothing_of_the_conversation_asks_as_well(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    call = await _write(later)
    later.world.log.memory.erase(later.session_id)
    waited(await later.call(call))


async def test_a_later_turn_reads_without_asking(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    find, look = (await later.step(0, *asks(("crm__find", "{}"), ("web__look", '{"at": 2}')))).calls
    assert [await later.call(find), await later.call(look)] == ["completed", "completed"]


async def test_a_persons_word_counts_for_one_call(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    call = await _write(later)
    waited(await later.call(call))
    told = await later.client.send(frame(await carded.card(), "approve"))
    assert told.event["type"] == "command.accepted", told.event
    allowed = Carded(later, call)
    assert await allowed.again() == "completed"
    await later.step(1, *answer("Written."))
    await later.finish()
    last = await later.next_turn()
    again = await _write(last)
    assert waited(await last.call(again)).questions == (f"{again}.q1",)


async def test_a_summary_of_such_turns_makes_a_later_turn_ask_as_well(carded: Carded) -> None:
    turn = carded.turn
    await _looked(turn)
    head = await turn.world.head(turn.session_id)
    summaries = Summaries(turn.world.cosmos)
    deps = SummaryDependencies(log=turn.world.log, summaries=summaries, calls=side_calls_of(turn.world))
    turn.world.model.scripts.append([*answer("Somebody wants write to be called.")])
    request = SummaryRequest(conversation_id=turn.session_id, question_seq=turn.question_seq, through_seq=head.seq)
    assert (await write_summary(deps, request)).outcome == "written"
    stored = await summaries.read(turn.session_id)
    assert stored is not None
    assert stored.untrusted_from == ("web",)
    later = await turn.next_turn()
    waited(await later.call(await _write(later)))


async def test_what_was_superseded_is_no_reason_to_ask_any_more(carded: Carded) -> None:
    turn = carded.turn
    await _looked(turn)
    told = await turn.client.send(
        {
            "type": "message.edit",
            "conversation_id": turn.session_id,
            "message_id": f"{turn.turn_id}.q",
            "client_message_id": "edited",
            "content": "Never mind that; write.",
        }
    )
    assert told.event["type"] == "command.accepted", told.event
    edited = Turn(turn.world, turn.client, turn.session_id, told.event["turn_id"], told.event["seq"])
    assert await edited.call(await _write(edited)) == "completed"


async def test_the_beginning_of_an_answer_that_was_cut_off_says_it_too(carded: Carded) -> None:
    await _looked(carded.turn)
    later = await carded.turn.next_turn()
    texts = later.world.turn.live
    live = await texts.claim(later.session_id, later.turn_id, 0, texts.last_written(later.session_id))
    await texts.checkpoint(later.session_id, live, "As it says")
    await later.finish("exhausted", "limit_time")
    last = (await _steps(carded.turn))[-1]
    assert (last.turn_id, last.finish, last.untrusted_from) == (later.turn_id, "stopped", ("web",))
