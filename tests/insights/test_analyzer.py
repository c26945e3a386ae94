"""From the event log to clusters: what is read, what is left out, what becomes of it, what erasure takes away."""

from dataclasses import replace

import pytest

from insights.collect import collect
from shared.common_questions.runs import RunRequest
from shared.common_questions.shapes import MIN_PEOPLE
from shared.containers import INSIGHTS
from shared.errors import ModelUnavailable
from shared.event_log.head import Head
from shared.event_log.shapes import Draft
from shared.protocol.durable import FeedbackRecorded
from shared.tools.outcome import ToolOutcome
from shared.usage.account import Totals, day_of
from shared.usage.documents import person_account
from shared.usage.ledger import THE_APP
from tests.insights.asking import RUN, Analysis
from tests.support.doubles import answer
from tests.support.embedding import TOKENS

DISCOUNT = (
    "Who has to approve a discount above 20 percent for Contoso?",
    "Who must approve a discount of more than 15 percent?",
    "Do I need approval for a 30 percent discount?",
    "Who approves a discount above 25 percent?",
    "Which approval does a discount above 10 percent need?",
    "Whose approval does a large discount need?",
)


async def test_a_question_is_kept_masked_and_tells_nobody_who_asked(analysis: Analysis) -> None:
    turn = await analysis.ask("What does Anna Berger of Contoso pay, 12,000 EUR? Write to anna@contoso.com")
    await analysis.read()
    (kept,) = await analysis.kept()
    assert kept.text == "What does [name] of [name] pay, [number] EUR? Write to [email]"
    assert analysis.embedder.texts == ["What does of pay, EUR? Write to"]
    assert turn.client.principal not in kept.model_dump_json()


async def test_reading_goes_on_where_it_ended_and_embeds_nothing_twice(analysis: Analysis) -> None:
    turn = await analysis.ask(DISCOUNT[0])
    await analysis.read()
    assert await analysis.read() == ["done"]
    await turn.step(0, *answer("Your manager does."))
    await turn.finish()
    await analysis.ask(DISCOUNT[1])
    assert (await analysis.read())[0] == "more"
    assert len(analysis.embedder.texts) == len(await analysis.kept()) == 2


async def test_vectors_and_names_are_on_the_apps_account_and_on_nobodys(analysis: Analysis) -> None:
    turns = await analysis.ask_all(DISCOUNT)
    await analysis.clusters()
    await analysis.label("Who approves a discount")
    ledger, day = analysis.deps.calls.ledger, day_of(analysis.world.clock())
    used = await ledger.totals(person_account(THE_APP.principal), day)
    assert used.usage.input_tokens > TOKENS * len(DISCOUNT)
    assert (used.usage.output_tokens > 0, used.turns) == (True, 0)
    for turn in turns:
        assert await ledger.totals(person_account(turn.client.principal), day) == Totals()


async def test_a_page_that_failed_is_read_again(analysis: Analysis) -> None:
    await analysis.ask(DISCOUNT[0])
    analysis.embedder.broken = ModelUnavailable("The model is away.")
    with pytest.raises(ModelUnavailable):
        await collect(analysis.deps, RUN)
    analysis.embedder.broken = None
    await analysis.read()
    assert len(await analysis.kept()) == 1


async def test_one_run_at_a_time_has_the_analyzer_until_its_time_is_over(analysis: Analysis) -> None:
    other = RunRequest(holder="analyzer.other")
    assert await collect(analysis.deps, RUN) == "done"
    assert await collect(analysis.deps, other) == "busy"
    analysis.world.clock.advance(1000)
    assert await collect(analysis.deps, other) == "done"


async def test_what_hr_asks_and_what_is_temporary_does_not_count(analysis: Analysis) -> None:
    await analysis.ask("How do I tell a rep that we let him go?", None, "HR")
    temporary = await analysis.ask("How do I answer a secret question about price?")

    def make_temporary(head: Head) -> Draft:
        later = analysis.world.clock().timestamp() + 3600
        return Draft(events=(), head=head.model_copy(update={"temporary": True, "erase_after": later}))

    await analysis.world.log.append(temporary.session_id, make_temporary)
    await analysis.ask("How do I prepare a demo well?")
    await analysis.read()
    assert await analysis.texts() == ["How do I prepare a demo well?"]


async def test_an_edited_question_takes_the_place_of_the_first(analysis: Analysis) -> None:
    turn = await analysis.ask("How do I prepare a demmo?")
    await turn.step(0, *answer("Well."))
    await turn.finish()
    await analysis.read()
    edit = {"type": "message.edit", "conversation_id": turn.session_id, "message_id": f"{turn.turn_id}.q"}
    told = await turn.client.send(edit | {"content": "How do I prepare a demo?", "client_message_id": "again"})
    assert told.event["type"] == "command.accepted", told.event
    await analysis.read()
    assert await analysis.texts() == ["How do I prepare a demo?"]


