"""Sound conversations to tell, and to spoil: stored events, live frames, and what a client makes of them."""

from dataclasses import dataclass

from shared import ids
from shared.answers import filled
from shared.event_log.head import Head
from shared.protocol.durable import (
    ChatResponse,
    MessageCompleted,
    MessageCreated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnStarted,
)
from shared.protocol.ephemeral import CommandAccepted, MessageDelta, MessageStarted, SessionCreated
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent
from shared.protocol.shapes import COACH, Participant, TextPart, ToolCallPart
from tests.support.history import (
    ClientHistory,
    Dump,
    Effect,
    ModelCall,
    Send,
    StoredConversation,
    StoredDocument,
    Visit,
)

SESSION = "s_1"
ASKER = Participant(kind="person", id="ada", name="Ada")
AT = "2026-03-02T09:00:00.000Z"
TOOL = "log_activity"
ARGUMENTS = '{"note": "n"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One conversation: its log, the frames a client got live, and the questions it sent."""

    events: tuple[StoredEvent, ...]
    frames: tuple[ServerEvent, ...]
    sends: tuple[Send, ...]


def turn_of(name: str) -> str:
    return ids.turn_id(SESSION, ASKER.id, name)


def answer_of(name: str) -> str:
    return f"{name} one two three"


def question_events(name: str, first: int) -> tuple[StoredEvent, ...]:
    """Return question, step with one tool call, the call, the step with the answer, and the end, from `seq` `first`."""
    turn = turn_of(name)
    call = ids.call(turn, 0, 0)
    asks = ToolCallPart(call_id=call, server="crm", tool=TOOL, arguments=ARGUMENTS)
    mine: tuple[StoredEvent, ...] = (
        MessageCreated(
            actor=ASKER,
            message_id=ids.question_message(turn),
            turn_id=turn,
            author=ASKER,
            parts=(TextPart(text=f"{name} effect"),),
            client_message_id=name,
        ),
        TurnStarted(actor=ASKER, turn_id=turn),
        _step(turn, 0, asks),
        ToolCallStarted(
            actor=COACH, call_id=call, turn_id=turn, server="crm", tool=TOOL, arguments=ARGUMENTS, lease_until=AT
        ),
        ToolCallCompleted(
            actor=COACH, call_id=call, turn_id=turn, server="crm", tool=TOOL, status="completed", preview="logged", ms=3
        ),
        _step(turn, 1, TextPart(text=answer_of(name))),
        ChatResponse(actor=COACH, turn_id=turn, status="completed", message_id=ids.step_message(turn, 1)),
    )
    return tuple(placed(event, seq) for seq, event in enumerate(mine, start=first))


def placed[E: StoredEvent](event: E, seq: int) -> E:
    """Return the event as it stands in the log of the session."""
    return event.model_copy(update={"conversation_id": SESSION, "at": AT, "seq": seq})


def _step(turn: str, step: int, part: TextPart | ToolCallPart) -> MessageCompleted:
    return MessageCompleted(
        actor=COACH,
        message_id=ids.step_message(turn, step),
        turn_id=turn,
        step=step,
        author=COACH,
        parts=(part,),
        finish="stop" if isinstance(part, TextPart) else "tools",
    )


def live_text(name: str, step: int = 1, attempt: int = 1, text: str | None = None) -> tuple[ServerEvent, ...]:
    """Return an attempt's frames: its start, and its text in pieces of four characters."""
    turn = turn_of(name)
    whole = answer_of(name) if text is None else text
    message_id = ids.step_message(turn, step)
    started = MessageStarted(
        conversation_id=SESSION, at=AT, message_id=message_id, turn_id=turn, step=step, attempt=attempt
    )
    pieces = (
        MessageDelta(
            conversation_id=SESSION,
            at=AT,
            message_id=message_id,
            turn_id=turn,
            step=step,
            attempt=attempt,
            offset=offset,
            text=whole[offset : offset + 4],
        )
        for offset in range(0, len(whole), 4)
    )
    return (started, *pieces)


def opened(*, through: int = 0, events: tuple[StoredEvent, ...] = ()) -> SessionCreated:
    """Return the answer to `session.update`."""
    first = events[0].seq if events else through + 1
    return SessionCreated(
        conversation_id=SESSION,
        at=AT,
        session_id=SESSION,
        title="",
        tools=(),
        from_seq=first,
        through_seq=through,
        events=told(events),
    )


def told(events: tuple[StoredEvent, ...]) -> tuple[StoredEvent, ...]:
    """Return events as they are sent: a turn's end with its answer."""
    answers = {event.message_id: event for event in events if isinstance(event, MessageCompleted)}
    return tuple(
        filled(event, answers.get(event.message_id or ""))
        if isinstance(event, ChatResponse) and not event.response
        else event
        for event in events
    )


def story(*names: str) -> Story:
    """Return a sound story: these questions one after the other, all told live, the answers streamed."""
    events: list[StoredEvent] = []
    frames: list[ServerEvent] = [opened()]
    for name in names:
        mine = question_events(name, len(events) + 1)
        events += mine
        accepted = CommandAccepted(conversation_id=SESSION, at=AT, client_message_id=name, turn_id=turn_of(name))
        frames += [*mine[:2], accepted, *live_text(name, 0, text=""), *mine[2:5], *live_text(name), *told(mine)[5:]]
    sends = tuple(
        Send(
            conversation_id=SESSION,
            client_message_id=name,
            text=f"{name} effect",
            burst=burst,
            answer=answer_of(name),
            outcome="ok",
        )
        for burst, name in enumerate(names)
    )
    return Story(events=tuple(events), frames=tuple(frames), sends=sends)


def client_of(told_story: Story, *, settled: bool = True, streaming: bool = True) -> ClientHistory:
    """Return the history of a client who saw the story on one connection."""
    visit = Visit(conversation_id=SESSION, frames=told_story.frames, settled=settled, streaming=streaming)
    return ClientHistory(name="one", created=frozenset({SESSION}), sends=told_story.sends, visits=(visit,))


def head_of(events: tuple[StoredEvent, ...]) -> Head:
    return Head(owner=ASKER.id, seq=len(events), created_at=AT, updated_at=AT)


def dump_of(told_story: Story, head: Head | None = None) -> Dump:
    """Return what a sound system keeps of the story."""
    documents = tuple(StoredDocument(id=f"d{n}", event=event) for n, event in enumerate(told_story.events))
    stored = StoredConversation(conversation_id=SESSION, head=head or head_of(told_story.events), documents=documents)
    calls = tuple(ModelCall(question=s.text, step=step, whole=True) for s in told_story.sends for step in (0, 1))
    effects = tuple(Effect(server="crm", tool=TOOL, arguments=ARGUMENTS) for _ in told_story.sends)
    return Dump(conversations=(stored,), model_calls=calls, effects=effects)
