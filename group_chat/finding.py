"""Searching one's groups, the last active first, a few at a time, for what one may see in them."""

import asyncio

from group_chat.dependencies import GroupDependencies
from group_chat.group_state import group_of
from group_chat.listing import Mine, groups_of
from shared.audience import reader_of
from shared.found import AT_ONCE, SEARCHED, FoundText, words_to_find
from shared.protocol.shapes import Shape


class FoundGroup(Shape):
    """A group whose title or messages hold the words."""

    group_id: str
    title: str
    title_matches: bool
    updated_at: str
    archived: bool
    found: tuple[FoundText, ...]


class GroupSearchPage(Shape):
    """What was found in the groups looked through; `next` goes on with others, so an empty page may have one."""

    groups: tuple[FoundGroup, ...]
    next: str | None


async def search_groups(deps: GroupDependencies, principal: str, words: str, *, before: str | None) -> GroupSearchPage:
    """Look for the words, whatever their case, in the groups the person belongs to.

    Raises:
        CommandRefused: there is too little to look for.
        StoreUnavailable: try again.

    """
    wanted = words_to_find(words)
    mine = [group for group in await groups_of(deps, principal) if group.member.state == "member"]
    rest = [group for group in mine if before is None or group.order < before]
    room = asyncio.Semaphore(AT_ONCE)

    async def look(group: Mine) -> FoundGroup | None:
        async with room:
            return await _look(deps, group, wanted)

    found = await asyncio.gather(*(look(group) for group in rest[:SEARCHED]))
    return GroupSearchPage(
        groups=tuple(group for group in found if group is not None),
        next=rest[SEARCHED - 1].order if len(rest) > SEARCHED else None,
    )


async def _look(deps: GroupDependencies, mine: Mine, words: str) -> FoundGroup | None:
    reader = reader_of(mine.member, group_of(mine.head))
    hits = await deps.search.find_for(reader, mine.group_id, words)
    in_title = words.casefold() in mine.head.title.casefold()
    if not in_title and not hits:
        return None
    return FoundGroup(
        group_id=mine.group_id,
        title=mine.head.title,
        title_matches=in_title,
        updated_at=mine.head.updated_at,
        archived=mine.head.archived,
        found=tuple(
            FoundText(
                message_id=said.message_id,
                seq=said.seq,
                at=said.at,
                by=said.author.name,
                before=where.before,
                match=where.match,
                after=where.after,
            )
            for said, where in hits
        ),
    )
