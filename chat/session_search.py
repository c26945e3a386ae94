"""Searching one's own sessions, the last used first, a few sessions at a time."""

import asyncio

from chat.dependencies import ChatDependencies
from chat.session_list import is_listed
from shared.event_log.head import Head
from shared.found import AT_ONCE, SEARCHED, FoundText, words_to_find
from shared.protocol.shapes import Shape
from shared.search import Hit


class FoundSession(Shape):
    """A session whose title or messages hold the words."""

    session_id: str
    title: str
    title_matches: bool
    updated_at: str
    archived: bool
    found: tuple[FoundText, ...]


class SearchPage(Shape):
    """What was found in the sessions looked through; `next` goes on with older ones, so an empty page may have one."""

    sessions: tuple[FoundSession, ...]
    next: str | None


async def search_sessions(deps: ChatDependencies, principal: str, words: str, *, before: str | None) -> SearchPage:
    """Look for the words, whatever their case, in the person's own sessions; temporary ones are never searched.

    Raises:
        CommandRefused: there is too little to look for.
        StoreUnavailable: try again.

    """
    wanted = words_to_find(words)
    memberships = await deps.memberships.page(principal, before=before, limit=SEARCHED, shelf=None)
    heads = await deps.log.heads([membership.conversation_id for membership in memberships])
    mine = [m.conversation_id for m in memberships if m.conversation_id in heads]
    room = asyncio.Semaphore(AT_ONCE)

    async def look(session_id: str) -> FoundSession | None:
        async with room:
            return _found(session_id, heads[session_id], wanted, await deps.search.find(session_id, wanted))

    found = await asyncio.gather(*(look(session_id) for session_id in mine if is_listed(heads[session_id])))
    return SearchPage(
        sessions=tuple(session for session in found if session is not None),
        next=memberships[-1].order if len(memberships) == SEARCHED else None,
    )


def _found(session_id: str, head: Head, words: str, hits: tuple[Hit, ...]) -> FoundSession | None:
    in_title = words.casefold() in head.title.casefold()
    if not in_title and not hits:
        return None
    return FoundSession(
        session_id=session_id,
        title=head.title,
        title_matches=in_title,
        updated_at=head.updated_at,
        archived=head.archived,
        found=tuple(
            FoundText(
                message_id=hit.message_id,
                seq=hit.seq,
                at=hit.at,
                by="person" if hit.asked else "coach",
                before=hit.snippet.before,
                match=hit.snippet.match,
                after=hit.snippet.after,
            )
            for hit in hits
        ),
    )
