"""Sessions: opening one on a connection, reading on, and listing one's own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from chat.dependencies import ChatDependencies
from chat.sign_in import grant_of, roles_for
from shared import ids
from shared.access import access_session
from shared.clock import iso
from shared.connection import Answer, Connection, ConnectionState
from shared.event_log.documents import Manifest, ManifestTool
from shared.event_log.head import Head, VersionedHead
from shared.event_log.shapes import Draft
from shared.manifests import PinnedManifest
from shared.protocol.commands import SessionUpdate, Sync
from shared.protocol.ephemeral import SessionCreated, Snapshot
from shared.protocol.shapes import ToolInfo
from shared.snapshots import View, view

UNUSED_SECONDS = 24 * 3600
"""A session nobody wrote in disappears after a day."""
FIRST_LINE_CHARACTERS = 200

type Build = Callable[[], Awaitable[PinnedManifest]]


async def open_session(deps: ChatDependencies, connection: Connection, command: SessionUpdate) -> Answer:
    """Open the session on this connection: admit it to the audience first, then read what it missed.

    Raises:
        NotAllowed, CommandRefused: nothing was changed.
        Transient: try again; opening is idempotent.

    """
    principal = connection.state.principal
    grant = await grant_of(deps, principal, command)
    roles = roles_for(grant, command)
    build = partial(deps.manifests.build, grant, roles, command.time_zone)
    session_id = command.session_id
    if session_id is None:
        session_id = ids.session_id(principal, _command_id(connection, command))
        await _create(deps, principal, session_id, await build())
    head = await access_session(deps.log, principal, session_id)
    manifest = await _manifest(deps, session_id, head, roles, build)
    state = ConnectionState(principal=principal, session_id=session_id, streaming="streaming" in command.capabilities)
    await _admit(deps, connection, state)
    seen = await view(deps.log, session_id, command.after)
    return Answer(event=_created(deps, session_id, head.head, manifest, seen), state=state)


async def read_on(deps: ChatDependencies, connection: Connection, command: Sync) -> Answer:
    """Answer `sync`."""
    await access_session(deps.log, connection.state.principal, command.conversation_id)
    seen = await view(deps.log, command.conversation_id, command.after)
    return Answer(event=Snapshot(conversation_id=command.conversation_id, at=iso(deps.now()), **_fields(seen)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """One line of the session list."""

    session_id: str
    title: str
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Sessions, last used first within the page; `next` continues with older ones."""

    sessions: tuple[SessionSummary, ...]
    next: str | None


async def list_sessions(deps: ChatDependencies, principal: str, *, before: str | None, limit: int) -> SessionPage:
    """Return the person's sessions in which something was said."""
    memberships = await deps.people.conversations(principal, before=before, limit=limit)
    mine = [membership.conversation_id for membership in memberships]
    heads = await deps.log.heads(mine)
    used = [(i, heads[i]) for i in mine if i in heads and heads[i].countable > 0]
    used.sort(key=lambda pair: pair[1].updated_at, reverse=True)
    return SessionPage(
        sessions=tuple(SessionSummary(session_id=i, title=h.title, updated_at=h.updated_at) for i, h in used),
        next=memberships[-1].order if len(memberships) == limit else None,
    )


def _command_id(connection: Connection, command: SessionUpdate) -> str:
    return command.command_id or ids.default_command_id(connection.id, connection.event_id)


async def _create(deps: ChatDependencies, principal: str, session_id: str, pinned: PinnedManifest) -> None:
    """Create the session unless it exists. Lists drop entries without a head, so the entry may come first."""
    at = iso(deps.now())
    await deps.people.join(principal, session_id, at, ttl=UNUSED_SECONDS)
    await deps.log.pin(session_id, pinned.id, pinned.manifest, ttl=UNUSED_SECONDS)
    head = Head(owner=principal, manifest_id=pinned.id, created_at=at, updated_at=at, ttl=UNUSED_SECONDS)
    await deps.log.create(session_id, head)


async def keep_session(deps: ChatDependencies, session_id: str, head: Head) -> None:
    """Let what belongs to a session outlive its first day; called before its first question is stored."""
    await deps.people.keep(head.owner, session_id, head.created_at)
    if head.manifest_id is not None:
        await deps.log.keep_manifest(session_id, head.manifest_id)


async def _manifest(
    deps: ChatDependencies, session_id: str, head: VersionedHead, roles: frozenset[str], build: Build
) -> Manifest:
    """Return the pinned manifest; pin a new one only if it was made for other roles, or a tool server was away then."""
    known = await deps.log.manifest(session_id, head.head.manifest_id) if head.head.manifest_id else None
    if known is not None and not known.unavailable and known.roles == tuple(sorted(roles)):
        return known
    pinned = await build()
    await deps.log.pin(session_id, pinned.id, pinned.manifest, ttl=head.head.ttl)
    if pinned.id != head.head.manifest_id:
        await deps.log.append(session_id, lambda now: _pin(now, pinned.id), known=head)
    return pinned.manifest


def _pin(head: Head, manifest_id: str) -> Draft:
    return Draft(events=(), head=head.model_copy(update={"manifest_id": manifest_id}))


async def _admit(deps: ChatDependencies, connection: Connection, state: ConnectionState) -> None:
    """Join the session's groups and leave those of the session this connection had open."""
    before = connection.state
    joined = _groups(state)
    await asyncio.gather(*(deps.web_pubsub.admit(connection.id, group) for group in joined))
    left = [group for group in _groups(before) if group not in joined]
    await asyncio.gather(*(deps.web_pubsub.dismiss(connection.id, group) for group in left))


def _groups(state: ConnectionState) -> tuple[str, ...]:
    if state.session_id is None:
        return ()
    audience = ids.audience_group(state.session_id)
    return (audience, ids.delta_group(state.session_id)) if state.streaming else (audience,)


def _created(deps: ChatDependencies, session_id: str, head: Head, manifest: Manifest, seen: View) -> SessionCreated:
    return SessionCreated(
        conversation_id=session_id,
        at=iso(deps.now()),
        session_id=session_id,
        title=head.title,
        tools=tuple(ToolInfo(server=t.server, tool=t.tool, description=_first_line(t)) for t in manifest.tools),
        unavailable=manifest.unavailable,
        while_busy=head.while_busy,
        **_fields(seen),
    )


def _first_line(tool: ManifestTool) -> str:
    return tool.description.split("\n")[0][:FIRST_LINE_CHARACTERS]


def _fields(seen: View) -> dict[str, Any]:
    return {field.name: getattr(seen, field.name) for field in fields(seen)}
