"""All there is to know of one session but what was said in it."""

from datetime import UTC, datetime

from chat.dependencies import ChatDependencies
from shared.access import access_session
from shared.clock import iso
from shared.event_log.documents import Manifest
from shared.event_log.head import Head
from shared.manifests import tools_told
from shared.protocol.shapes import Shape, TitleSource, ToolInfo, Usage, WhileBusy


class PinnedSummary(Shape):
    """What the coach was told and may use in the session, as it was when the session was opened."""

    prompt: str
    prompt_version: str
    roles: tuple[str, ...]
    tools: tuple[ToolInfo, ...]
    unavailable: tuple[str, ...]


class SessionDetails(Shape):
    """A session. `messages` counts its questions; `pinned_manifest` is absent until it is opened.

    `erased_at` is when a temporary session is over and everything of it erased.
    """

    session_id: str
    title: str
    title_by: TitleSource
    created_at: str
    updated_at: str
    pinned: bool
    archived: bool
    temporary: bool
    erased_at: str | None
    while_busy: WhileBusy
    seq: int
    messages: int
    busy: bool
    usage: Usage
    pinned_manifest: PinnedSummary | None


async def session_details(deps: ChatDependencies, principal: str, session_id: str) -> SessionDetails:
    """Return the person's session.

    Raises:
        CommandRefused: there is no such session of the person's.

    """
    head = (await access_session(deps.log, principal, session_id)).head
    manifest = await deps.log.manifest(session_id, head.manifest_id) if head.manifest_id else None
    return details_of(session_id, head, manifest)


def details_of(session_id: str, head: Head, manifest: Manifest | None) -> SessionDetails:
    over = head.erase_after
    return SessionDetails(
        session_id=session_id,
        title=head.title,
        title_by=head.title_by,
        created_at=head.created_at,
        updated_at=head.updated_at,
        pinned=head.pinned,
        archived=head.archived,
        temporary=head.temporary,
        erased_at=None if over is None else iso(datetime.fromtimestamp(over, UTC)),
        while_busy=head.while_busy,
        seq=head.seq,
        messages=head.countable,
        busy=head.active_turn is not None,
        usage=head.usage,
        pinned_manifest=None if manifest is None else _summary(manifest),
    )


def _summary(manifest: Manifest) -> PinnedSummary:
    return PinnedSummary(
        prompt=manifest.prompt,
        prompt_version=manifest.prompt_version,
        roles=manifest.roles,
        tools=tools_told(manifest),
        unavailable=manifest.unavailable,
    )
