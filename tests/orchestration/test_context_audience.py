"""Whose tool results may be told to whom."""

import pytest

from orchestration.context import history
from orchestration.context_audience import NOT_SHOWN, WITHHELD
from shared.model import ToolRequest, ToolResult
from tests.orchestration.records import ADA, Notes

BOB = "tenant.bob"


def _notes() -> Notes:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find", "find", arguments='{"who":"me"}')
    return notes.result("t1.0.0", "for all").result("t1.0.1", "mine", reference="results/x.txt", readers="asker")


def _told(notes: Notes, audience: frozenset[str] | None) -> list[tuple[str, str]]:
    items = history(notes.record(), "t1", audience=audience)
    requests = {item.call_id: item.arguments for item in items if isinstance(item, ToolRequest)}
    return [(requests[item.call_id], item.output) for item in items if isinstance(item, ToolResult)]


@pytest.mark.parametrize("audience", [None, frozenset({ADA.id}), frozenset[str]()])
def test_who_asked_is_told_everything(audience: frozenset[str] | None) -> None:
    first, second = _told(_notes(), audience)
    assert first == ('{"who":"me"}', "for all")
    assert second[0] == '{"who":"me"}'
    assert second[1].startswith("mine")


@pytest.mark.parametrize("audience", [{ADA.id, BOB}, {BOB}])
def test_others_are_not_told_what_only_who_asked_may_see_nor_its_arguments(audience: set[str]) -> None:
    assert _told(_notes(), frozenset(audience)) == [('{"who":"me"}', "for all"), (NOT_SHOWN, WITHHELD)]


def test_a_shortened_context_does_not_tell_it_either() -> None:
    items = history(_notes().record(), "t1", 80, audience=frozenset({ADA.id, BOB}))
    assert "mine" not in str(items)
    assert "results/x.txt" not in str(items)


def test_it_stays_private_while_it_is_not_known_who_asked() -> None:
    notes = _notes()
    del notes.events[0]
    assert _told(notes, frozenset({ADA.id}))[1] == (NOT_SHOWN, WITHHELD)
    assert _told(notes, None)[1][1].startswith("mine")


def test_a_turn_that_takes_anothers_place_does_not_tell_more() -> None:
    notes = _notes().end("t1").started("t2", replaces="t1", question_of="t1")
    items = history(notes.record(), "t2", audience=frozenset({ADA.id, BOB}))
    assert [item.output for item in items if isinstance(item, ToolResult)] == ["for all", WITHHELD]
