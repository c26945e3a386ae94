"""Durable events: stored before they are sent, numbered by `seq` without gaps.

`at` is UTC in ISO 8601 with milliseconds.
"""

from typing import Literal

from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import (
    CallVote,
    ErrorInfo,
    MessageVote,
    OthersSee,
    Part,
    Participant,
    Readers,
    Shape,
    TitleSource,
    ToolFeedback,
    ToolStatus,
    Trust,
    TurnStatus,
    Usage,
    WhileBusy,
)

UNSEQUENCED = 0
"""The `seq` of a durable event that is not appended yet; the log numbers from 1."""


class EventBase(Shape):
    """What every event carries."""

    conversation_id: str = ""
    at: str = ""


class DurableEvent(EventBase):
    """An event of the log."""

    seq: int = UNSEQUENCED
    actor: Participant


class NarrowEvent(DurableEvent):
    """An event that not everyone may see whole. `audience` (principals) sees all of it; None: everyone does.

    What the others get is `nothing` (`withheld`), or an `outline` without what is private in it. In the outline of a
    turn that was asked for in a whisper `audience` is empty, for it would tell whose it is.
    """

    audience: tuple[str, ...] | None = None
    others_see: OthersSee = "nothing"


class Withheld(EventBase):
    """Stands for a durable event this reader may not see, so that `seq` has no gaps for anyone."""

    type: Literal["withheld"] = "withheld"
    seq: int


class MessageCreated(NarrowEvent):
    """A person's message.

    `steers` is the running turn it was put into; `replaces` the message it is a new version of. In a group it may be a
    reply to another message and mention people (principals) or the `coach`. `said_at` is when it was said in a private
    conversation the actor copied it from; the author may be the coach then.
    """

    type: Literal["message.created"] = "message.created"
    message_id: str
    turn_id: str | None = None
    author: Participant
    parts: tuple[Part, ...]
    client_message_id: str | None = None
    steers: str | None = None
    replaces: str | None = None
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    said_at: str | None = None


class MessageCompleted(NarrowEvent):
    """One model step of the coach, complete: replaces everything streamed for `message_id`.

    `finish` tells why the model ended: `stop`, `tools` (it asked for tools), `length` (cut by the token
    limit), `stopped` (by a person), `failed` (what was written before a failure). `attempt` is the one whose deltas
    spelled this text; `steered_by` are the messages put into the turn before this step; `limit` is the limit of a turn
    that made this its last step; `manifest_id` is what the coach knew and could use; `memory_version` is the version of
    the person's memory it was told, absent when it was told none; `untrusted_from` are the tool servers whose text,
    which strangers may have written, it was told in this step, also in words made of it.
    """

    type: Literal["message.completed"] = "message.completed"
    message_id: str
    turn_id: str
    step: int
    author: Participant
    parts: tuple[Part, ...]
    finish: Literal["stop", "tools", "length", "stopped", "failed"]
    usage: Usage | None = None
    attempt: int = 1
    steered_by: tuple[str, ...] = ()
    limit: ErrorCode | None = None
    manifest_id: str | None = None
    memory_version: int | None = None
    untrusted_from: tuple[str, ...] = ()


class ToolCallStarted(NarrowEvent):
    """A tool call began. `lease_until` (UTC) is when it is given up as lost; an `idempotent` one may be repeated.

    A call that needed something from a person begins again with the answer, as `round` 1 and so on.
    """

    type: Literal["tool_call.started"] = "tool_call.started"
    call_id: str
    turn_id: str
    server: str
    tool: str
    arguments: str
    lease_until: str
    idempotent: bool = False
    round: int = 0


class ToolCallCompleted(NarrowEvent):
    """A tool call ended. `preview` is the start of its text; `result_ref` points to all of it.

    `readers` may see it; what is `untrusted` may come from strangers.
    """

    type: Literal["tool_call.completed"] = "tool_call.completed"
    call_id: str
    turn_id: str
    server: str
    tool: str
    status: ToolStatus
    preview: str
    result_ref: str | None = None
    ms: int
    readers: Readers = "everyone"
    trust: Trust = "trusted"


class ChatResponse(NarrowEvent):
    """The turn's only terminal event, whatever its status. `response` is filled when it is sent."""

    type: Literal["chat_response"] = "chat_response"
    turn_id: str
    status: TurnStatus
    message_id: str | None = None
    response: str = ""
    tool_feedback: tuple[ToolFeedback, ...] = ()
    charts: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: ErrorInfo | None = None
    next_turn_id: str | None = None


class TurnQueued(DurableEvent):
    """A turn waits for the floor; `position` counts from 1. Of a whispered one the actor does not tell whose it is."""

    type: Literal["turn.queued"] = "turn.queued"
    turn_id: str
    position: int


class TurnStarted(DurableEvent):
    """A turn took the floor. Of a whispered one the actor does not tell whose it is.

    `replaces` is the turn it takes the place of: that one and every turn begun since are superseded. They stay in the
    log and are told to nobody again. `question_id` is the message it answers when that is not its own.
    """

    type: Literal["turn.started"] = "turn.started"
    turn_id: str
    replaces: str | None = None
    question_id: str | None = None


class TurnStopping(NarrowEvent):
    """Somebody asked the turn to stop; of a whispered one others are not told who."""

    type: Literal["turn.stopping"] = "turn.stopping"
    turn_id: str


class TitleUpdated(DurableEvent):
    """The conversation has a new title: its question's first words, the utility model's words, or a person's."""

    type: Literal["title.updated"] = "title.updated"
    title: str
    source: TitleSource = "first_words"


class SettingsUpdated(DurableEvent):
    """What the conversation does with a question asked while a turn runs: `queue` it, or `reject` it."""

    type: Literal["settings.updated"] = "settings.updated"
    while_busy: WhileBusy


class FeedbackRecorded(NarrowEvent):
    """How a person (the actor) found a tool call, of which `server` and `tool` are told, or a message of the coach.

    The actor's latest on a thing counts.
    """

    type: Literal["feedback.recorded"] = "feedback.recorded"
    call_id: str | None = None
    message_id: str | None = None
    vote: CallVote | MessageVote
    note: str | None = None
    server: str | None = None
    tool: str | None = None
