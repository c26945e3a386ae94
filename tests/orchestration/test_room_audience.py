"""A step is for the room unless its turn holds what not everybody may see; then it is for who asked alone."""

from orchestration.narrowing import of_call, of_turn
from orchestration.room_audience import EVERYONE, for_summary, seen_by, step_audience
from shared.protocol.durable import MessageCompleted, MessageCreated
from tests.orchestration.records import ADA, Notes
from tests.orchestration.rooms import BOB, CEM, EVERYBODY, Room, members


def _asked(*, readers: str = "asker") -> Room:
    room = Room().says(BOB, "Hi all.").says(ADA, "@coach my deals?", turn="t1")
    room.started("t1").step("t1", 0, "", "find")
    room.result("t1.0.0", "Ada's deals", readers="asker" if readers == "asker" else "everyone")
    return room


def test_a_step_is_for_the_room_while_everything_is_for_everyone() -> None:
    audience = step_audience(_asked(readers="everyone").record(), "t1", ADA.id, EVERYBODY, room=False)

    assert audience.only is None
    assert audience.readers == {ADA.id, BOB.id, CEM.id}


def test_a_step_after_a_result_for_the_asker_is_for_the_asker_alone() -> None:
    audience = step_audience(_asked().record(), "t1", ADA.id, EVERYBODY, room=False)

    assert audience.only == (ADA.id,)
    assert audience.readers == {ADA.id}
    assert not audience.whole_turn


def test_the_room_gets_a_step_of_its_own_after_that() -> None:
    assert step_audience(_asked().record(), "t1", ADA.id, EVERYBODY, room=True).only is None


def test_in_a_turn_nobody_asked_for_the_room_gets_nothing_of_what_one_person_alone_may_see() -> None:
    room = Room().says(BOB, "Hi all.").says(ADA, "What are my deals worth?")
    room.started("t1").step("t1", 0, "", "find").result("t1.0.0", "Ada's deals", readers="asker")
    record = room.record()
    private = step_audience(record, "t1", ADA.id, EVERYBODY, room=False)

    assert (private.only, private.whole_turn) == ((ADA.id,), False)
    assert step_audience(record, "t1", ADA.id, EVERYBODY, room=True).readers == {ADA.id, BOB.id, CEM.id}
    assert of_call(record, "t1.0.0", ADA.id) == {"audience": (ADA.id,), "others_see": "outline"}


def test_another_turns_private_result_does_not_make_this_one_private() -> None:
    room = _asked().end("t1")
    assert isinstance(room, Room)
    room.says(ADA, "@coach and in general?", turn="t2").started("t2")

    assert step_audience(room.record(), "t2", ADA.id, EVERYBODY, room=False).only is None


def test_who_is_alone_in_the_room_is_answered_in_the_room() -> None:
    alone = members(ADA, gone=(BOB,))
    assert step_audience(_asked().record(), "t1", ADA.id, alone, room=False).only is None


def test_a_whispered_question_makes_all_of_its_turn_private() -> None:
    room = Room().says(ADA, "just between us", turn="t1", to=("coach",))
    audience = step_audience(room.record(), "t1", ADA.id, EVERYBODY, room=False)

    assert audience.only == (ADA.id,)
    assert audience.whole_turn
    assert of_turn(room.record(), "t1") == {"audience": (ADA.id,), "others_see": "outline"}


def test_whispers_reach_only_a_step_for_one_of_those_they_are_for() -> None:
    room = _asked().says(BOB, "psst, Ada", to=(ADA.id,)).says(BOB, "psst, Cem", to=(CEM.id,))
    private = step_audience(room.record(), "t1", ADA.id, EVERYBODY, room=False)
    public = step_audience(room.record(), "t1", ADA.id, EVERYBODY, room=True)

    assert _said(seen_by(room.record(), private).events) == ["Hi all.", "@coach my deals?", "psst, Ada"]
    assert _said(seen_by(room.record(), public).events) == ["Hi all.", "@coach my deals?"]


def test_what_was_answered_privately_is_not_in_the_rooms_step_nor_in_a_summary() -> None:
    room = _asked().step("t1", 1, "You have three deals.")
    assert isinstance(room, Room)
    record = room.hidden(ADA.id).record()
    public = step_audience(record, "t1", ADA.id, EVERYBODY, room=True)

    for told in (seen_by(record, public), for_summary(record)):
        assert not any(isinstance(e, MessageCompleted) and e.step == 1 for e in told.events)
    assert not {ADA.id, BOB.id, CEM.id} & EVERYONE


def test_a_calls_events_are_told_others_in_outline_and_not_at_all_where_its_step_is_hidden() -> None:
    room = _asked()
    assert of_call(room.record(), "t1.0.0", ADA.id) == {"audience": (ADA.id,), "others_see": "outline"}

    room.step("t1", 1, "", "find")
    assert of_call(room.hidden(ADA.id).record(), "t1.1.0", ADA.id) == {"audience": (ADA.id,), "others_see": "nothing"}


def test_nothing_is_narrow_in_a_persons_own_session() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find")

    assert of_call(notes.record(), "t1.0.0", ADA.id) == {}
    assert of_turn(notes.record(), "t1") == {}
    assert for_summary(notes.record()) is not None


def _said(events: object) -> list[str]:
    assert isinstance(events, tuple)
    return ["".join(p.text for p in e.parts if p.type == "text") for e in events if isinstance(e, MessageCreated)]
