"""Inviting, joining, leaving, removing, and roles: each change is one append, and in effect when it is answered.

Doing any of it again changes nothing and makes good what a crash may have left undone.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from group_chat import membership_rules as rules
from group_chat.dependencies import GroupDependencies
from group_chat.effects import ListChange, enlist, publish, show_out, tell_lists
from group_chat.membership_rules import Places
from shared import group_ids, ids
from shared.errors import StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, Decide, Declined, Draft
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Participant
from shared.security_events import SecurityKind

_MAX_EPOCHS = 100
_PAUSE_S = 0.05

type Prepare = Callable[[Head], Awaitable[Decide]]


async def append_in_epoch(deps: GroupDependencies, group_id: str, prepare: Prepare) -> Appended | Declined:
    """Append by a decision that `prepare` makes of what was read in the head's epoch; it is made anew in another one.

    Raises:
        CommandRefused: nothing was changed.
        StoreUnavailable: try again.

    """
    if not ids.is_group(group_id):
        raise conversation_not_found()
    for _ in range(_MAX_EPOCHS):
        known = await deps.log.head(group_id)
        in_epoch = _InEpoch(known.head.epoch, await prepare(known.head))
        result = await deps.log.append(group_id, in_epoch.decide, known=known)
        # The id of a change names its epoch: if it has happened, it was somebody else's, and the epoch is over.
        if not in_epoch.moved and not isinstance(result, AlreadyHappened):
            return result
        await asyncio.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311 - jitter, not a secret
    raise StoreUnavailable("The members of the group change all the time. Nothing was changed; try again.")


@dataclass(slots=True)
class _InEpoch:
    """Decides only on heads of the epoch it was prepared in."""

    epoch: int
    wrapped: Decide
    moved: bool = False

    def decide(self, head: Head) -> Draft | None:
        self.moved = head.epoch != self.epoch
        return None if self.moved else self.wrapped(head)


async def invite(
    deps: GroupDependencies, by: Participant, group_id: str, principal: str, role: GroupRole
) -> MemberDocument:
    """Invite somebody by their principal; their list shows it at once. Who belongs already stays as they are."""
    invitee = Participant(kind="person", id=principal, name=await deps.people.name(principal))

    async def prepare(head: Head) -> Decide:
        places = await _places(deps, group_id, head, by.id, principal)

        def decide(now: Head) -> Draft | None:
            return rules.invite(now, places, by, invitee, role)

        if decide(head) is not None:
            await enlist(deps, group_id, [principal])
        return decide

    return await _settle(deps, group_id, principal, prepare, "created")


async def accept(deps: GroupDependencies, person: Participant, group_id: str) -> MemberDocument:
    """Take the invitation to a group."""

    async def prepare(head: Head) -> Decide:
        me = await deps.gate.members.one(group_id, person.id, head.epoch)
        return lambda now: rules.accept(now, me, person)

    return await _settle(deps, group_id, person.id, prepare, "changed")


async def decline(deps: GroupDependencies, person: Participant, group_id: str) -> None:
    """Turn the invitation to a group down."""

    async def prepare(head: Head) -> Decide:
        me = await deps.gate.members.one(group_id, person.id, head.epoch)
        return lambda now: rules.decline(now, me, person)

    await _settle(deps, group_id, person.id, prepare, "deleted")


async def leave(deps: GroupDependencies, principal: str, group_id: str) -> None:
    """Leave a group for good, or decline the invitation to it.

    Raises:
        CommandRefused: with `conversation_not_found`, or `last_owner`.
        Transient: leaving again is harmless.

    """

    async def prepare(head: Head) -> Decide:
        me = await deps.gate.members.one(group_id, principal, head.epoch)
        person = Participant(kind="person", id=principal, name=me.name if me else principal)
        return lambda now: rules.leave(now, me, person)

    await _settle(deps, group_id, principal, prepare, "deleted")


async def remove(deps: GroupDependencies, by: Participant, group_id: str, principal: str, *, admin: bool) -> None:
    """Remove somebody, or take their invitation back. An `admin` of the app may, without belonging to the group."""
    if principal == by.id:
        await leave(deps, principal, group_id)
        return
    by_right_of_app = False

    async def prepare(head: Head) -> Decide:
        nonlocal by_right_of_app
        places = await _places(deps, group_id, head, by.id, principal)
        by_right_of_app = admin and not _may_remove(places)
        return lambda now: rules.remove(now, places, by, admin=by_right_of_app)

    await _settle(deps, group_id, principal, prepare, "deleted")
    if by_right_of_app:
        await deps.security.report(SecurityKind.ADMIN_INTERVENED, by.id, f"removed {principal} from {group_id}")


async def give_role(
    deps: GroupDependencies, by: Participant, group_id: str, principal: str, role: GroupRole
) -> MemberDocument:
    """Give somebody another role."""

    async def prepare(head: Head) -> Decide:
        places = await _places(deps, group_id, head, by.id, principal)
        return lambda now: rules.give_role(now, places, by, role)

    return await _settle(deps, group_id, principal, prepare, "changed")


async def _settle(
    deps: GroupDependencies, group_id: str, principal: str, prepare: Prepare, change: ListChange
) -> MemberDocument:
    """Append the change, let it take effect on lists and live sockets, tell who is concerned; returns what it made."""
    result = await append_in_epoch(deps, group_id, prepare)
    return await settled(deps, group_id, principal, result, change)


async def settled(
    deps: GroupDependencies, group_id: str, principal: str, result: Appended | Declined, change: ListChange
) -> MemberDocument:
    """Let a stored change of what somebody is take effect, in this order: they are out before anybody is told."""
    member = await deps.gate.members.one(group_id, principal, result.head.head.epoch)
    if member is None:
        raise conversation_not_found()
    if member.state in {"member", "invited"}:
        await enlist(deps, group_id, [principal])
    else:
        await show_out(deps, group_id, principal)
    if isinstance(result, Appended):
        await publish(deps, group_id, result.events)
    else:
        again = await deps.log.event(group_id, group_ids.membership_event(principal, member.epoch))
        await publish(deps, group_id, [again] if again else [])
    await tell_lists(deps, group_id, [principal], change)
    return member


async def _places(deps: GroupDependencies, group_id: str, head: Head, actor: str, target: str) -> Places:
    members = deps.gate.members
    return Places(
        actor=await members.one(group_id, actor, head.epoch), target=await members.one(group_id, target, head.epoch)
    )


def _may_remove(places: Places) -> bool:
    actor, target = places.actor, places.target
    return (
        actor is not None and actor.state == "member" and target is not None and rules.is_over(actor.role, target.role)
    )
