"""`tool_feedback` of a turn's end: every tool the turn used, however that went."""

from orchestration.closing import OUTCOME_CHARACTERS
from shared.tools.outcome import ToolOutcome
from tests.orchestration.endings import end_of, told_ends
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks


async def test_every_call_is_told_with_its_tool_status_duration_and_one_short_line(turn: Turn) -> None:
    turn.world.tools.outcomes = {
        "find": ToolOutcome(
            status="completed", text="Three deals:\n\n  Contoso,\tLitware " + "x" * 500, is_error=False, ms=41
        ),
        "write": ToolOutcome(status="failed", text="The CRM is read-only today.", is_error=True, ms=3),
    }
    asked = await turn.step(0, *asks(("crm__find", "{}"), ("crm__write", '{"note": "hi"}')))
    for call_id in asked.calls:
        await turn.call(call_id)
    await turn.step(1, *answer("Done what I could."))
    await turn.finish()
    end = await end_of(turn)
    told = [(used.call_id, used.server, used.tool, used.status, used.ms) for used in end.tool_feedback]
    assert told == [
        (asked.calls[0], "crm", "find", "completed", 41),
        (asked.calls[1], "crm", "write", "failed", 3),
    ]
    long, short = (used.outcome for used in end.tool_feedback)
    assert long.startswith("Three deals: Contoso, Litware xxx")
    assert len(long) == OUTCOME_CHARACTERS
    assert short == "The CRM is read-only today."
    (wire,) = told_ends(turn)
    assert wire["tool_feedback"] == [used.model_dump(mode="json") for used in end.tool_feedback]


async def test_calls_of_all_steps_are_told_in_the_order_they_ended(turn: Turn) -> None:
    first = await turn.asked_for("find")
    await turn.call(first)
    again = await turn.step(1, *asks(("crm__write", "{}")))
    await turn.call(again.calls[0])
    await turn.step(2, *answer("Both done."))
    await turn.finish()
    assert [used.call_id for used in (await end_of(turn)).tool_feedback] == [first, again.calls[0]]


async def test_a_call_a_stopped_turn_did_not_make_is_told_as_cancelled(turn: Turn) -> None:
    call_id = await turn.asked_for("write")
    await turn.stop()
    await turn.finish("stopped")
    (used,) = (await end_of(turn)).tool_feedback
    assert (used.call_id, used.tool, used.status, used.ms) == (call_id, "write", "cancelled", 0)
    assert used.outcome


async def test_a_turn_without_tools_tells_of_none(turn: Turn) -> None:
    await turn.step(0, *answer("Just words."))
    await turn.finish()
    assert (await end_of(turn)).tool_feedback == ()
