"""A new group that begins with a copy of a part of a private session; the session stays as it is.

Copied are the words of the person and of the coach, each with who said it, when, and who copied it. What only the
asker may see stays behind: no tool call and no result is copied, and no answer of the coach that a result for the asker
alone may have gone into, which is every answer behind one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from group_chat.creation import NewGroup, create_group
from group_chat.dependencies import GroupDependencies
from group_chat.effects import publish
from group_chat.membership_rules import check_open
from group_chat.roles import belonging
from shared import group_ids, ids
from shared.access import access_session
from shared.answers import text_of
from shared.errors import CommandRefused
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head
from shared.event_log.shapes import AppendResult, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCreated, ToolCallCompleted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import Participant, TextPart
from shared.transcript import Said, transcript, whole_log

MOST_COPIED = 500
_IN_ONE_APPEND = 50
_CHARACTERS_IN_ONE_APPEND = 200_000
"""So that an append stays well within 2 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The events `from_seq` to `to_seq` of a session, both included."""

    session_id: str
    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The new group, how many messages were copied into it, and how many answers were left out."""

    group_id: str
    copied: int
    left_out: int


async def copy_to_group(deps: GroupDependencies, person: Participant, part: Range, key: str, title: str) -> Copied:
    """Create a group out of a part of a session of the person's; the same `key` names the same group.

    Raises:
        CommandRefused: there is no such session, or nothing or too much to copy.
        Transient: doing it again goes on where it ended.

    """
    await access_session(deps.log, person.id, part.session_id)
    events = await whole_log(deps.log, part.session_id)
    chosen = [said for said in transcript(events) if part.from_seq <= said.seq <= part.to_seq and text_of(said.parts)]
    private_from = private_since(events)
    copies = [said for said in chosen if said.author.kind == "person" or said.seq < private_from]
    if not copies:
        raise CommandRefused("There is nothing in this range that can be copied.", code=ErrorCode.MESSAGE_NOT_FOUND)
    if len(copies) > MOST_COPIED:
        raise CommandRefused(f"At most {MOST_COPIED} messages can be copied.", code=ErrorCode.CONTENT_TOO_LONG)
    key = f"copy:{part.session_id}:{part.from_seq}:{part.to_seq}:{key}"
    group_id = await create_group(deps, person, key, NewGroup(title=title))
    for portion in _portions(copies):
        await _append(deps, person, group_id, portion)
    return Copied(group_id=group_id, copied=len(copies), left_out=len(chosen) - len(copies))


def private_since(events: Sequence[StoredEvent]) -> float:
    """Return the `seq` of the first result for the asker alone: whatever the coach said later may rest on it."""
    private = (event.seq for event in events if isinstance(event, ToolCallCompleted) and event.readers == "asker")
    return min(private, default=float("inf"))


def _portions(copies: Sequence[Said]) -> Iterator[list[Said]]:
    portion: list[Said] = []
    characters = 0
    for said in copies:
        length = len(text_of(said.parts))
        if portion and (len(portion) == _IN_ONE_APPEND or characters + length > _CHARACTERS_IN_ONE_APPEND):
            yield portion
            portion, characters = [], 0
        portion.append(said)
        characters += length
    yield portion


async def _append(deps: GroupDependencies, person: Participant, group_id: str, copies: Sequence[Said]) -> AppendResult:
    new = [_copy(group_id, person, said) for said in copies]

    def decide(head: Head, member: MemberDocument) -> Draft:
        belonging(member)
        check_open(head)
        return Draft(events=tuple(new), head=head.model_copy(update={"countable": head.countable + len(new)}))

    result = await deps.gate.append(person.id, group_id, decide)
    if result.status == "appended":
        await publish(deps, group_id, result.events)
    return result


def _copy(group_id: str, person: Participant, said: Said) -> NewEvent:
    message_id = group_ids.copied_message(group_id, said.message_id)
    copied = MessageCreated(
        actor=person,
        message_id=message_id,
        author=said.author,
        parts=(TextPart(text=text_of(said.parts)),),
        said_at=said.at,
    )
    return NewEvent(id=ids.created(message_id), event=copied)
