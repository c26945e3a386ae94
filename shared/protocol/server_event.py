"""Everything the server may send, as one union: what a client has to understand."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from shared.protocol.beside import SuggestionsOffered
from shared.protocol.cards import ToolCallProgress
from shared.protocol.ephemeral import (
    AiState,
    AnswerOffered,
    BudgetWarning,
    CommandAccepted,
    ConnectionAck,
    ErrorEvent,
    ListUpdated,
    MessageDelta,
    MessageStarted,
    SessionCreated,
    Snapshot,
    SteerReturned,
    ToolsUpdated,
)
from shared.protocol.events import VisibleEvent
from shared.protocol.group import Notice, Presence, ReadUpdated, SteerOffered, Typing

type EphemeralEvent = Annotated[
    ConnectionAck
    | CommandAccepted
    | Snapshot
    | SessionCreated
    | MessageStarted
    | MessageDelta
    | SteerReturned
    | SteerOffered
    | Notice
    | AiState
    | ToolCallProgress
    | BudgetWarning
    | AnswerOffered
    | ListUpdated
    | ToolsUpdated
    | Typing
    | Presence
    | ReadUpdated
    | SuggestionsOffered
    | ErrorEvent,
    Field(discriminator="type"),
]
type ServerEvent = Annotated[VisibleEvent | EphemeralEvent, Field(discriminator="type")]

SERVER_EVENT: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)
