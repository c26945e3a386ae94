"""Sessions: creating one, opening it on a connection, and reading on."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from chat.dependencies import ChatDependencies
from chat.session_tools import tell_tools
from shared import ids
from shared.access import access_session
from shared.admission import audiences
from shared.clock import iso
from shared.connection import Answer, Connection, ConnectionState
from shared.errors import CommandRefused
from shared.event_log.documents import Manifest
from shared.event_log.head import Head, VersionedHead
from shared.event_log.shapes import Draft
from shared.manifests import PinnedManifest, tools_told
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import SessionUpdate, Sync
from shared.protocol.ephemeral import SessionCreated, Snapshot
from shared.sign_in import grant_of, roles_for
from shared.snapshots import View, view

UNUSED_SECONDS = 24 * 3600
"""A session nobody wrote in disappears after a day."""
TEMPORARY_SECONDS = 24 * 3600
"""A temporary session is over and erased after a day."""
TEMPORARY_TTL = TEMPORARY_SECONDS + 3600
"""Should the erasure not run, the store itself lets each of its documents go so many seconds after it was written."""

type Build = Callable[[], Awaitable[PinnedManifest]]


async def open_session(deps: ChatDependencies, connection: Connection, command: SessionUpdate) -> Answer:
    """Open the session on this connection: admit it to the audience first, then read what it missed.

    Raises:
        NotAllowed, CommandRefused: nothing was changed.
        Transient: try again; opening is idempotent.

    """
    principal = connection.state.principal
    grant = await grant_of(deps, principal, command)
    roles = await roles_for(deps, grant, command)
    build = partial(deps.manifests.build, grant, roles, command.time_zone)
    session_id = command.session_id
    if session_id is None:
        session_id = ids.session_id(principal, _command_id(connection, command))
        await _create(deps, principal, session_id, await build())
    head = await access_session(deps.log, principal, session_id)
    manifest = await _manifest(deps, session_id, head, roles, build)
    state = ConnectionState(
        principal=principal,
        session_id=session_id,
        streaming="streaming" in command.capabilities,
        suggestions="suggestions" in command.capabilities,
    )
    await _admit(deps, connection, state)
    seen = await view(deps.log, session_id, command.after)
    return Answer(event=_created(deps, session_id, manifest, seen), state=state)


async def session_for(deps: ChatDependencies, grant: Grant, session_id: str | None, new_id: str) -> str:
    """Return a session of the person's that is ready for a question without a connection; `new_id` if none is named.

    Raises:
        CommandRefused: there is no such session.
        Transient: try again; opening is idempotent.

    """
    build = partial(deps.manifests.build, grant, grant.roles, None)
    if session_id is None:
        await _create(deps, grant.principal, new_id, await build())
        return new_id
    head = await access_session(deps.log, grant.principal, session_id)
    await _manifest(deps, session_id, head, grant.roles, build)
    return session_id


async def read_on(deps: ChatDependencies, connection: Connection, command: Sync) -> Answer:
    """Answer `sync`.

    Raises:
        CommandRefused, NotAllowed: there is no such conversation of theirs, or their sign-in is too long ago.
        Transient: try again.

    """
    principal = connection.state.principal
    await asyncio.gather(
        access_session(deps.log, principal, command.conversation_id), deps.people.grant(principal, deps.now())
    )
    seen = await view(deps.log, command.conversation_id, command.after)
    return Answer(event=Snapshot(conversation_id=command.conversation_id, at=iso(deps.now()), **seen.told()))


async def create_session(deps: ChatDependencies, principal: str, key: str, *, temporary: bool) -> str:
    """Create a session without opening it and return its id; the same `key` names the same session.

    Raises:
        CommandRefused: the key was used for a session of the other kind, or for one that is deleted by now.

    """
    session_id = ids.session_id(principal, f"http:{key}")
    now = deps.now()
    at = iso(now)
    head = Head(owner=principal, created_at=at, updated_at=at, ttl=UNUSED_SECONDS)
    if temporary:
        over = now.timestamp() + TEMPORARY_SECONDS
        head = head.model_copy(update={"temporary": True, "erase_after": over, "ttl": TEMPORARY_TTL})
    else:
        await deps.memberships.join(principal, session_id, at, ttl=UNUSED_SECONDS)
    if not await deps.log.create(session_id, head):
        known = await access_session(deps.log, principal, session_id)
        if known.head.temporary != temporary:
            raise CommandRefused("This Idempotency-Key was used for another session.", code=ErrorCode.KEY_CONFLICT)
    return session_id


def _command_id(connection: Connection, command: SessionUpdate) -> str:
    return command.command_id or ids.default_command_id(connection.id, connection.event_id)


async def _create(deps: ChatDependencies, principal: str, session_id: str, pinned: PinnedManifest) -> None:
    """Create the session unless it exists. Lists drop entries without a head, so the entry may come first."""
    at = iso(deps.now())
    await deps.memberships.join(principal, session_id, at, ttl=UNUSED_SECONDS)
    await deps.log.pin(session_id, pinned.id, pinned.manifest, ttl=UNUSED_SECONDS)
    head = Head(owner=principal, manifest_id=pinned.id, created_at=at, updated_at=at, ttl=UNUSED_SECONDS)
    await deps.log.create(session_id, head)


async def _manifest(
    deps: ChatDependencies, session_id: str, head: VersionedHead, roles: frozenset[str], build: Build
) -> Manifest:
    """Return the pinned manifest; pin a new one only if it was made for other roles, or a tool server was away then."""
    known = await deps.log.manifest(session_id, head.head.manifest_id) if head.head.manifest_id else None
    if known is not None and not known.unavailable and known.roles == tuple(sorted(roles)):
        return known
    pinned = await build()
    await _pin(deps, session_id, head, pinned)
    return pinned.manifest


async def pin_again(deps: ChatDependencies, grant: Grant, session_id: str) -> None:
    """Pin what the coach may use now, for what the person has just signed in to.

    Raises:
        CommandRefused: it is not their session.
        Transient: the tools, the prompt or the store could not be read; what was pinned stays.

    """
    head = await access_session(deps.log, grant.principal, session_id)
    known = await deps.log.manifest(session_id, head.head.manifest_id) if head.head.manifest_id else None
    zone = known.variables.get("time_zone") if known else None
    roles = frozenset(known.roles) & grant.roles if known else grant.roles
    await _pin(deps, session_id, head, await deps.manifests.build(grant, roles, zone))


async def _pin(deps: ChatDependencies, session_id: str, head: VersionedHead, pinned: PinnedManifest) -> None:
    """Store the manifest and name it in the head; tell it where it takes the place of another."""
    await deps.log.pin(session_id, pinned.id, pinned.manifest, ttl=head.head.ttl)
    before = head.head.manifest_id
    if pinned.id == before:
        return

    def decide(now: Head) -> Draft:
        return Draft(events=(), head=now.model_copy(update={"manifest_id": pinned.id}))

    result = await deps.log.append(session_id, decide, known=head)
    if head.head.ttl is not None and result.head.head.ttl is None:
        # The first question came in between, and kept what was pinned then.
        await deps.log.keep_manifest(session_id, pinned.id)
    if before is not None:
        await tell_tools(deps, session_id, pinned.manifest)


async def _admit(deps: ChatDependencies, connection: Connection, state: ConnectionState) -> None:
    """Join the session's groups and leave those of the session this connection had open."""
    before = connection.state
    joined = _groups(state)
    await asyncio.gather(*(deps.web_pubsub.admit(connection.id, group) for group in joined))
    left = [group for group in _groups(before) if group not in joined]
    await asyncio.gather(*(deps.web_pubsub.dismiss(connection.id, group) for group in left))


def _groups(state: ConnectionState) -> tuple[str, ...]:
    return () if state.session_id is None else audiences(state.session_id, streaming=state.streaming)


def _created(deps: ChatDependencies, session_id: str, manifest: Manifest, seen: View) -> SessionCreated:
    return SessionCreated(
        conversation_id=session_id,
        at=iso(deps.now()),
        session_id=session_id,
        title=seen.head.title,
        tools=tools_told(manifest),
        unavailable=manifest.unavailable,
        while_busy=seen.head.while_busy,
        **seen.told(),
    )
