"""Whatever happens to a group, its head counts who is there, and somebody owns it."""

import random

import pytest

from group_chat import membership_rules as rules
from group_chat.membership_rules import Places
from shared.errors import SalesCoachError
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.shapes import Draft
from shared.protocol.shapes import Participant
from tests.group_chat.memberships import AT, ROLES, invitation_link, membership


@pytest.mark.parametrize("seed", range(40))
def test_after_any_story_the_head_counts_who_is_there_and_somebody_owns_the_group(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test
    people = [Participant(kind="person", id=f"tenant.p{n}", name=f"P{n}") for n in range(6)]
    members = {people[0].id: membership(people[0])}
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
            return rules.follow_link(head, places, other, invitation_link(created_by=by.id, max_uses=99), 0)


def _check_counts(head: Head, members: dict[str, MemberDocument]) -> None:
    belong = [member for member in members.values() if member.state == "member"]
    assert head.group is not None
    assert head.group.people == len(belong)
    assert head.group.members == sum(member.role != "observer" for member in belong)
    assert head.group.owners == sum(member.role == "owner" for member in belong) >= 1
    assert head.group.invited == sum(member.state == "invited" for member in members.values())
    assert not {member.principal for member in belong} & set(head.group.expelled)