async def test_signals_are_read_from_what_became_of_the_turn(analysis: Analysis) -> None:
    turn = await analysis.ask("How is my forecast for the quarter?")
    result = await turn.asked_for("find")
    analysis.world.tools.outcomes["find"] = ToolOutcome(status="failed", text="no", is_error=True, ms=3)
    assert await turn.call(result) == "failed"
    await turn.step(1, *answer("I do not know."))
    await turn.finish()
    vote = {"type": "feedback.record", "conversation_id": turn.session_id, "message_id": f"{turn.turn_id}.1"}
    await turn.client.send(vote | {"vote": "up"})
    told = await turn.client.send(vote | {"vote": "down"})
    assert told.event["type"] == "command.accepted", told.event
    again = {"type": "message.regenerate", "conversation_id": turn.session_id, "message_id": f"{turn.turn_id}.1"}
    assert (await turn.client.send(again)).event["type"] == "command.accepted"
    assert any(isinstance(event, FeedbackRecorded) for event in await analysis.world.events(turn.session_id))
    await analysis.read()
    (kept,) = await analysis.kept()
    assert (kept.up, kept.down, kept.tool_failures, kept.asked_again, kept.unanswered) == (0, 1, 1, 1, False)


async def test_like_questions_of_enough_people_become_a_named_cluster(analysis: Analysis) -> None:
    await analysis.ask_all((*DISCOUNT, "What is on the roadmap?"))
    (found,) = await analysis.clusters()
    assert (found.size, found.people) == (6, 6)
    assert found.weeks[-1].count == 6
    assert 1 <= len(found.examples) <= 3
    assert all("Contoso" not in example.text for example in found.examples)
    assert await analysis.label("Who approves a discount") == "done"
    named = await analysis.questions.cluster(found.id)
    assert named is not None
    assert named.label == "Who approves a discount"
    told = analysis.world.model.requests[-1].items[0]
    assert "Contoso" not in str(told)


async def test_a_cluster_keeps_its_id_and_name_when_it_grows(analysis: Analysis) -> None:
    await analysis.ask_all(DISCOUNT)
    (before,) = await analysis.clusters()
    await analysis.label("Discounts")
    await analysis.ask_all(("Who has to approve a discount of 40 percent?", "Does a small discount need approval?"))
    (after,) = await analysis.clusters()
    assert (after.id, after.label, after.first_seen) == (before.id, "Discounts", before.first_seen)
    assert after.size == 8


async def test_what_two_people_ask_is_told_to_nobody(analysis: Analysis) -> None:
    ada, bob = analysis.world.person(), analysis.world.person()
    for number, text in enumerate(DISCOUNT):
        await analysis.ask(text, (ada, bob)[number % 2])
    assert await analysis.clusters() == []
    (hidden,) = await analysis.questions.clusters()
    assert hidden.people < MIN_PEOPLE
    assert hidden.examples == ()
    assert await analysis.label() == "done"
    assert analysis.world.model.requests == []


async def test_deleting_a_conversation_takes_its_questions_and_examples_away(analysis: Analysis) -> None:
    turns = await analysis.ask_all(DISCOUNT)
    (before,) = await analysis.clusters()
    shown = {example.question_id for example in before.examples}
    kept = {one.id: one.conversation_id for one in await analysis.kept()}
    gone = next(kept[one] for one in shown)
    assert gone in {turn.session_id for turn in turns}
    await analysis.world.erasure.bury(gone)
    await analysis.world.erasure.erase(gone)
    assert gone not in {one.conversation_id for one in await analysis.kept()}
    after = await analysis.questions.cluster(before.id)
    assert after is not None
    assert after.people == before.people - 1
    assert not {example.question_id for example in after.examples} & {one for one, at in kept.items() if at == gone}
    (counted,) = await analysis.clusters()
    assert (counted.id, counted.size) == (before.id, 5)


async def test_a_cluster_that_erasure_brings_below_the_floor_says_nothing_any_more(analysis: Analysis) -> None:
    people = [analysis.world.person() for _ in range(3)]
    for number, text in enumerate(DISCOUNT):
        await analysis.ask(text, people[number % 3])
    (before,) = await analysis.clusters()
    await analysis.label("Discounts")
    kept = {one.id: one.conversation_id for one in await analysis.kept()}
    gone = kept[before.examples[0].question_id]
    await analysis.world.erasure.bury(gone)
    await analysis.world.erasure.erase(gone)
    row = await analysis.world.cosmos.read(INSIGHTS, "question-clusters", before.id)
    assert row is not None
    assert (row["examples"], row["label"], row["people"]) == ([], "", 2)


async def test_without_a_deployment_for_vectors_nothing_is_read(analysis: Analysis) -> None:
    assert await collect(replace(analysis.deps, embedding_model=""), RUN) == "off"
