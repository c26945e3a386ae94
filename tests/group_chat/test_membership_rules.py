"""Who may do what to whom in a group: every role, every state, and what the head counts after any story."""

import random

import pytest

from group_chat import membership_rules as rules
from group_chat.membership_rules import EXPELLED_KEPT, Places
from shared.errors import CommandRefused, SalesCoachError
from shared.event_log.documents import InvitationDocument, MemberDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.shapes import Draft
from shared.members import MAX_MEMBERS
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Participant

AT = "2026-03-02T09:00:00.000Z"
ROLES: tuple[GroupRole, ...] = ("owner", "facilitator", "member", "observer")
STATES = ("invited", "member", "left", "removed")
ADA, BOB = (Participant(kind="person", id=f"tenant.{name}", name=name.title()) for name in ("ada", "bob"))


def _head(**group: object) -> Head:
    state = GroupState().model_copy(update={"people": 2, "owners": 2, **group})
    return Head(owner=ADA.id, created_at=AT, updated_at=AT, epoch=5, seq=40, group=state)


def _member(person: Participant = ADA, role: GroupRole = "owner", state: str = "member") -> MemberDocument:
    fields = {"principal": person.id, "name": person.name, "role": role, "state": state, "epoch": 3}
    return MemberDocument.model_validate(fields)


def _code(refused: pytest.ExceptionInfo[SalesCoachError]) -> ErrorCode:
    return refused.value.code


