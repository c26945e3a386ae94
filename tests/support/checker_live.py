"""The part of the checker that judges what one client was told, frame by frame, against what is stored."""

from collections.abc import Iterator
from dataclasses import replace

from shared.answers import text_of
from shared.protocol.durable import ChatResponse, DurableEvent, MessageCompleted, MessageCreated, TitleUpdated, Withheld
from shared.protocol.ephemeral import ListUpdated
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent
from tests.support import checker_streams
from tests.support.fold import begin_recovery, fold_log, receive
from tests.support.folded import Folded, Picture, picture
from tests.support.history import ClientHistory, StoredConversation, Visit
from tests.support.violation import Violation

_ANSWERED = frozenset({"completed", "exhausted"})


def judge(client: ClientHistory, by_id: dict[str, StoredConversation]) -> Iterator[Violation]:
    """Name what is wrong with what this client was told."""
    for visit in client.visits:
        yield from _foreign(client, visit)
        stored = by_id.get(visit.conversation_id)
        yield from checker_streams.judge(visit, stored)
        if stored is not None:
            yield from _told(visit, stored)
            yield from _responses(visit, stored)
    yield from _answers(client, by_id)
    yield from _folds(client, by_id)


def _foreign(client: ClientHistory, visit: Visit) -> Iterator[Violation]:
    # Of a change in their list a person is told on every connection, whatever conversation it has open.
    told = (frame for frame in visit.frames if not isinstance(frame, ListUpdated))
    seen = {frame.conversation_id for frame in told if frame.conversation_id}
    for foreign in sorted(seen - client.created):
        yield Violation(name="foreign conversation seen", where=foreign, detail=f"by {client.name}")


def _told(visit: Visit, stored: StoredConversation) -> Iterator[Violation]:
    """Whoever stays on one connection is told every event that is stored meanwhile, live."""
    opened = visit.opened
    if not visit.settled or opened is None:
        return
    live = {seq for frame in visit.frames if (seq := _seq(frame)) is not None}
    known = {event.seq for snapshot in visit.snapshots for event in snapshot.events}
    last = max(live | known | {snapshot.through_seq for snapshot in visit.snapshots})
    for event in stored.events:
        if opened.through_seq < event.seq <= last and event.seq not in live:
            yield Violation(name="never told", where=stored.conversation_id, detail=f"{event.type} at {event.seq}")


def _seq(frame: ServerEvent) -> int | None:
    return frame.seq if isinstance(frame, DurableEvent | Withheld) else None


def _responses(visit: Visit, stored: StoredConversation) -> Iterator[Violation]:
    """The answer's text in a turn's end, and every completed message, are what is stored."""
    texts = {e.message_id: text_of(e.parts) for e in stored.events if isinstance(e, MessageCompleted)}
    told = [*visit.frames, *(event for snapshot in visit.snapshots for event in snapshot.events)]
    # A connection that went on to another session may still hear the one before.
    for frame in (each for each in told if each.conversation_id == visit.conversation_id):
        match frame:
            case MessageCompleted(message_id=message_id):
                said = text_of(frame.parts)
            case ChatResponse(message_id=str(message_id)):
                said = frame.response
            case _:
                continue
        if said != texts.get(message_id):
            detail = f"{frame.type} says {said!r}, stored {texts.get(message_id)!r}"
            yield Violation(name="text mismatch", where=message_id, detail=detail)


def _answers(client: ClientHistory, by_id: dict[str, StoredConversation]) -> Iterator[Violation]:
    """A turn that ends with an answer has the whole one its question asks for."""
    for send in client.sends:
        stored = by_id.get(send.conversation_id)
        if stored is None or send.answer is None:
            continue
        for said in _answers_given(stored, send.client_message_id):
            if said == send.answer:
                continue
            short = send.answer.startswith(said)
            name = "truncated shown as complete" if short else "text mismatch"
            yield Violation(name=name, where=send.client_message_id, detail=f"{said!r} for {send.answer!r}")


def _answers_given(stored: StoredConversation, client_message_id: str) -> Iterator[str]:
    turns = {
        event.turn_id
        for event in stored.events
        if isinstance(event, MessageCreated) and event.client_message_id == client_message_id
    }
    texts = {e.message_id: text_of(e.parts) for e in stored.events if isinstance(e, MessageCompleted)}
    for event in stored.events:
        if isinstance(event, ChatResponse) and event.turn_id in turns and event.status in _ANSWERED:
            yield texts.get(event.message_id or "", "")


def _until_seen(stored: StoredConversation, state: Folded) -> tuple[StoredEvent, ...]:
    """Return the events; without a title that came after all else, when the client may have been gone already."""
    unseen = [event for event in stored.events if event.seq > state.last_seq]
    if all(isinstance(event, TitleUpdated) for event in unseen):
        return tuple(event for event in stored.events if event.seq <= state.last_seq)
    return tuple(stored.events)


def _pictures(stored: StoredConversation, state: Folded) -> tuple[Picture, Picture]:
    """Return what may be shown: that, and the same with the title of now.

    What a conversation is called is told by its head, which a snapshot reads after the events in it.
    """
    seen = picture(fold_log(stored.conversation_id, _until_seen(stored, state)))
    titles = [event.title for event in stored.events if isinstance(event, TitleUpdated)]
    return seen, replace(seen, title=titles[-1]) if titles else seen


def _folds(client: ClientHistory, by_id: dict[str, StoredConversation]) -> Iterator[Violation]:
    """What the client shows after all its visits is what a reader of the log shows."""
    shown: dict[str, Folded] = {}
    for visit in client.visits:
        state = begin_recovery(shown.get(visit.conversation_id, Folded(conversation_id=visit.conversation_id)))
        for frame in visit.frames:
            if frame.conversation_id == visit.conversation_id:
                state = receive(state, frame)
        shown[visit.conversation_id] = state
    for conversation_id, state in shown.items():
        stored = by_id.get(conversation_id)
        if stored is None:
            continue
        live, allowed = picture(state), _pictures(stored, state)
        if live not in allowed:
            log = allowed[0]
            differing = [a for a, b in zip(live.turns, log.turns, strict=False) if a != b]
            detail = f"{len(live.turns)} turns live, {len(log.turns)} in the log; first difference {differing[:1]}"
            detail += f"; titles {live.title!r}, {log.title!r}" if live.title != log.title else ""
            yield Violation(name="live fold is not log fold", where=conversation_id, detail=detail)
