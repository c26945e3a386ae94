"""The rules of a person's memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import CommandRefused
from shared.memory import MAX_BYTES, MAX_CHARACTERS, MAX_DELETED, MAX_ENTRIES, Entry, EntrySource, Memory, entry_text
from shared.protocol.codes import ErrorCode

AT = "2026-03-02T10:00:00.000Z"
LATER = "2026-03-03T10:00:00.000Z"

_TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=MAX_CHARACTERS)
_IDS = st.sampled_from([f"me_{n}" for n in range(60)])


def _entry(entry_id: str, text: str = "I sell to hospitals.") -> Entry:
    return Entry(id=entry_id, kind="fact", text=text, created_at=AT, changed_at=AT)


def _code(error: pytest.ExceptionInfo[CommandRefused]) -> ErrorCode:
    return error.value.code


def test_a_memory_is_off_until_it_is_switched_on() -> None:
    memory = Memory().with_entry(_entry("a"))
    assert (Memory().enabled, memory.is_used, memory.switched(on=True).is_used) == (False, False, True)


def test_switching_off_keeps_the_entries_and_uses_none() -> None:
    memory = Memory().with_entry(_entry("a")).switched(on=True).switched(on=False)
    assert (memory.is_used, memory.entries) == (False, (_entry("a"),))


def test_every_change_is_a_new_version_and_what_changes_nothing_is_none() -> None:
    memory = Memory().switched(on=True).with_entry(_entry("a")).with_words("a", "instruction", "Be brief.", LATER)
    assert memory.version == 3
    assert memory.switched(on=True) is memory
    assert memory.with_words("a", "instruction", "Be brief.", LATER) is memory
    assert memory.without("b") is memory
    assert Memory().emptied() == Memory()


def test_the_same_entry_twice_is_one_and_another_under_its_id_is_a_conflict() -> None:
    memory = Memory().with_entry(_entry("a"))
    assert memory.with_entry(_entry("a").model_copy(update={"created_at": LATER})) is memory
    with pytest.raises(CommandRefused) as refused:
        memory.with_entry(_entry("a", "Something else."))
    assert _code(refused) is ErrorCode.KEY_CONFLICT


def test_other_words_keep_place_and_beginning_and_are_the_persons_own() -> None:
    coach = EntrySource(by="coach", session_id="s_1", turn_id="t_1")
    memory = Memory().with_entry(_entry("a").model_copy(update={"source": coach})).with_entry(_entry("b"))
    changed = memory.with_words("a", "instruction", "Be brief.", LATER)
    assert [entry.id for entry in changed.entries] == ["a", "b"]
    first = changed.entries[0]
    assert (first.kind, first.text, first.created_at, first.changed_at) == ("instruction", "Be brief.", AT, LATER)
    assert first.source == EntrySource(by="person")


def test_an_entry_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(CommandRefused) as refused:
        Memory().with_words("a", "fact", "x", AT)
    assert _code(refused) is ErrorCode.MEMORY_ENTRY_NOT_FOUND


def test_deleted_entries_are_to_be_forgotten_until_that_is_done() -> None:
    memory = Memory().with_entry(_entry("a")).with_entry(_entry("b")).with_entry(_entry("c")).without("b").emptied()
    assert (memory.entries, memory.forgotten) == ((), ("b", "a", "c"))
    done = memory.done_forgetting(("b", "a"))
    assert (done.forgotten, done.version) == (("c",), memory.version)


def test_a_decision_on_an_older_version_is_refused() -> None:
    memory = Memory().switched(on=True)
    memory.expect(None)
    memory.expect(1)
    with pytest.raises(CommandRefused) as refused:
        memory.expect(0)
    assert _code(refused) is ErrorCode.MEMORY_CHANGED


def test_so_many_entries_and_no_more() -> None:
    memory = Memory()
    for n in range(MAX_ENTRIES):
        memory = memory.with_entry(_entry(f"me_{n}", "x"))
    with pytest.raises(CommandRefused) as refused:
        memory.with_entry(_entry("one more", "x"))
    assert _code(refused) is ErrorCode.MEMORY_FULL
    assert len(memory.without("me_7").with_entry(_entry("one more", "x")).entries) == MAX_ENTRIES


def test_bytes_count_not_characters() -> None:
    memory = Memory()
    for n in range(MAX_BYTES // (3 * MAX_CHARACTERS)):
        memory = memory.with_entry(_entry(f"me_{n}", "語" * MAX_CHARACTERS))
    with pytest.raises(CommandRefused) as refused:
        memory.with_entry(_entry("one more", "語" * MAX_CHARACTERS))
    assert _code(refused) is ErrorCode.MEMORY_FULL


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u202e\u200f"])
def test_an_entry_without_words_is_refused(text: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        entry_text(text)
    assert _code(refused) is ErrorCode.CONTENT_EMPTY


def test_hidden_characters_are_taken_out_before_an_entry_is_measured() -> None:
    hidden = "\U000e0041" * MAX_CHARACTERS
    assert entry_text(f" {hidden}Be brief.\r\nAnd kind.\x00 ") == "Be brief.\nAnd kind."
    assert len(entry_text("x" * MAX_CHARACTERS)) == MAX_CHARACTERS
    with pytest.raises(CommandRefused) as refused:
        entry_text("x" * (MAX_CHARACTERS + 1))
    assert _code(refused) is ErrorCode.CONTENT_TOO_LONG


@given(st.lists(st.tuples(st.sampled_from(["add", "reword", "delete", "switch"]), _IDS, _TEXTS), max_size=120))
def test_whatever_is_done_the_limits_hold_and_versions_only_grow(actions: list[tuple[str, str, str]]) -> None:
    memory = Memory()
    for action, entry_id, text in actions:
        before = memory
        try:
            memory = _done(memory, action, entry_id, text)
        except CommandRefused:
            memory = before
        assert len(memory.entries) <= MAX_ENTRIES
        assert sum(len(entry.text.encode()) for entry in memory.entries) <= MAX_BYTES
        assert len({entry.id for entry in memory.entries}) == len(memory.entries)
        assert (memory.version == before.version + 1) is (memory is not before)
        assert {e.id for e in before.entries} - {e.id for e in memory.entries} <= set(memory.forgotten)


def _done(memory: Memory, action: str, entry_id: str, text: str) -> Memory:
    match action:
        case "add":
            return memory.with_entry(_entry(entry_id, text))
        case "reword":
            return memory.with_words(entry_id, "instruction", text, LATER)
        case "delete":
            return memory.without(entry_id)
        case _:
            return memory.switched(on=not memory.enabled)


def test_what_the_person_approved_is_one_entry_however_often_it_is_stored() -> None:
    memory = Memory().switched(on=True).with_approved(_entry("a"))
    assert memory.entries == (_entry("a"),)
    assert memory.with_approved(_entry("a")) is memory
    reworded = memory.with_words("a", "fact", "I sell to clinics.", LATER)
    assert reworded.with_approved(_entry("a")) is reworded


def test_what_the_memory_says_already_is_not_stored_under_another_id() -> None:
    memory = Memory().with_entry(_entry("a"))
    assert memory.with_approved(_entry("b")) is memory
    assert memory.with_approved(_entry("b").model_copy(update={"kind": "instruction"})).version == 2


def test_what_was_deleted_is_not_brought_back_by_what_runs_again() -> None:
    memory = Memory().with_approved(_entry("a")).without("a").done_forgetting(("a",))
    assert memory.with_approved(_entry("a")) is memory
    assert [entry.id for entry in memory.with_approved(_entry("b")).entries] == ["b"]


def test_only_so_many_deleted_entries_are_known() -> None:
    memory = Memory()
    for n in range(MAX_DELETED + 2):
        memory = memory.with_entry(_entry(f"me_{n}")).without(f"me_{n}")
    assert memory.deleted == tuple(f"me_{n}" for n in range(2, MAX_DELETED + 2))


def test_a_full_memory_takes_nothing_that_was_approved() -> None:
    memory = Memory()
    for n in range(MAX_ENTRIES):
        memory = memory.with_entry(_entry(f"me_{n}", f"Fact {n}."))
    with pytest.raises(CommandRefused) as refused:
        memory.with_approved(_entry("a"))
    assert _code(refused) is ErrorCode.MEMORY_FULL
    assert memory.with_approved(_entry("me_0", "Other words.")) is memory