MAY_INVITE = {
    "owner": set(ROLES),
    "facilitator": {"member", "observer"},
    "member": set[str](),
    "observer": set[str](),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("actor", ROLES)
def test_who_invites_whom(actor: GroupRole, role: GroupRole) -> None:
    places = Places(actor=_member(role=actor), target=None)
    if role not in MAY_INVITE[actor]:
        with pytest.raises(CommandRefused, match=actor):
            rules.invite(_head(), places, ADA, BOB, role)
        return
    draft = rules.invite(_head(), places, ADA, BOB, role)
    assert draft is not None
    (after,) = draft.members
    assert (after.state, after.role, after.epoch, draft.head.epoch) == ("invited", role, 6, 6)
    assert draft.head.group is not None
    assert (draft.head.group.invited, draft.head.group.people) == (1, 2)


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("actor", ROLES)
@pytest.mark.parametrize("state", ["invited", "member"])
def test_who_removes_whom(actor: GroupRole, target: GroupRole, state: str) -> None:
    places = Places(actor=_member(role=actor), target=_member(BOB, target, state))
    if target not in MAY_INVITE[actor]:
        with pytest.raises(CommandRefused, match=actor):
            rules.remove(_head(invited=1), places, ADA, admin=False)
        return
    draft = rules.remove(_head(invited=1), places, ADA, admin=False)
    assert draft is not None
    (after,) = draft.members
    assert (after.state, after.left_seq, after.role) == ("removed", 41, target)
    assert draft.head.group is not None
    assert draft.head.group.expelled == ((BOB.id,) if state == "member" else ())


@pytest.mark.parametrize("state", [None, "invited", "left", "removed"])
def test_for_who_does_not_belong_there_is_no_group(state: str | None) -> None:
    actor = None if state is None else _member(state=state)
    places = Places(actor=actor, target=_member(BOB, "member"))
    for ask in (
        lambda: rules.invite(_head(), places, ADA, BOB, "member"),
        lambda: rules.remove(_head(), places, ADA, admin=False),
        lambda: rules.give_role(_head(), places, ADA, "observer"),
    ):
        with pytest.raises(CommandRefused) as refused:
            ask()
        assert _code(refused) is ErrorCode.CONVERSATION_NOT_FOUND


@pytest.mark.parametrize("actor", ROLES)
def test_only_owners_give_roles(actor: GroupRole) -> None:
    places = Places(actor=_member(role=actor), target=_member(BOB, "member"))
    if actor == "owner":
        draft = rules.give_role(_head(), places, ADA, "observer")
        assert draft is not None
        assert [member.role for member in draft.members] == ["observer"]
        assert draft.head.group is not None
        assert draft.head.group.members == 0
        return
    with pytest.raises(CommandRefused) as refused:
        rules.give_role(_head(), places, ADA, "observer")
    assert _code(refused) is ErrorCode.FORBIDDEN


def test_the_last_owner_neither_leaves_nor_is_removed_nor_demoted() -> None:
    head, last = _head(owners=1), _member()
    both = Places(actor=last, target=last)
    for ask in (
        lambda: rules.leave(head, last, ADA),
        lambda: rules.remove(head, both, BOB, admin=True),
        lambda: rules.give_role(head, both, ADA, "facilitator"),
    ):
        with pytest.raises(CommandRefused) as refused:
            ask()
        assert _code(refused) is ErrorCode.LAST_OWNER


def test_an_invited_owner_does_not_count_as_one() -> None:
    draft = rules.leave(_head(owners=1, invited=1), _member(BOB, "owner", "invited"), BOB)
    assert draft is not None
    assert draft.head.group is not None
    assert (draft.head.group.owners, draft.head.group.invited) == (1, 0)


@pytest.mark.parametrize("state", STATES)
def test_accepting_needs_an_invitation(state: str) -> None:
    me = _member(BOB, "observer", state)
    if state == "member":
        assert rules.accept(_head(), me, BOB) is None
    elif state == "invited":
        draft = rules.accept(_head(invited=1), me, BOB)
        assert draft is not None
        assert [(member.state, member.role, member.joined_seq) for member in draft.members] == [
            ("member", "observer", 41)
        ]
    else:
        with pytest.raises(CommandRefused) as refused:
            rules.accept(_head(), me, BOB)
        assert _code(refused) is ErrorCode.CONVERSATION_NOT_FOUND


def test_a_full_group_invites_nobody_new_but_lets_in_who_is_invited() -> None:
    full = _head(people=MAX_MEMBERS - 1, invited=1)
    with pytest.raises(CommandRefused) as refused:
        rules.invite(full, Places(actor=_member(), target=None), ADA, BOB, "member")
    assert _code(refused) is ErrorCode.GROUP_FULL
    assert rules.accept(full, _member(BOB, "member", "invited"), BOB) is not None


def _link(**changes: object) -> InvitationDocument:
    made = InvitationDocument(
        invitation_id="iv_1", digest="d", role="member", created_by=ADA.id, created_at=AT, expires=1000, max_uses=2
    )
    return made.model_copy(update=changes)


@pytest.mark.parametrize(
    ("link", "maker", "me", "now"),
    [
        (None, _member(), None, 0),
        (_link(), None, None, 0),
        (_link(), _member(state="left"), None, 0),
        (_link(), _member(role="member"), None, 0),
        (_link(role="facilitator"), _member(role="facilitator"), None, 0),
        (_link(revoked=True), _member(), None, 0),
        (_link(uses=2), _member(), None, 0),
        (_link(), _member(), None, 1000),
        (_link(), _member(), _member(BOB, "member", "removed"), 0),
    ],
)
def test_a_link_that_does_not_hold_is_refused_in_one_way(
    link: InvitationDocument | None, maker: MemberDocument | None, me: MemberDocument | None, now: float
) -> None:
    with pytest.raises(CommandRefused) as refused:
        rules.follow_link(_head(), Places(actor=maker, target=me), BOB, link, now)
    assert _code(refused) is ErrorCode.INVITATION_INVALID


def test_a_link_is_used_up_by_who_joins_by_it_alone() -> None:
    new = rules.follow_link(_head(), Places(actor=_member(), target=None), BOB, _link(uses=1), 999)
    assert new is not None
    assert [link.uses for link in new.invitations] == [2]
    invited = _member(BOB, "observer", "invited")
    mine = rules.follow_link(_head(invited=1), Places(actor=_member(), target=invited), BOB, _link(uses=2), 999)
    assert mine is not None
    assert (mine.invitations, mine.members[0].role) == ((), "observer")
    member = Places(actor=_member(), target=_member(BOB, "member"))
    assert rules.follow_link(_head(), member, BOB, _link(uses=2), 999) is None


def test_the_newest_who_left_are_remembered() -> None:
    head = _head(people=20, members=20)
    people = [Participant(kind="person", id=f"tenant.p{n}", name="P") for n in range(EXPELLED_KEPT + 2)]
    for person in people:
        draft = rules.leave(head, _member(person, "member"), person)
        assert draft is not None
        head = draft.head
    assert head.group is not None
    assert head.group.expelled == tuple(person.id for person in reversed(people))[:EXPELLED_KEPT]


@pytest.mark.parametrize("seed", range(40))
def test_after_any_story_the_head_counts_who_is_there_and_somebody_owns_the_group(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test
    people = [Participant(kind="person", id=f"tenant.p{n}", name=f"P{n}") for n in range(6)]
    members = {people[0].id: _member(people[0])}
    head = Head(owner=people[0].id, created_at=AT, updated_at=AT, epoch=1, seq=1, group=GroupState())
    changes = 0
    for _ in range(300):
        owners = [person for person in people if _owns(members.get(person.id))]
        by, other = chance.choice([*people, *owners, *owners]), chance.choice(people)
        places = Places(actor=members.get(by.id), target=members.get(other.id))
        try:
            draft = _random_change(chance, head, places, by, other)
        except SalesCoachError:
            continue
        if draft is None:
            continue
        changes += 1
        assert draft.head.epoch == head.epoch + 1
        members |= {member.principal: member for member in draft.members}
        head = draft.head.model_copy(update={"seq": head.seq + len(draft.events)})
        _check_counts(head, members)
    assert changes > 20


def _owns(member: MemberDocument | None) -> bool:
    return member is not None and member.state == "member" and member.role == "owner"


def _random_change(
    chance: random.Random, head: Head, places: Places, by: Participant, other: Participant
) -> Draft | None:
    role = chance.choice(ROLES)
    match chance.randrange(6):
        case 0:
            return rules.invite(head, places, by, other, role)
        case 1:
            return rules.accept(head, places.target, other)
        case 2:
            return rules.leave(head, places.target, other)
        case 3:
            return rules.remove(head, places, by, admin=chance.random() < 0.1)
        case 4:
            return rules.give_role(head, places, by, role)
        case _:
            return rules.follow_link(head, places, other, _link(created_by=by.id, max_uses=99), 0)


def _check_counts(head: Head, members: dict[str, MemberDocument]) -> None:
    belong = [member for member in members.values() if member.state == "member"]
    assert head.group is not None
    assert head.group.people == len(belong)
    assert head.group.members == sum(member.role != "observer" for member in belong)
    assert head.group.owners == sum(member.role == "owner" for member in belong) >= 1
    assert head.group.invited == sum(member.state == "invited" for member in members.values())
    assert not {member.principal for member in belong} & set(head.group.expelled)
