"""Judges a run: a pure function from what clients saw and what was stored to a list of named violations.

It knows nothing of kills and faults; a system that is sound under them leaves nothing to name.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from shared.answers import text_of
from shared.protocol.cards import TurnParked, TurnResumed
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    TitleUpdated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import ToolCallPart
from tests.support import checker_live
from tests.support.history import ClientHistory, Dump, Send, StoredConversation
from tests.support.violation import Violation

type _Rule = Callable[[StoredConversation], Iterable[Violation]]


def violations(clients: Iterable[ClientHistory], dump: Dump) -> list[Violation]:
    """Return everything that is wrong; an empty list for a sound run."""
    clients = list(clients)
    by_id = {stored.conversation_id: stored for stored in dump.conversations}
    found: list[Violation] = []
    for stored in dump.conversations:
        for rule in _LOG_RULES:
            found += rule(stored)
        found += _cut_short(stored, dump)
    for client in clients:
        found += _sends(client, by_id)
        found += checker_live.judge(client, by_id)
    return found + list(_effects(dump))


def _sequence(stored: StoredConversation) -> Iterator[Violation]:
    seqs = [event.seq for event in stored.events]
    if seqs != list(range(1, stored.head.seq + 1)):
        wrong = [seq for seq, count in Counter(seqs).items() if count > 1]
        missing = sorted(set(range(1, stored.head.seq + 1)) - set(seqs))
        yield Violation(
            name="seq gap",
            where=stored.conversation_id,
            detail=f"head {stored.head.seq}, missing {missing}, twice {wrong}",
        )


def _facts(stored: StoredConversation) -> Iterator[Violation]:
    """No event may be there twice, under whatever id."""
    facts = Counter(_fact(event) for event in stored.events)
    for fact, count in facts.items():
        if count > 1 and fact[0] not in {"chat_response", "message.created", "feedback.recorded"}:
            yield Violation(name="duplicate event", where=stored.conversation_id, detail=f"{fact} {count} times")


def _fact(event: StoredEvent) -> tuple[str, str]:
    subjects = (_subject(event, name) for name in ("question_id", "call_id", "message_id", "turn_id", "source"))
    return event.type, next((str(subject) for subject in subjects if subject is not None), "")


def _subject(event: StoredEvent, name: str) -> object:
    """Return what the event is about; a call may begin again in another round, a turn be parked again."""
    if isinstance(event, ToolCallStarted) and name == "call_id":
        return f"{event.call_id} {event.round}"
    if isinstance(event, TurnStarted) and name == "question_id":
        return None  # the message it answers, which another turn may answer again
    if isinstance(event, TitleUpdated) and event.source == "person":
        return event.seq
    if isinstance(event, (TurnParked, TurnResumed)):
        return f"{event.turn_id} {event.seq}"
    return getattr(event, name, None)


def _questions(stored: StoredConversation) -> Iterator[Violation]:
    asked = Counter(
        (event.author.id, event.client_message_id or event.message_id)
        for event in stored.events
        if isinstance(event, MessageCreated)
    )
    for (_, key), count in asked.items():
        if count > 1:
            yield Violation(name="duplicate turn", where=stored.conversation_id, detail=f"{key} asked {count} times")


def _ends(stored: StoredConversation) -> Iterator[Violation]:
    ends: dict[str, int] = {}
    for event in stored.events:
        if isinstance(event, ChatResponse):
            if event.turn_id in ends:
                yield Violation(name="several ends", where=stored.conversation_id, detail=event.turn_id)
            ends.setdefault(event.turn_id, event.seq)
        elif isinstance(event, (MessageCompleted, ToolCallStarted, ToolCallCompleted)) and event.turn_id in ends:
            detail = f"{event.type} of {event.turn_id} at {event.seq}, its end at {ends[event.turn_id]}"
            yield Violation(name="after the end", where=stored.conversation_id, detail=detail)


def _order(stored: StoredConversation) -> Iterator[Violation]:
    """Turns are answered in the order they were asked; one that was stopped may leave early, one parked come later."""
    stopped = {e.turn_id for e in stored.events if isinstance(e, ChatResponse) and e.status == "stopped"}
    stopped |= {e.turn_id for e in stored.events if isinstance(e, TurnParked)}
    ended = [e.turn_id for e in stored.events if isinstance(e, ChatResponse) and e.turn_id not in stopped]
    asked = [e.turn_id for e in stored.events if isinstance(e, MessageCreated) and e.turn_id in set(ended)]
    first_ends = list(dict.fromkeys(ended))
    if list(dict.fromkeys(asked)) != first_ends:
        yield Violation(name="order", where=stored.conversation_id, detail=f"asked {asked}, answered {ended}")


def _floor(stored: StoredConversation) -> Iterator[Violation]:
    head = stored.head
    if head.active_turn is not None or head.queue or head.parked or head.cards or head.claim is not None:
        held = head.active_turn.turn_id if head.active_turn else "nobody"
        detail = f"held by {held}, {len(head.queue)} waiting, claim {head.claim is not None}"
        yield Violation(name="floor not free", where=stored.conversation_id, detail=detail)


_LOG_RULES: tuple[_Rule, ...] = (_sequence, _facts, _questions, _ends, _order, _floor)


def _cut_short(stored: StoredConversation, dump: Dump) -> Iterator[Violation]:
    """A step that counts as finished needs a model answer that was whole."""
    finished = any(isinstance(e, MessageCompleted) and e.finish in {"stop", "tools"} for e in stored.events)
    if finished and not dump.model_calls:
        yield Violation(name="evidence missing", where=stored.conversation_id, detail="no model call is on record")
        return
    whole = {(call.question, call.step) for call in dump.model_calls if call.whole}
    questions = {e.turn_id: text_of(e.parts) for e in stored.events if isinstance(e, MessageCreated)}
    for event in stored.events:
        if isinstance(event, MessageCompleted) and event.finish in {"stop", "tools"}:
            question = questions.get(event.turn_id)
            if question is not None and (question, event.step) not in whole:
                yield Violation(name="truncated shown as complete", where=event.message_id, detail="no whole answer")


def _sends(client: ClientHistory, by_id: dict[str, StoredConversation]) -> Iterator[Violation]:
    by_conversation: dict[str, list[Send]] = defaultdict(list)
    for send in client.sends:
        by_conversation[send.conversation_id].append(send)
    for conversation_id, sends in by_conversation.items():
        stored = by_id.get(conversation_id)
        if stored is None:
            yield Violation(name="lost", where=conversation_id, detail="the conversation is gone")
            continue
        questions = {
            event.client_message_id: event for event in reversed(stored.events) if isinstance(event, MessageCreated)
        }
        ends = {e.turn_id: e for e in reversed(stored.events) if isinstance(e, ChatResponse)}
        for send in sends:
            question = questions.get(send.client_message_id)
            yield from _fate(send, question, ends)
        yield from _bursts(sends, questions)


def _fate(send: Send, question: MessageCreated | None, ends: dict[str, ChatResponse]) -> Iterator[Violation]:
    """An accepted question has one end; one of unknown fate has been asked once with its end, or not at all."""
    if question is None:
        if send.outcome == "ok":
            yield Violation(name="lost", where=send.client_message_id, detail="accepted and not stored")
    elif send.outcome == "fail":
        yield Violation(name="stored though refused", where=send.client_message_id, detail=f"seq {question.seq}")
    elif (question.turn_id or "") not in ends:
        yield Violation(name="lost", where=send.client_message_id, detail=f"turn {question.turn_id} has no end")


def _bursts(sends: list[Send], questions: dict[str | None, MessageCreated]) -> Iterator[Violation]:
    placed = [(s.burst, questions[s.client_message_id].seq) for s in sends if s.client_message_id in questions]
    placed.sort()
    for (burst, seq), (later_burst, later_seq) in pairwise(placed):
        if later_burst > burst and later_seq < seq:
            detail = f"burst {burst} at {seq}, burst {later_burst} at {later_seq}"
            yield Violation(name="order", where=sends[0].conversation_id, detail=detail)


def _effects(dump: Dump) -> Iterator[Violation]:
    """Count executions against the calls the log knows: one each at most."""
    asked = Counter(
        (part.server, part.tool, _canonical(part.arguments))
        for stored in dump.conversations
        for event in stored.events
        if isinstance(event, MessageCompleted)
        for part in event.parts
        if isinstance(part, ToolCallPart)
    )
    done = Counter((effect.server, effect.tool, effect.arguments) for effect in dump.effects)
    for effect, count in done.items():
        if count > asked[effect]:
            detail = f"{effect[2]}: {count} effects of {asked[effect]} calls"
            yield Violation(name="effect twice", where=f"{effect[0]}.{effect[1]}", detail=detail)


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except ValueError:
        return arguments
