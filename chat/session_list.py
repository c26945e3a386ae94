"""A person's list of sessions: pinned ones first, then the last used; and keeping an entry where it belongs in it."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

from chat.dependencies import ChatDependencies
from shared.clock import iso
from shared.errors import PublishFailed
from shared.event_log.head import Head
from shared.memberships import LISTED_SECONDS
from shared.protocol.ephemeral import ListUpdated
from shared.protocol.shapes import Shape


class SessionSummary(Shape):
    """One line of the session list; `updated_at` is when something was last asked."""

    session_id: str
    title: str
    updated_at: str
    pinned: bool
    archived: bool


class SessionPage(Shape):
    """Sessions, pinned and last used first; `next` continues with older ones."""

    sessions: tuple[SessionSummary, ...]
    next: str | None


async def list_sessions(
    deps: ChatDependencies, principal: str, *, before: str | None, limit: int, archived: bool = False
) -> SessionPage:
    """Return the person's sessions in which something was said: those that are archived, or those that are not.

    Pages are cut where the entries say, whose order may lag `LISTED_SECONDS` behind; within a page it does not.
    """
    shelf = "archived" if archived else "membership"
    memberships = await deps.memberships.page(principal, before=before, limit=limit, shelf=shelf)
    mine = [membership.conversation_id for membership in memberships]
    heads = await deps.log.heads(mine)
    used = [(i, heads[i]) for i in mine if i in heads and is_listed(heads[i])]
    used.sort(key=lambda pair: (pair[1].pinned, _last_used(pair[1])), reverse=True)
    return SessionPage(
        sessions=tuple(summary_of(session_id, head) for session_id, head in used),
        next=memberships[-1].order if len(memberships) == limit else None,
    )


def is_listed(head: Head) -> bool:
    return head.countable > 0 and not head.temporary


def _last_used(head: Head) -> str:
    return head.used_at or head.updated_at


def summary_of(session_id: str, head: Head) -> SessionSummary:
    return SessionSummary(
        session_id=session_id,
        title=head.title,
        updated_at=_last_used(head),
        pinned=head.pinned,
        archived=head.archived,
    )


async def note_use(deps: ChatDependencies, session_id: str, head: Head, now: datetime) -> None:
    """Move the session up in its owner's list, if it was not lately; called before a question is stored.

    With its first question, what belongs to it comes to outlive its first day.
    """
    if head.temporary or not is_listing_due(head, now):
        return
    first = head.ttl is not None
    used = deps.memberships.used(head.owner, session_id, iso(now), first=first)
    await (asyncio.gather(used, _keep_pinned(deps, session_id, head.manifest_id)) if first else used)


async def _keep_pinned(deps: ChatDependencies, session_id: str, known: str | None) -> None:
    """Keep the manifest the session has: the known one, unless another was pinned where this process did not see it."""

    async def keep(manifest_id: str | None) -> None:
        if manifest_id is not None:
            await deps.log.keep_manifest(session_id, manifest_id)

    now, _ = await asyncio.gather(deps.log.head(session_id), keep(known))
    if now.head.manifest_id != known:
        await keep(now.head.manifest_id)


def is_listing_due(head: Head, now: datetime) -> bool:
    return head.listed_at is None or now - datetime.fromisoformat(head.listed_at) > timedelta(seconds=LISTED_SECONDS)


def with_use(head: Head, now: datetime) -> Head:
    """Return the head of a session that is used now, by a question appended with it."""
    changes: dict[str, Any] = {"used_at": iso(now)}
    if not head.temporary:
        changes["ttl"] = None
    if is_listing_due(head, now):
        changes["listed_at"] = iso(now)
    return head.model_copy(update=changes)


async def tell_list(
    deps: ChatDependencies, principal: str, session_id: str, change: Literal["created", "changed"]
) -> None:
    """Tell the person's devices; one that does not hear it sees it when it next reads the list."""
    with suppress(PublishFailed):
        updated = ListUpdated(conversation_id=session_id, change=change)
        await deps.publisher.to_person(principal, updated)
