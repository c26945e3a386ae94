"""Who may do what to whom in a group: every role and every state."""

import pytest

from group_chat import membership_rules as rules
from group_chat.membership_rules import EXPELLED_KEPT, Places
from shared.errors import CommandRefused, SalesCoachError
from shared.event_log.documents import InvitationDocument, MemberDocument
from shared.members import MAX_MEMBERS
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Participant
from tests.group_chat.memberships import ADA, BOB, ROLES, group_head, invitation_link, membership

STATES = ("invited", "member", "left", "removed")


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
    places = Places(actor=membership(role=actor), target=None)
    if role not in MAY_INVITE[actor]:
        with pytest.raises(CommandRefused, match=actor):
            rules.invite(group_head(), places, ADA, BOB, role)
        return
    draft = rules.invite(group_head(), places, ADA, BOB, role)
    assert draft is not None
    (after,) = draft.members
    assert (after.state, after.role, after.epoch, draft.head.epoch) == ("invited", role, 6, 6)
    assert draft.head.group is not None
    assert (draft.head.group.invited, draft.head.group.people) == (1, 2)


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("actor", ROLES)
@pytest.mark.parametrize("state", ["invited", "member"])
def test_who_removes_whom(actor: GroupRole, target: GroupRole, state: str) -> None:
    places = Places(actor=membership(role=actor), target=membership(BOB, target, state))
    if target not in MAY_INVITE[actor]:
        with pytest.raises(CommandRefused, match=actor):
            rules.remove(group_head(invited=1), places, ADA, admin=False)
        return
    draft = rules.remove(group_head(invited=1), places, ADA, admin=False)
    assert draft is not None
    (after,) = draft.members
    assert (after.state, after.left_seq, after.role) == ("removed", 41, target)
    assert draft.head.group is not None
    assert draft.head.group.expelled == ((BOB.id,) if state == "member" else ())


@pytest.mark.parametrize("state", [None, "invited", "left", "removed"])
def test_for_who_does_not_belong_there_is_no_group(state: str | None) -> None:
    actor = None if state is None else membership(state=state)
    places = Places(actor=actor, target=membership(BOB, "member"))
    for ask in (
        lambda: rules.invite(group_head(), places, ADA, BOB, "member"),
        lambda: rules.remove(group_head(), places, ADA, admin=False),
        lambda: rules.give_role(group_head(), places, ADA, "observer"),
    ):
        with pytest.raises(CommandRefused) as refused:
            ask()
        assert _code(refused) is ErrorCode.CONVERSATION_NOT_FOUND


@pytest.mark.parametrize("actor", ROLES)
def test_only_owners_give_roles(actor: GroupRole) -> None:
    places = Places(actor=membership(role=actor), target=membership(BOB, "member"))
    if actor == "owner":
        draft = rules.give_role(group_head(), places, ADA, "observer")
        assert draft is not None
        assert [member.role for member in draft.members] == ["observer"]
        assert draft.head.group is not None
        assert draft.head.group.members == 0
        return
    with pytest.raises(CommandRefused) as refused:
        rules.give_role(group_head(), places, ADA, "observer")
    assert _code(refused) is ErrorCode.FORBIDDEN


def test_the_last_owner_neither_leaves_nor_is_removed_nor_demoted() -> None:
    head, last = group_head(owners=1), membership()
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
    draft = rules.leave(group_head(owners=1, invited=1), membership(BOB, "owner", "invited"), BOB)
    assert draft is not None
    assert draft.head.group is not None
    assert (draft.head.group.owners, draft.head.group.invited) == (1, 0)


@pytest.mark.parametrize("state", STATES)
def test_accepting_needs_an_invitation(state: str) -> None:
    me = membership(BOB, "observer", state)
    if state == "member":
        assert rules.accept(group_head(), me, BOB) is None
    elif state == "invited":
        draft = rules.accept(group_head(invited=1), me, BOB)
        assert draft is not None
        assert [(member.state, member.role, member.joined_seq) for member in draft.members] == [
            ("member", "observer", 41)
        ]
    else:
        with pytest.raises(CommandRefused) as refused:
            rules.accept(group_head(), me, BOB)
        assert _code(refused) is ErrorCode.CONVERSATION_NOT_FOUND


def test_a_full_group_invites_nobody_new_but_lets_in_who_is_invited() -> None:
    full = group_head(people=MAX_MEMBERS - 1, invited=1)
    with pytest.raises(CommandRefused) as refused:
        rules.invite(full, Places(actor=membership(), target=None), ADA, BOB, "member")
    assert _code(refused) is ErrorCode.GROUP_FULL
    assert rules.accept(full, membership(BOB, "member", "invited"), BOB) is not None


@pytest.mark.parametrize(
    ("link", "maker", "me", "now"),
    [
        (None, membership(), None, 0),
        (invitation_link(), None, None, 0),
        (invitation_link(), membership(state="left"), None, 0),
        (invitation_link(), membership(role="member"), None, 0),
        (invitation_link(role="facilitator"), membership(role="facilitator"), None, 0),
        (invitation_link(revoked=True), membership(), None, 0),
        (invitation_link(uses=2), membership(), None, 0),
        (invitation_link(), membership(), None, 1000),
        (invitation_link(), membership(), membership(BOB, "member", "removed"), 0),
    ],
)
def test_a_link_that_does_not_hold_is_refused_in_one_way(
    link: InvitationDocument | None, maker: MemberDocument | None, me: MemberDocument | None, now: float
) -> None:
    with pytest.raises(CommandRefused) as refused:
        rules.follow_link(group_head(), Places(actor=maker, target=me), BOB, link, now)
    assert _code(refused) is ErrorCode.INVITATION_INVALID


def test_a_link_is_used_up_by_who_joins_by_it_alone() -> None:
    new = rules.follow_link(group_head(), Places(actor=membership(), target=None), BOB, invitation_link(uses=1), 999)
    assert new is not None
    assert [link.uses for link in new.invitations] == [2]
    invited = membership(BOB, "observer", "invited")
    mine = rules.follow_link(
        group_head(invited=1), Places(actor=membership(), target=invited), BOB, invitation_link(uses=2), 999
    )
    assert mine is not None
    assert (mine.invitations, mine.members[0].role) == ((), "observer")
    member = Places(actor=membership(), target=membership(BOB, "member"))
    assert rules.follow_link(group_head(), member, BOB, invitation_link(uses=2), 999) is None


def test_the_newest_who_left_are_remembered() -> None:
    head = group_head(people=20, members=20)
    people = [Participant(kind="person", id=f"tenant.p{n}", name="P") for n in range(EXPELLED_KEPT + 2)]
    for person in people:
        draft = rules.leave(head, membership(person, "member"), person)
        assert draft is not None
        head = draft.head
    assert head.group is not None
    assert head.group.expelled == tuple(person.id for person in reversed(people))[:EXPELLED_KEPT]
