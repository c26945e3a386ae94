"""Opening a group on a connection, and reading on in it: each reader gets what is theirs, as long as it is."""

import asyncio
from dataclasses import dataclass, replace

from group_chat.dependencies import GroupDependencies
from group_chat.group_state import group_of
from shared.access import GroupAccess
from shared.admission import admit, dismiss
from shared.audience import reader_of
from shared.clock import iso
from shared.connection import Answer, Connection, ConnectionState
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.manifests import tools_told
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import SessionUpdate, Sync
from shared.protocol.ephemeral import Snapshot
from shared.protocol.group import GroupInfo, GroupMember
from shared.protocol.group_commands import GroupOpen
from shared.protocol.shapes import Participant
from shared.sign_in import grant_of, narrowed, roles_for
from shared.snapshots import View, view

_MAX_EPOCHS = 10
_TOLD = frozenset({"member", "invited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody got to read, and what they were in the group all that time."""

    access: GroupAccess
    view: View


async def update_session(deps: GroupDependencies, connection: Connection, command: SessionUpdate) -> Answer:
    """Open the group that `session.update` names, for clients that know no other word for it.

    Raises:
        NotAllowed, CommandRefused: nothing was changed.
        Transient: try again; opening is idempotent.

    """
    grant = await grant_of(deps, connection.state.principal, command)
    roles = await roles_for(deps, grant, command)
    if command.session_id is None:
        raise CommandRefused("Name the group to open as session_id.", code=ErrorCode.NO_SESSION)
    named = GroupOpen(
        type="group.open",
        group_id=command.session_id,
        after=command.after,
        capabilities=command.capabilities,
        time_zone=command.time_zone,
    )
    return await _open(deps, connection, named, replace(grant, roles=roles), _one_of(roles, command.role))


def _one_of(roles: frozenset[str], claimed: str | None) -> str | None:
    """Return the claimed role if it is theirs; a claim beyond that narrows nothing."""
    return claimed if claimed in roles else None


async def open_group(deps: GroupDependencies, connection: Connection, command: GroupOpen) -> Answer:
    """Open the group on this connection, beside those it has open: admit it to the audience, then read what it missed.

    Raises:
        NotAllowed, CommandRefused: the connection gets nothing of the group.
        Transient: try again; opening is idempotent.

    """
    state = connection.state
    grant = narrowed(await deps.people.grant(state.principal, deps.now()), state.role)
    return await _open(deps, connection, command, grant, state.role)


async def read_on(deps: GroupDependencies, connection: Connection, command: Sync) -> Answer:
    """Answer `sync`.

    Raises:
        CommandRefused: there is no such group.
        Transient: try again.

    """
    seen = await _read(deps, connection.state.principal, command.conversation_id, command.after)
    at = iso(deps.now())
    return Answer(event=Snapshot(conversation_id=command.conversation_id, at=at, **seen.view.told()))


async def _open(
    deps: GroupDependencies, connection: Connection, command: GroupOpen, grant: Grant, role: str | None
) -> Answer:
    group_id, principal = command.group_id, connection.state.principal
    zone = command.time_zone or connection.state.time_zone
    streaming = "streaming" in command.capabilities
    try:
        await deps.gate.access(principal, group_id)
        if not streaming:
            await dismiss(deps.web_pubsub, connection.id, group_id)
        await admit(deps.web_pubsub, connection.id, group_id, streaming=streaming)
        # Whoever is removed from here on is dismissed by the removal, which comes after the admission.
        seen, made = await asyncio.gather(_read(deps, principal, group_id, command.after), deps.askers.of(grant, zone))
        group = await _info(deps, group_id, seen)
    except CommandRefused:
        # Also where the first look refuses: an earlier delivery of this may have admitted and then failed.
        await dismiss(deps.web_pubsub, connection.id, group_id)
        raise
    snapshot = Snapshot(
        conversation_id=group_id,
        at=iso(deps.now()),
        group=group,
        tools=tools_told(made.manifest),
        unavailable=made.manifest.unavailable,
        **seen.view.told(),
    )
    state = ConnectionState(
        principal=principal,
        session_id=group_id,
        streaming=streaming,
        # The connection's, whichever of its groups it is asked in: one that is merely watched may not name it.
        suggestions=connection.state.suggestions or "suggestions" in command.capabilities,
        role=role,
        time_zone=zone,
    )
    return Answer(event=snapshot, state=state)


async def _read(deps: GroupDependencies, principal: str, group_id: str, after: int) -> Seen:
    """Return what the person may see, all of it of one epoch in which they belong to the group.

    Raises:
        CommandRefused: they do not.
        StoreUnavailable: try again.

    """
    for _ in range(_MAX_EPOCHS):
        access = await deps.gate.access(principal, group_id)
        reader = reader_of(access.member, group_of(access.known.head))
        seen = await view(deps.log, group_id, after, reader=reader)
        if seen.head.epoch == access.known.head.epoch:
            return Seen(access=access, view=seen)
    raise StoreUnavailable("The members of the group change all the time. Try again.")


async def _info(deps: GroupDependencies, group_id: str, seen: Seen) -> GroupInfo:
    # Not the head this process knew: what another appended and told before the admission is heard by nobody.
    head, me = seen.view.head, seen.access.member
    group = group_of(head)
    everyone, read_seq = await asyncio.gather(
        deps.gate.members.all(group_id, head.epoch), deps.memberships.read_seq(me.principal, group_id)
    )
    mark = max(read_seq, me.joined_seq)
    return GroupInfo(
        title=head.title,
        description=group.description,
        settings=group.settings,
        epoch=head.epoch,
        role=me.role,
        members=tuple(_member(each) for each in everyone if each.state in _TOLD),
        archived=head.archived,
        read_seq=mark,
        unread=await deps.unread.count(group_id, reader_of(me, group), mark, head.seq),
        counted_seq=head.seq,
    )


def _member(member: MemberDocument) -> GroupMember:
    person = Participant(kind="person", id=member.principal, name=member.name)
    return GroupMember(participant=person, role=member.role, invited=member.state == "invited")
