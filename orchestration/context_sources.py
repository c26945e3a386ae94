"""Whose text that strangers may have written the model is told: as it came, or in words made of it. Pure.

Each step says in the log what it had been told (`MessageCompleted.untrusted_from`), and each summary what it was made
of. So what a step wrote after it had read such text counts as that text, also when the text itself is told no more.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from orchestration.context_audience import withheld_calls
from orchestration.context_items import known_summary
from orchestration.context_turns import Turn, Turns, turns_of
from shared import ids
from shared.event_log.shapes import Record
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import ToolCallPart

SOMEWHERE = "somewhere unknown"
"""The source of a summary that does not say what it was made of."""


def told_sources(record: Record, turn_id: str, audience: AbstractSet[str] | None = None) -> tuple[str, ...]:
    """Return the servers whose untrusted text is told in the next step of `turn_id` if there is room, sorted.

    `audience` as for `history`, which may leave some of it out: that changes nothing here.
    """
    turns = turns_of(record)
    running = turns.by_id.get(turn_id)
    told = [*_past(turns, record, besides=turn_id), *([running] if running else [])]
    return _sorted(turns, record, told, withheld_calls(turns, audience))


def summary_sources(record: Record, through_seq: int) -> tuple[str, ...]:
    """Return the servers whose untrusted text goes into a summary of all told turns up to `through_seq`, sorted."""
    turns = turns_of(record)
    past = _past(turns, record, besides=None)
    return _sorted(turns, record, [t for t in past if t.end_seq is not None and t.end_seq <= through_seq], frozenset())


def _past(turns: Turns, record: Record, besides: str | None) -> list[Turn]:
    return [turn for _, turn in turns.told(besides) if not turns.is_covered(turn, record.summary)]


def _sorted(turns: Turns, record: Record, told: Iterable[Turn], withheld: AbstractSet[str]) -> tuple[str, ...]:
    steps = {step.message_id: step for turn in turns.by_id.values() for step in turn.steps}
    found = {server for turn in told for server in _of_turn(turns, turn, steps, withheld)}
    return tuple(sorted(found | _of_summary(turns, record)))


def _of_summary(turns: Turns, record: Record) -> set[str]:
    if record.summary is None or not known_summary(turns, record.summary):
        return set()
    made_of = record.summary.untrusted_from
    return {SOMEWHERE} if made_of is None else set(made_of)


def _of_turn(turns: Turns, turn: Turn, steps: dict[str, MessageCompleted], withheld: AbstractSet[str]) -> Iterator[str]:
    for step in turn.steps:
        yield from step.untrusted_from
    for call in (*_carried(turn), *_called(turn)):
        result = turns.results.get(call.call_id)
        if result is not None and result.trust == "untrusted" and call.call_id not in withheld:
            yield result.server
    for call in _carried(turn):
        place = ids.parse_call(call.call_id)
        asked = steps.get(ids.step_message(place.turn_id, place.step))
        yield from asked.untrusted_from if asked else ()


def _carried(turn: Turn) -> list[ToolCallPart]:
    return [call for calls in turn.carried for call in calls]


def _called(turn: Turn) -> list[ToolCallPart]:
    return [part for step in turn.steps for part in step.parts if isinstance(part, ToolCallPart)]
