"""Turns that wait for a person: the transitions row by row, and what holds after any of them in any order."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.event_log import floor, parking
from shared.event_log.head import Head, OpenCard, Steer, TurnInQueue
from tests.shared.event_log.logs import AT

NOW = 1000.0
_EMPTY = Head(owner="o", created_at=AT, updated_at=AT)


def _card(turn_id: str, number: int = 1, expires: float = NOW + 600) -> OpenCard:
    return OpenCard(question_id=f"{turn_id}.0.0.q{number}", turn_id=turn_id, expires=expires)


def _asked(*turn_ids: str, head: Head = _EMPTY) -> Head:
    for number, turn_id in enumerate(turn_ids, start=1):
        head = floor.ask(head, TurnInQueue(turn_id=turn_id, asker="o", question_seq=number), NOW)
    return head


def _active(head: Head) -> str | None:
    return head.active_turn.turn_id if head.active_turn else None


def _line(head: Head) -> list[str]:
    return [turn.turn_id for turn in head.queue]


def _parked(head: Head) -> list[str]:
    return [turn.turn_id for turn in head.parked]


def test_parking_hands_the_floor_to_the_next_and_keeps_what_is_left_of_the_time() -> None:
    after = parking.park(_asked("a", "b", "c"), "a", [_card("a")], NOW + 50)
    assert (_active(after), _line(after), _parked(after)) == ("b", ["c"], ["a"])
    assert (after.parked[0].left, after.parked[0].parkings) == (floor.TURN_SECONDS - 50, 1)


def test_parking_with_nobody_in_line_frees_the_floor_and_is_looked_at_after_the_cards_time() -> None:
    after = parking.park(_asked("a"), "a", [_card("a", 1, NOW + 900), _card("a", 2, NOW + 600)], NOW)
    assert after.active_turn is None
    assert after.claim is not None
    assert after.claim.check_after == NOW + 600 + floor.CHECK_SECONDS
    assert _active(_asked("b", head=after)) == "b"


def test_messages_put_into_a_turn_that_parks_become_turns_of_their_own() -> None:
    head = floor.steer(_asked("a", "b"), Steer(turn_id="x", asker="o", question_seq=3, characters=1))
    after = parking.park(head, "a", [_card("a")], NOW)
    assert (_active(after), _line(after), after.steers) == ("x", ["b"], ())


def test_a_parked_turn_that_asks_more_stays_parked() -> None:
    once = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    twice = parking.park(once, "a", [_card("a", 2)], NOW)
    assert (twice.parked, _active(twice)) == (once.parked, "b")
    assert len(twice.cards) == 2


def test_the_last_answer_gives_a_free_floor_back_with_the_time_that_was_left() -> None:
    head = parking.park(_asked("a"), "a", [_card("a"), _card("a", 2)], NOW + 50)
    half = parking.close(head, "a.0.0.q1", NOW + 500)
    assert half.active_turn is None
    after = parking.close(half, "a.0.0.q2", NOW + 500)
    assert after.active_turn is not None
    assert (after.active_turn.turn_id, after.active_turn.parkings) == ("a", 1)
    assert after.active_turn.deadline == NOW + 500 + floor.TURN_SECONDS - 50
    assert (after.parked, after.cards) == ((), ())


def test_a_turn_that_had_almost_no_time_left_gets_some() -> None:
    head = parking.park(_asked("a"), "a", [_card("a")], NOW + floor.TURN_SECONDS + 3)
    after = parking.close(head, "a.0.0.q1", NOW + 500)
    assert after.active_turn is not None
    assert after.active_turn.deadline == NOW + 500 + floor.LEAST_SECONDS


def test_answered_turns_come_first_in_line_in_the_order_of_their_answers() -> None:
    head = parking.park(_asked("a", "b", "c", "d"), "a", [_card("a")], NOW)
    head = parking.park(head, "b", [_card("b")], NOW)
    head = parking.close(parking.close(head, "b.0.0.q1", NOW), "a.0.0.q1", NOW)
    assert (_active(head), _line(head)) == ("c", ["b", "a", "d"])
    assert [turn.turn_id for turn in floor.queued(head)] == ["d"]
    assert floor.place_of(head, "d") == floor.Place(position=1)
    after = floor.end(head, "c", NOW)
    assert after.active_turn is not None
    assert (after.active_turn.turn_id, after.active_turn.parkings) == ("b", 1)


def test_answered_turns_take_no_place_in_the_queue() -> None:
    head = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    head = parking.close(head, "a.0.0.q1", NOW)
    head = _asked(*(f"x{n}" for n in range(floor.MAX_QUEUED)), head=head)
    assert floor.is_full(head)


def test_a_turn_about_to_go_on_may_be_parked_again() -> None:
    head = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    head = parking.close(head, "a.0.0.q1", NOW)
    again = parking.park(head, "a", [_card("a", 2)], NOW)
    assert (_parked(again), _line(again), again.parked[0].parkings) == (["a"], [], 2)


def test_closing_a_card_nobody_knows_changes_nothing() -> None:
    head = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    assert parking.close(head, "a.0.0.q9", NOW) == head


def test_a_shown_card_leaves_its_turn_where_it_is_whether_open_or_closed() -> None:
    head = _asked("a", "b")
    shown = parking.show(head, _card("a"))
    assert (_active(shown), shown.parked) == ("a", ())
    assert parking.close(shown, "a.0.0.q1", NOW).active_turn == head.active_turn


@pytest.mark.parametrize("answered", [False, True], ids=["parked", "about_to_go_on"])
def test_an_abandoned_turn_never_gets_the_floor_again(answered: bool) -> None:  # noqa: FBT001 - a row
    head = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    if answered:
        head = parking.close(head, "a.0.0.q1", NOW)
    head = parking.abandon(head, "a", NOW)
    assert parking.standing(head, "a") == "stopping"
    assert (head.cards, _line(head)) == ((), [])
    freed = floor.end(head, "b", NOW)
    assert freed.active_turn is None
    assert freed.claim is not None
    ended = floor.end(freed, "a", NOW)
    assert (ended.parked, ended.claim) == ((), None)


def test_the_end_of_a_parked_turn_leaves_the_floor_alone_and_takes_its_cards() -> None:
    head = parking.park(_asked("a", "b", "c"), "a", [_card("a")], NOW)
    after = floor.end(head, "a", NOW)
    assert (_active(after), _line(after), after.parked, after.cards) == ("b", ["c"], (), ())


def test_the_latest_question_is_what_may_be_answered_again_though_an_older_turn_ends_later() -> None:
    head = parking.park(_asked("a", "b"), "a", [_card("a")], NOW)
    head = floor.end(floor.end(head, "b", NOW), "a", NOW)
    assert head.last_turn is not None
    assert head.last_turn.turn_id == "b"


def test_only_so_much_may_wait_for_one_person() -> None:
    head = _EMPTY
    for number in range(parking.MAX_PARKED):
        head = parking.park(_asked(f"t{number}", head=head), f"t{number}", [_card(f"t{number}")], NOW)
    head = _asked("late", head=head)
    assert not parking.may_wait(head, "late", 1)
    assert parking.may_wait(head, "t0", parking.MAX_CARDS - parking.MAX_PARKED)
    assert not parking.may_wait(head, "t0", parking.MAX_CARDS - parking.MAX_PARKED + 1)


def test_the_head_stays_small_with_all_that_may_wait() -> None:
    head = _EMPTY.model_copy(update={"title": "t" * 62, "manifest_id": "m" * 40})
    for number in range(parking.MAX_PARKED):
        turn_id = f"t_{number}".ljust(28, "x")
        head = _asked(turn_id, head=head)
        cards = [_card(turn_id, n) for n in range(parking.MAX_CARDS // parking.MAX_PARKED)]
        head = parking.park(head, turn_id, cards, NOW)
    for number in range(1 + floor.MAX_QUEUED):
        waiting = TurnInQueue(turn_id=f"q_{number}".ljust(28, "x"), asker="p" * 80, question_seq=10**6)
        head = floor.ask(head, waiting, NOW)
    assert len(head.model_dump_json()) < 8_000


class ParkingMachine(RuleBasedStateMachine):
    """A head under everything a conversation can do to it, beside plain lists of who is where."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _EMPTY
        self.asked = 0
        self.carded = 0
        self.over: set[str] = set()
        self.known: set[str] = set()

    def _turn(self, place: int) -> str:
        return f"t{place % (self.asked + 1)}"

    @precondition(lambda self: not floor.is_full(self.head))
    @rule()
    def ask(self) -> None:
        self.asked += 1
        self.known.add(f"t{self.asked}")
        turn = TurnInQueue(turn_id=f"t{self.asked}", asker="o", question_seq=self.asked)
        self.head = floor.ask(self.head, turn, NOW)

    @rule(place=st.integers(0, 30))
    def park(self, place: int) -> None:
        turn_id = self._turn(place)
        if parking.standing(self.head, turn_id) == "runs" and parking.may_wait(self.head, turn_id, 1):
            self.carded += 1
            self.head = parking.park(self.head, turn_id, [_card(turn_id, self.carded)], NOW)

    @rule(place=st.integers(0, 30))
    def close(self, place: int) -> None:
        if self.head.cards:
            self.head = parking.close(self.head, self.head.cards[place % len(self.head.cards)].question_id, NOW)

    @rule(place=st.integers(0, 30))
    def abandon(self, place: int) -> None:
        turn_id = self._turn(place)
        if not floor.is_active(self.head, turn_id) and parking.standing(self.head, turn_id) == "runs":
            self.head = parking.abandon(self.head, turn_id, NOW)

    @rule(place=st.integers(0, 30))
    def end(self, place: int) -> None:
        turn_id = self._turn(place)
        self.head = floor.end(self.head, turn_id, NOW)
        self.over.add(turn_id)

    @invariant()
    def every_turn_is_in_one_place_until_it_ends(self) -> None:
        head = self.head
        active = [head.active_turn.turn_id] if head.active_turn else []
        places = [*active, *_line(head), *_parked(head)]
        assert len(places) == len(set(places))
        assert set(places) == self.known - self.over

    @invariant()
    def the_floor_is_free_only_while_nobody_waits_for_it(self) -> None:
        assert self.head.active_turn is not None or not self.head.queue

    @invariant()
    def a_parked_turn_waits_for_a_card_or_for_its_end(self) -> None:
        waiting = {card.turn_id for card in self.head.cards}
        assert all((turn.turn_id in waiting) != turn.stopping for turn in self.head.parked)

    @invariant()
    def cards_are_of_turns_that_are_not_over(self) -> None:
        assert not {card.turn_id for card in self.head.cards} & self.over

    @invariant()
    def somebody_looks_exactly_while_there_is_something_to_look_at(self) -> None:
        busy = self.head.active_turn is not None or bool(self.head.parked)
        assert (self.head.claim is not None) == busy

    @invariant()
    def those_who_come_back_are_ahead_of_those_who_have_not_run(self) -> None:
        assert self.head.queue == (*floor.returning(self.head), *floor.queued(self.head))


ParkingMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestParking = ParkingMachine.TestCase
