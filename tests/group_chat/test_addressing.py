import pytest

from group_chat.addressing import FOLLOW_UP_SECONDS, Spoken, addressed
from shared.event_log.head import GroupState
from shared.protocol.group import GroupSettings

ADA, BOB = "tenant.ada", "tenant.bob"
NOW = 10_000.0


def _group(*, members: int = 3, follow_up: bool = False, at: float | None = None, to: str | None = None) -> GroupState:
    settings = GroupSettings(follow_up=follow_up)
    return GroupState(members=members, settings=settings, coach_spoke_at=at, coach_spoke_to=to)


def _says(text: str = "so what", **fields: object) -> Spoken:
    return Spoken(**{"author": ADA, "text": text} | fields)  # pyright: ignore[reportArgumentType] - a test's short way


@pytest.mark.parametrize(
    "said",
    [
        _says(mentions=("coach",)),
        _says(mentions=(BOB, "coach")),
        _says("@coach so what"),
        _says(replies_to="coach"),
        _says(query=True),
        _says(to=("coach",)),
    ],
)
def test_the_coach_answers_who_speaks_to_it(said: Spoken) -> None:
    assert addressed(said, _group(), NOW)


@pytest.mark.parametrize(
    "said",
    [
        _says(),
        _says(mentions=(BOB,)),
        _says(replies_to=BOB),
        _says("`@coach`"),
        _says("@coach what of this", to=(BOB,)),
        _says(to=(BOB,), replies_to="coach"),
        _says(to=(BOB,), mentions=("coach",)),
    ],
)
def test_the_coach_leaves_people_to_themselves(said: Spoken) -> None:
    assert not addressed(said, _group(), NOW)


def test_with_one_person_alone_it_always_answers() -> None:
    assert addressed(_says(), _group(members=1), NOW)
    assert not addressed(_says(to=(BOB,)), _group(members=1), NOW)


@pytest.mark.parametrize("said", [_says("@coach"), _says(mentions=("coach",)), _says(query=True), _says()])
def test_it_never_answers_itself(said: Spoken) -> None:
    mine = Spoken(author="coach", text=said.text, mentions=said.mentions, query=said.query)
    assert not addressed(mine, _group(members=1, follow_up=True, at=NOW, to="coach"), NOW)


def test_where_the_group_wants_it_the_same_person_may_go_on() -> None:
    group = _group(follow_up=True, at=NOW - FOLLOW_UP_SECONDS, to=ADA)
    assert addressed(_says(), group, NOW)
    assert addressed(_says(replies_to=ADA), group, NOW)


@pytest.mark.parametrize(
    ("said", "group"),
    [
        (_says(), _group(follow_up=False, at=NOW, to=ADA)),
        (_says(), _group(follow_up=True, at=NOW - FOLLOW_UP_SECONDS - 0.1, to=ADA)),
        (_says(), _group(follow_up=True, at=NOW, to=BOB)),
        (_says(), _group(follow_up=True, at=NOW, to=None)),
        (_says(), _group(follow_up=True, at=None, to=ADA)),
        (_says(mentions=(BOB,)), _group(follow_up=True, at=NOW, to=ADA)),
        (_says(replies_to=BOB), _group(follow_up=True, at=NOW, to=ADA)),
        (_says(to=(BOB,)), _group(follow_up=True, at=NOW, to=ADA)),
    ],
)
def test_going_on_needs_the_setting_the_time_the_person_and_nobody_else(said: Spoken, group: GroupState) -> None:
    assert not addressed(said, group, NOW)
