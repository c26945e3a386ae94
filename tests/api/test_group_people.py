"""Inviting, accepting, leaving and removing over HTTP, and what each means for open connections."""

import pytest

from shared import ids
from shared.errors import PublishFailed
from shared.event_log.shapes import Draft
from shared.members import MAX_MEMBERS
from tests.api.groups import Room


async def test_an_invitation_is_told_to_the_invited_and_accepting_it_makes_a_member(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    invited = await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id, "role": "observer"})
    assert (invited.status, invited.json) == (
        201,
        {
            "member": {
                "participant": {"kind": "person", "id": bob.id, "name": bob.id},
                "role": "observer",
                "invited": True,
            },
            "link": None,
            "token": None,
        },
    )
    assert room.world.hub.to(bob.id)[-1]["change"] == "created"
    accepted = await bob.asks_for("accept_invitation", group_id)
    assert (accepted.status, accepted.json["role"], accepted.json["invited"]) == (200, "observer", False)
    member = await room.member(group_id, bob)
    assert member is not None
    assert (member.name, member.joined_seq, member.invited_by) == ("Bob", 4, ada.id)
    events = await room.world.events(group_id)
    assert [(event.type, getattr(event, "epoch", None)) for event in events] == [
        ("participant.joined", 1),
        ("title.updated", None),
        ("participant.invited", 2),
        ("participant.joined", 3),
    ]
    assert (await room.world.head(group_id)).epoch == 3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("invite_to_group", {"principal": "BOB"}),
        ("accept_invitation", None),
        ("change_member", {"role": "facilitator"}),
        ("remove_member", None),
        ("decline_invitation", None),
    ],
)
async def test_everything_done_twice_is_done_once(room: Room, name: str, body: dict[str, str] | None) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    who = bob if name in {"accept_invitation", "decline_invitation"} else ada
    group_id = await room.group(ada)
    if name != "invite_to_group":
        await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    sent = {key: bob.id if value == "BOB" else value for key, value in body.items()} if body else None
    path = {"principal": bob.id} if name.endswith("_member") else {}
    first = await who.asks_for(name, group_id, body=sent, path=path)
    before = await room.world.head(group_id)
    again = await who.asks_for(name, group_id, body=sent, path=path)
    assert (first.status, first.body) == (again.status, again.body)
    assert first.status < 300
    assert await room.world.head(group_id) == before


async def test_leaving_and_being_removed_end_what_one_receives_before_it_is_answered(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    assert (await bob.asks_for("remove_member", group_id, principal="me")).status == 204
    assert (await ada.removes(group_id, eve)).status == 204
    groups = (ids.audience_group(group_id), ids.delta_group(group_id))
    assert room.world.group_hub.dismissed == [(person.id, group) for person in (bob, eve) for group in groups]
    head = await room.world.head(group_id)
    assert head.group is not None
    assert (head.group.expelled, head.group.members) == ((eve.id, bob.id), 1)
    assert (await room.world.types(group_id))[-2:] == ["participant.left", "participant.removed"]
    last = room.world.group_hub.sent[-1]
    assert (last.type, last.only) == ("participant.removed", f"userId ne '{eve.id}' and userId ne '{bob.id}'")
    for person in (bob, eve):
        assert room.world.hub.to(person.id)[-1]["change"] == "deleted"
        assert await room.world.cosmos.read("people", person.id, group_id) is None
    left = [await room.member(group_id, person) for person in (bob, eve)]
    assert [(member.state, member.left_seq) for member in left if member] == [
        ("left", head.seq - 1),
        ("removed", head.seq),
    ]


async def test_who_comes_back_is_expelled_no_longer_and_reads_from_their_new_joining_on(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    await ada.removes(group_id, bob)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    head = await room.world.head(group_id)
    assert head.group is not None
    assert head.group.expelled == (bob.id,)
    await bob.asks_for("accept_invitation", group_id)
    head, member = await room.world.head(group_id), await room.member(group_id, bob)
    assert head.group is not None
    assert member is not None
    assert (head.group.expelled, member.joined_seq, member.left_seq) == ((), head.seq, None)
    assert await bob.titles() == ["Deals"]


async def test_a_removal_whose_connections_could_not_be_dismissed_is_made_good_by_repeating_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)

    async def away(principal: str, group: str) -> None:
        raise PublishFailed("The service does not answer.")

    monkeypatch.setattr(room.world.group_hub, "dismiss_user", away)
    assert (await ada.removes(group_id, bob)).status == 503
    head = await room.world.head(group_id)
    assert head.group is not None
    # Nothing that is sent from now on reaches them, whether they were dismissed or not.
    assert head.group.expelled == (bob.id,)
    assert "participant.removed" not in room.world.group_hub.types(f"c-{group_id}")
    monkeypatch.undo()
    assert (await ada.removes(group_id, bob)).status == 204
    assert len(room.world.group_hub.dismissed) == 2
    assert room.world.group_hub.types(f"c-{group_id}")[-1] == "participant.removed"
    assert await bob.titles() == []


async def test_nobody_is_found_in_a_group_who_never_was(room: Room) -> None:
    ada, eve = room.person("Ada"), room.person("Eve")
    group_id = await room.group(ada)
    for name, body in (("remove_member", None), ("change_member", {"role": "member"})):
        reply = await ada.asks_for(name, group_id, body=body, principal=eve.id)
        assert (reply.status, reply.code) == (404, "member_not_found")
    for name in ("accept_invitation", "decline_invitation"):
        assert (await eve.asks_for(name, group_id)).code == "conversation_not_found"


async def test_an_invitation_that_was_taken_back_cannot_be_accepted(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    assert (await ada.removes(group_id, bob)).status == 204
    assert (await bob.asks_for("accept_invitation", group_id)).code == "conversation_not_found"
    assert (await bob.groups(), await room.standing(group_id, bob)) == ([], "removed member")
    head = await room.world.head(group_id)
    assert head.group is not None
    assert (head.group.people, head.group.invited, head.group.expelled) == (1, 0, ())


async def test_who_has_accepted_on_one_device_does_not_leave_by_declining_on_another(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    late = await bob.asks_for("decline_invitation", group_id)
    assert (late.status, late.code) == (404, "invitation_invalid")
    assert await room.standing(group_id, bob) == "member member"


async def test_a_full_group_takes_nobody_in(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    head = await room.world.head(group_id)
    assert head.group is not None
    full = head.group.model_copy(update={"people": MAX_MEMBERS - 1, "invited": 1})
    await _set_group(room, group_id, full)
    refused = await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    assert (refused.status, refused.code) == (409, "group_full")
    token = await ada.makes_link(group_id)
    assert (await bob.joins(token)).code == "group_full"


async def _set_group(room: Room, group_id: str, group: object) -> None:
    await room.world.log.append(group_id, lambda head: Draft(events=(), head=head.model_copy(update={"group": group})))


async def test_who_is_invited_again_while_their_removal_ends_keeps_the_group_in_their_list(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    memberships = room.world.memberships
    leave = memberships.leave

    async def late(principal: str, conversation_id: str) -> None:
        monkeypatch.undo()
        invited = await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
        assert invited.status == 201
        await leave(principal, conversation_id)

    monkeypatch.setattr(memberships, "leave", late)
    assert (await ada.removes(group_id, bob)).status == 204
    (invitation,) = await bob.groups()
    assert invitation["invited"] is True
