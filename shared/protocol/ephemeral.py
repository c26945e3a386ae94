"""Ephemeral events: they carry no `seq`, may be lost, and no truth rests on them."""

from typing import Literal

from shared.protocol.cards import CardOpened
from shared.protocol.codes import ErrorCode, Fault
from shared.protocol.durable import EventBase
from shared.protocol.events import VisibleEvent
from shared.protocol.group import GroupInfo
from shared.protocol.shapes import (
    PROTOCOL_VERSION,
    ActiveTurn,
    Capability,
    LiveText,
    QueuedTurn,
    ToolInfo,
    WhileBusy,
)


class ConnectionAck(EventBase):
    """First event on a connection. Costs are told in `currency` (ISO 4217; XXX: nothing has a price)."""

    type: Literal["connection.ack"] = "connection.ack"
    connection_id: str
    protocol_version: int = PROTOCOL_VERSION
    capabilities: tuple[Capability, ...] = ("streaming",)
    currency: str = "XXX"


class CommandAccepted(EventBase):
    """Answers a state-changing command once it is stored and started.

    `position` 0 means running; `steers` is the running turn the message was put into, which then has no position.
    """

    type: Literal["command.accepted"] = "command.accepted"
    command_id: str | None = None
    client_message_id: str | None = None
    message_id: str | None = None
    turn_id: str | None = None
    position: int | None = None
    steers: str | None = None
    seq: int | None = None


class SnapshotFields(EventBase):
    """Events `from_seq`..`through_seq` of a conversation; `more` asks for a `sync` from there.

    `questions` are the open cards, `parked` the turns that wait for a person, or for the floor after that.
    """

    from_seq: int
    through_seq: int
    events: tuple[VisibleEvent, ...]
    live: LiveText | None = None
    active_turn: ActiveTurn | None = None
    queue: tuple[QueuedTurn, ...] = ()
    questions: tuple[CardOpened, ...] = ()
    parked: tuple[str, ...] = ()
    more: bool = False


class Snapshot(SnapshotFields):
    """Answers `sync`, and `group.open` with the `group` and what the coach may use for its reader."""

    type: Literal["snapshot"] = "snapshot"
    group: GroupInfo | None = None
    tools: tuple[ToolInfo, ...] = ()
    unavailable: tuple[str, ...] = ()


class SessionCreated(SnapshotFields):
    """Answers `session.update`: the session, what the coach may use, and a snapshot.

    `unavailable` names tool servers that could not be reached while the tools were listed.
    """

    type: Literal["session.created"] = "session.created"
    session_id: str
    title: str
    tools: tuple[ToolInfo, ...]
    unavailable: tuple[str, ...] = ()
    while_busy: WhileBusy = "queue"


class MessageStarted(EventBase):
    """An attempt at a model step began; resets the bubble of `message_id`."""

    type: Literal["message.started"] = "message.started"
    message_id: str
    turn_id: str
    step: int
    attempt: int


class MessageDelta(EventBase):
    """Text that belongs at `offset` (characters) of the attempt's text."""

    type: Literal["message.delta"] = "message.delta"
    message_id: str
    turn_id: str
    step: int
    attempt: int
    offset: int
    text: str


class SteerReturned(EventBase):
    """A message put into `turn_id` came too late for it and is answered by a turn of its own, `becomes`."""

    type: Literal["steer.returned"] = "steer.returned"
    turn_id: str
    message_id: str
    becomes: str


class AiState(EventBase):
    """What the coach is doing when that takes long: it waits for the model, about `after_ms` milliseconds.

    Or what it does that others in a room do not see: it answers somebody privately.
    """

    type: Literal["ai.state"] = "ai.state"
    turn_id: str
    state: Literal["waiting_for_model", "answering_privately"]
    message: str
    after_ms: int | None = None


class BudgetWarning(EventBase):
    """A person or their team has used much of what may be used until `resets_at`; sent to the person alone."""

    type: Literal["budget.warning"] = "budget.warning"
    scope: Literal["person", "team"]
    message: str
    used_percent: int
    resets_at: str


class AnswerOffered(EventBase):
    """Somebody approved an answer for questions like that of `turn_id`, whose own answer goes on; sent in sessions.

    `similarity` (0 to 1) says how like; `version` which wording of the approved answer `text` is.
    """

    type: Literal["answer.offered"] = "answer.offered"
    turn_id: str
    cluster_id: str
    version: int
    text: str
    approved_at: str
    similarity: float


class ListUpdated(EventBase):
    """One of the person's conversations was begun, changed in the list, or deleted; sent to the person alone."""

    type: Literal["list.updated"] = "list.updated"
    change: Literal["created", "changed", "deleted"]


class ToolsUpdated(EventBase):
    """What the coach may use in this session has changed: takes the place of what `session.created` told."""

    type: Literal["tools.updated"] = "tools.updated"
    tools: tuple[ToolInfo, ...]
    unavailable: tuple[str, ...] = ()


class ErrorEvent(EventBase):
    """A command failed. Nothing was changed unless the message says so."""

    type: Literal["error"] = "error"
    code: ErrorCode
    fault: Fault
    message: str
    retryable: bool
    after_ms: int | None = None
    command_id: str | None = None
    client_message_id: str | None = None
    trace_id: str | None = None
