"""The product's own requests for lines that name their messages, answered by the brain that nobody scripted."""

import pytest

from group_chat import catch_up
from local.openai import responses_request
from local.openai.brain import answer
from shared import digest
from shared.grounded import Line, Source, grounded
from shared.model import ModelRequest, UserText
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import COACH, Participant, TextPart
from tests.local.openai.dialogue import PACE, text_of

ADA = Participant(id="t.ada", kind="person", name="Ada Winter")
BEN = Participant(id="t.ben", kind="person", name="Ben Okafor")
QUESTION = "How is my pipeline for Contoso?"
ANSWER = """\
## Contoso

| Name | Amount |
| --- | --- |
| Plant rollout | EUR 184,500 |

Open: **EUR 184,500** and **USD 42,000**.

- Open your next call on **Plant rollout** with a question, not with the offer."""
PROMISE = "We decided to give Contoso 12 percent. I will send the offer by Friday."


def _said(seq: int, author: Participant, text: str) -> VisibleEvent:
    return MessageCreated(
        seq=seq, actor=author, author=author, message_id=f"said{seq}", turn_id=f"t{seq}", parts=(TextPart(text=text),)
    )


def _answered(seq: int, text: str) -> VisibleEvent:
    return MessageCompleted(
        seq=seq,
        actor=COACH,
        author=COACH,
        message_id=f"said{seq}",
        turn_id="t1",
        step=0,
        parts=(TextPart(text=text),),
        finish="stop",
        attempt=1,
    )


def _asked(request: ModelRequest) -> str:
    texts = [item.text for item in request.items if isinstance(item, UserText)]
    body = {"model": "m", "instructions": request.instructions, "input": "\n".join(texts)}
    return text_of(answer(responses_request.read(body, (), set()), PACE))


def _summary(*events: VisibleEvent) -> dict[str, tuple[Line, ...]]:
    found = digest.sources_of(events, 1, 100)
    lines = grounded(_asked(digest.request(found, "m")), found, digest.TOPICS)
    assert lines is not None
    return {str(topic): told for topic, told in lines.items()}


def _missed(*events: VisibleEvent) -> dict[str, tuple[Line, ...]]:
    found: tuple[Source, ...] = catch_up.missed(events, ADA.id)
    lines = catch_up.lines_in(_asked(catch_up.request(found, ADA.id, "m")), found)
    assert lines is not None
    return {str(topic): told for topic, told in lines.items()}


def test_a_summary_names_the_message_of_each_line() -> None:
    told = _summary(_said(1, ADA, QUESTION), _answered(4, ANSWER))
    assert told["points"] == (
        Line(text=f"Ada Winter: {QUESTION}", messages=("said1",)),
        Line(text="Coach: Open: EUR 184,500 and USD 42,000.", messages=("said4",)),
    )
    assert told["numbers"] == (Line(text="Coach: Open: EUR 184,500 and USD 42,000.", messages=("said4",)),)
    assert told["names"] == (Line(text="Contoso", messages=("said1", "said4")),)
    assert told["commitments"] == told["open_questions"] == ()


def test_a_question_nobody_answered_is_open_and_a_promise_is_a_commitment() -> None:
    told = _summary(_said(1, ADA, PROMISE), _said(2, BEN, "And who talks to the new CFO?"))
    assert told["commitments"] == (Line(text="Ada Winter: I will send the offer by Friday.", messages=("said1",)),)
    assert told["open_questions"] == (Line(text="Ben Okafor: And who talks to the new CFO?", messages=("said2",)),)


def test_who_was_away_is_told_what_was_decided_promised_and_asked() -> None:
    told = _missed(_said(1, BEN, PROMISE), _said(2, BEN, "Ada, can you call them?"))
    assert told["decisions"] == (Line(text="Ben Okafor: We decided to give Contoso 12 percent.", messages=("said1",)),)
    assert told["numbers"] == told["decisions"]
    assert told["commitments"] == (Line(text="Ben Okafor: I will send the offer by Friday.", messages=("said1",)),)
    assert told["questions_for_me"] == (Line(text="Ben Okafor: Ada, can you call them?", messages=("said2",)),)


@pytest.mark.parametrize("text", ["Wir haben entschieden: 12 Prozent.", "Ich schicke das Angebot bis Freitag."])
def test_it_reads_german(text: str) -> None:
    assert any(_missed(_said(1, BEN, text)).values())


def test_a_long_message_still_rests_on_itself() -> None:
    told = _summary(_said(1, ADA, "word 1,234,567 " * 400))
    assert told["points"]
    assert told["numbers"]


def test_small_talk_alone_is_no_more_than_what_it_was_about() -> None:
    told = _missed(_said(1, BEN, "Good morning"))
    assert not any(told.values())
