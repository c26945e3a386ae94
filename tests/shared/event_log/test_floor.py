"""The floor's transitions, row by row, and what holds after any of them in any order."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.event_log import floor
from shared.event_log.head import Claim, Head, Steer, TurnInQueue, TurnOnFloor
from tests.shared.event_log.logs import AT

NOW = 1000.0


def _head(active: str | None, *queue: str, stopping: bool = False) -> Head:
    turn = None
    if active:
        turn = TurnOnFloor(
            turn_id=active,
            asker="o",
            question_seq=1,
            started=NOW,
            deadline=NOW + floor.TURN_SECONDS,
            stopping=stopping,
        )
    waiting = tuple(TurnInQueue(turn_id=turn_id, asker="o", question_seq=1) for turn_id in queue)
    claim = Claim(check_after=NOW + floor.CHECK_SECONDS) if active else None
    return Head(owner="o", active_turn=turn, queue=waiting, claim=claim, created_at=AT, updated_at=AT)


def _ask(head: Head, turn_id: str) -> Head:
    return floor.ask(head, TurnInQueue(turn_id=turn_id, asker="o", question_seq=1), NOW)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    before: Head
    verb: str
    turn_id: str
    after: Head


ROWS = [
    Row("asking a free floor takes it", _head(None), "ask", "a", _head("a")),
    Row("asking a taken floor queues", _head("a"), "ask", "b", _head("a", "b")),
    Row("asking queues behind those who wait", _head("a", "b"), "ask", "c", _head("a", "b", "c")),
    Row("the end of the only turn frees the floor", _head("a"), "end", "a", _head(None)),
    Row("the end of a turn hands over to the first in line", _head("a", "b", "c"), "end", "a", _head("b", "c")),
    Row("the end of a waiting turn takes it out of the line", _head("a", "b", "c"), "end", "b", _head("a", "c")),
    Row("the end of an unknown turn changes nothing", _head("a", "b"), "end", "x", _head("a", "b")),
    Row("an end while the floor is free changes nothing", _head(None), "end", "a", _head(None)),
    Row("stopping flags the active turn", _head("a", "b"), "stop", "a", _head("a", "b", stopping=True)),
    Row("stopping twice is stopping once", _head("a", stopping=True), "stop", "a", _head("a", stopping=True)),
    Row("stopping a waiting turn flags nobody", _head("a", "b"), "stop", "b", _head("a", "b")),
    Row("stopping with a free floor changes nothing", _head(None), "stop", "a", _head(None)),
    Row("the flag goes with its turn", _head("a", "b", stopping=True), "end", "a", _head("b")),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name.replace(" ", "_") for row in ROWS])
def test_each_transition_does_what_its_row_says(row: Row) -> None:
    match row.verb:
        case "ask":
            after = _ask(row.before, row.turn_id)
        case "end":
            after = floor.end(row.before, row.turn_id, NOW)
        case _:
            after = floor.stop(row.before, row.turn_id)
    assert after.model_copy(update={"last_turn": None}) == row.after


def _steered(head: Head, *turn_ids: str, characters: int = 10) -> Head:
    for turn_id in turn_ids:
        head = floor.steer(head, Steer(turn_id=turn_id, asker="o", question_seq=2, characters=characters))
    return head


def test_steers_a_turn_did_not_use_go_ahead_of_the_queue_when_it_ends() -> None:
    after = floor.end(_steered(_head("a", "b"), "x", "y"), "a", NOW)
    assert after.active_turn is not None
    assert [after.active_turn.turn_id, *(waiting.turn_id for waiting in after.queue)] == ["x", "y", "b"]
    assert after.steers == ()


def test_steers_a_model_step_has_read_are_gone() -> None:
    after = floor.used(_steered(_head("a"), "x", "y"), {"x"})
    assert [steer.turn_id for steer in after.steers] == ["y"]
    assert floor.end(after, "y", NOW).steers == ()


@pytest.mark.parametrize(
    ("head", "takes"),
    [
        (_head(None), False),
        (_head("a"), True),
        (_head("a", stopping=True), False),
        (_steered(_head("a"), *(f"x{n}" for n in range(floor.MAX_STEERS - 1))), True),
        (_steered(_head("a"), *(f"x{n}" for n in range(floor.MAX_STEERS))), False),
        (_steered(_head("a"), "x", characters=floor.MAX_STEER_CHARACTERS - 9), False),
    ],
    ids=["free", "running", "stopping", "room_for_one", "full", "too_long"],
)
def test_a_steer_is_taken_by_a_running_turn_that_has_room(head: Head, takes: bool) -> None:  # noqa: FBT001 - a row
    assert floor.takes_steer(head, 10) is takes


def test_the_turn_that_ended_last_is_remembered() -> None:
    ended = floor.end(floor.end(_head("a", "b"), "a", NOW), "b", NOW)
    assert ended.last_turn == TurnInQueue(turn_id="b", asker="o", question_seq=1)
    assert floor.end(_head("a", "b"), "b", NOW).last_turn is None


def test_a_turn_that_waited_behind_a_later_question_is_remembered_when_it_ends() -> None:
    head = floor.ask(_head("t_1"), TurnInQueue(turn_id="t_2", asker="o", question_seq=4), NOW)
    head = floor.steer(head, Steer(turn_id="t_3", asker="o", question_seq=6, characters=1))
    for turn_id in ("t_1", "t_3", "t_2"):
        head = floor.end(head, turn_id, NOW)
    assert head.last_turn is not None
    assert head.last_turn.turn_id == "t_2"


def test_the_place_of_a_turn_counts_the_active_one_as_zero() -> None:
    head = _head("a", "b", "c")
    assert [floor.place_of(head, turn_id) for turn_id in "abcx"] == [
        floor.Place(position=0),
        floor.Place(position=1),
        floor.Place(position=2),
        None,
    ]


def test_five_may_wait_and_no_sixth() -> None:
    assert not floor.is_full(_head("a", "b", "c", "d", "e"))
    assert floor.is_full(_head("a", "b", "c", "d", "e", "f"))


def test_looking_again_later_keeps_everything_else() -> None:
    head = _head("a", "b")
    later = floor.watched(head, NOW + 100)
    assert later == head.model_copy(update={"claim": Claim(check_after=NOW + 100 + floor.CHECK_SECONDS)})


def test_the_head_stays_small_with_a_full_queue_of_long_ids() -> None:
    head = _head(None).model_copy(update={"title": "t" * 62, "manifest_id": "m" * 100})
    for n in range(6):
        head = floor.ask(head, TurnInQueue(turn_id=f"{n}" * 100, asker="p" * 100, question_seq=10**9), NOW)
    assert floor.is_full(head)
    assert len(head.model_dump_json()) < 8_000


class FloorMachine(RuleBasedStateMachine):
    """A head under commands in any order, beside the plain list of turns in the order they asked."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _head(None)
        self.line: list[str] = []
        self.asked = 0
        self.now = NOW

    @precondition(lambda self: not floor.is_full(self.head))
    @rule()
    def ask(self) -> None:
        self.asked += 1
        turn_id = f"t{self.asked}"
        self.head = floor.ask(self.head, TurnInQueue(turn_id=turn_id, asker="o", question_seq=self.asked), self.now)
        self.line.append(turn_id)

    @rule(place=st.integers(0, 6))
    def end(self, place: int) -> None:
        turn_id = self.line.pop(place) if place < len(self.line) else "nobody"
        self.head = floor.end(self.head, turn_id, self.now)

    @rule(place=st.integers(0, 6))
    def stop(self, place: int) -> None:
        self.head = floor.stop(self.head, self.line[place] if place < len(self.line) else "nobody")

    @rule(seconds=st.floats(0.1, 1000))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def look_again(self) -> None:
        if self.head.active_turn:
            self.head = floor.watched(self.head, self.now)

    @invariant()
    def turns_stand_in_the_order_they_asked(self) -> None:
        active = [self.head.active_turn.turn_id] if self.head.active_turn else []
        assert [*active, *(waiting.turn_id for waiting in self.head.queue)] == self.line

    @invariant()
    def somebody_waits_only_while_somebody_is_active(self) -> None:
        assert self.head.active_turn is not None or not self.head.queue

    @invariant()
    def the_sweeper_watches_exactly_while_the_floor_is_taken(self) -> None:
        assert (self.head.claim is not None) == (self.head.active_turn is not None)

    @invariant()
    def the_line_is_bounded(self) -> None:
        assert len(self.head.queue) <= floor.MAX_QUEUED
        assert floor.is_full(self.head) == (len(self.line) == 1 + floor.MAX_QUEUED)

    @invariant()
    def the_active_turn_kept_its_question_and_has_its_full_time(self) -> None:
        active = self.head.active_turn
        if active is not None:
            assert active.question_seq == int(active.turn_id[1:])
            assert active.deadline == active.started + floor.TURN_SECONDS
            assert active.started <= self.now


FloorMachine.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestFloor = FloorMachine.TestCase
