"""Whose text the model is told that strangers may have written: for as long as it is told, or what was made of it."""

from orchestration.context_sources import SOMEWHERE, summary_sources, told_sources
from shared import ids
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Readers, Trust
from tests.orchestration.records import ADA, Notes

FIND = ids.call("t1", 0, 0)


def _read(trust: Trust = "untrusted", readers: Readers = "everyone") -> Notes:
    """Say a turn, not ended yet, that read something."""
    notes = Notes().question("t1", "q1").started("t1").step("t1", 0, "", "find").called(FIND, idempotent=True)
    return notes.result(FIND, "Strange.", trust=trust, readers=readers)


def _asked(notes: Notes, turn: str) -> Notes:
    return notes.question(turn, f"q {turn}").started(turn)


def test_what_the_running_turn_read_counts() -> None:
    assert told_sources(_read().record(), "t1") == ("crm",)


def test_what_servers_returned_that_are_trusted_does_not() -> None:
    assert told_sources(_read(trust="trusted").record(), "t1") == ()


def test_what_an_earlier_turn_read_counts_as_long_as_it_is_told() -> None:
    notes = _read().step("t1", 1, "a1").end("t1").turn("t2", "q2", "a2")
    assert told_sources(_asked(notes, "t3").record(), "t3") == ("crm",)


def test_a_turn_that_waits_for_a_person_counts_as_far_as_it_came() -> None:
    notes = Notes().question("t1", "q1").started("t1").step("t1", 0, "", "find").parked("t1")
    assert told_sources(_asked(notes, "t2").record(), "t2") == ()
    notes.result(FIND, "Strange.", trust="untrusted")
    assert told_sources(notes.record(), "t2") == ("crm",)


def test_what_was_superseded_is_told_no_more_and_counts_no_more() -> None:
    notes = _read().step("t1", 1, "a1", untrusted_from=("crm",)).end("t1").question("t2", "better")
    notes.started("t2", replaces="t1")
    assert told_sources(notes.record(), "t2") == ()


def test_a_call_that_is_carried_along_brings_its_result_and_what_its_step_was_told() -> None:
    notes = Notes().question("t1", "q1").started("t1").step("t1", 0, "", "find", untrusted_from=("web",)).called(FIND)
    notes.result(FIND, "Strange.", trust="untrusted").end("t1").question("t2", "better").started("t2", replaces="t1")
    assert told_sources(notes.record(), "t2") == ("crm", "web")


def test_a_turn_that_was_filtered_is_told_to_nobody_again() -> None:
    notes = _read().step("t1", 1, "a1", untrusted_from=("crm",)).end("t1", ErrorCode.CONTENT_FILTERED)
    assert told_sources(_asked(notes, "t2").record(), "t2") == ()


def test_what_a_step_wrote_after_it_had_read_such_text_counts_as_that_text() -> None:
    notes = Notes().question("t1", "q1").started("t1").step("t1", 0, "a1", untrusted_from=("web",)).end("t1")
    assert told_sources(_asked(notes, "t2").record(), "t2") == ("web",)


def test_what_is_withheld_from_the_audience_is_not_told() -> None:
    record = _read(readers="asker").record()
    assert told_sources(record, "t1", audience={ADA.id, "tenant.bob"}) == ()
    assert told_sources(record, "t1", audience={ADA.id}) == ("crm",)


def test_a_summary_counts_as_what_it_was_made_of() -> None:
    notes = _read().step("t1", 1, "a1").end("t1")
    notes.summarised(notes.seq, "Notes.", untrusted_from=("web",))
    assert told_sources(_asked(notes, "t2").record(), "t2") == ("web",)


def test_a_summary_of_unknown_making_counts_as_untrusted() -> None:
    notes = Notes().turn("t1", "q1", "a1")
    notes.summarised(notes.seq, "Notes.")
    assert told_sources(_asked(notes, "t2").record(), "t2") == (SOMEWHERE,)


def test_a_summary_that_says_nothing_or_is_stale_does_not_count() -> None:
    empty = Notes().turn("t1", "q1", "a1")
    empty.summarised(empty.seq, " ")
    assert told_sources(_asked(empty, "t2").record(), "t2") == ()
    stale = Notes().turn("t1", "q1", "a1")
    stale.summarised(stale.seq, "Notes.")
    assert told_sources(stale.question("t2", "better").started("t2", replaces="t1").record(), "t2") == ()


def test_a_summary_is_made_of_the_turns_it_takes_in_and_of_the_one_before() -> None:
    notes = Notes().turn("t0", "q0", "a0")
    notes.summarised(notes.seq, "Notes.", untrusted_from=("web",))
    _asked(notes, "t1").step("t1", 0, "", "find").result(FIND, "Strange.", trust="untrusted").step("t1", 1, "a1")
    through = notes.seq
    notes.end("t1")
    assert summary_sources(notes.record(), through) == ("web",)
    assert summary_sources(notes.record(), notes.seq) == ("crm", "web")
