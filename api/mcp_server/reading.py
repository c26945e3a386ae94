"""Reading a person's conversations."""

from collections.abc import Iterable

from api.mcp_server.shapes import (
    Conversation,
    ConversationList,
    ConversationPart,
    Entry,
    ListConversations,
    ReadConversation,
)
from chat.dependencies import ChatDependencies
from chat.session_list import list_sessions
from shared import ids
from shared.access import access_session
from shared.answers import text_of
from shared.protocol.durable import MessageCompleted, MessageCreated, TurnStarted
from shared.protocol.events import VisibleEvent
from shared.snapshots import view


async def list_conversations(deps: ChatDependencies, principal: str, wanted: ListConversations) -> ConversationList:
    page = await list_sessions(deps, principal, before=wanted.before, limit=wanted.limit)
    lines = tuple(
        Conversation(session_id=line.session_id, title=line.title, updated_at=line.updated_at) for line in page.sessions
    )
    return ConversationList(conversations=lines, next=page.next)


async def read_conversation(deps: ChatDependencies, principal: str, wanted: ReadConversation) -> ConversationPart:
    """Return the messages after a point.

    Raises:
        CommandRefused: there is no such conversation of the person's.

    """
    head = (await access_session(deps.log, principal, wanted.session_id)).head
    seen = await view(deps.log, wanted.session_id, wanted.after)
    return ConversationPart(
        session_id=wanted.session_id,
        title=head.title,
        messages=entries(seen.events),
        through=seen.through_seq,
        more=seen.more,
    )


def entries(events: Iterable[VisibleEvent]) -> tuple[Entry, ...]:
    """Return the messages that count, in order."""
    kept: list[Entry] = []
    begun: list[str] = []
    replaces: dict[str, str] = {}
    for event in events:
        if isinstance(event, TurnStarted):
            if event.replaces is not None:
                replaces[event.turn_id] = event.replaces
                gone = _since(begun, event.replaces)
                kept = [entry for entry in kept if entry.turn_id not in gone or _asks_again(entry, event)]
            begun.append(event.turn_id)
        elif isinstance(event, MessageCreated | MessageCompleted) and text_of(event.parts).strip():
            kept.append(_entry(event))
    return tuple(entry.model_copy(update={"replaces_turn_id": replaces.get(entry.turn_id or "")}) for entry in kept)


def _since(begun: list[str], replaced: str) -> set[str]:
    """Return the turn and all that were begun after it; only itself when it was begun before this part."""
    return set(begun[begun.index(replaced) :]) if replaced in begun else {replaced, *begun}


def _asks_again(entry: Entry, again: TurnStarted) -> bool:
    """Tell whether it is the question that the new turn answers again."""
    return (
        again.question_id is not None
        and entry.author == "person"
        and again.question_id == ids.question_message(entry.turn_id or "")
    )


def _entry(event: MessageCreated | MessageCompleted) -> Entry:
    return Entry(
        seq=event.seq,
        at=event.at,
        author="coach" if isinstance(event, MessageCompleted) else "person",
        name=event.author.name,
        turn_id=event.turn_id,
        text=text_of(event.parts),
    )
