"""The durable events as unions: what the log stores, and what a reader may see of it."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from shared.protocol.beside import AnswerChecked, ChartCreated
from shared.protocol.cards import CardClosed, CardOpened, TurnParked, TurnResumed
from shared.protocol.durable import (
    ChatResponse,
    FeedbackRecorded,
    MessageCompleted,
    MessageCreated,
    SettingsUpdated,
    TitleUpdated,
    ToolCallCompleted,
    ToolCallStarted,
    TurnQueued,
    TurnStarted,
    TurnStopping,
    Withheld,
)
from shared.protocol.group import (
    GroupUpdated,
    MessageDeleted,
    MessageEdited,
    MessageShared,
    ParticipantInvited,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRemoved,
    ParticipantRole,
    ReactionSet,
    SteerTaken,
)

type StoredEvent = Annotated[
    MessageCreated
    | MessageCompleted
    | ToolCallStarted
    | ToolCallCompleted
    | ChatResponse
    | TurnQueued
    | TurnStarted
    | TurnStopping
    | TitleUpdated
    | SettingsUpdated
    | FeedbackRecorded
    | CardOpened
    | CardClosed
    | TurnParked
    | TurnResumed
    | GroupUpdated
    | ParticipantInvited
    | ParticipantJoined
    | ParticipantLeft
    | ParticipantRemoved
    | ParticipantRole
    | MessageEdited
    | MessageDeleted
    | MessageShared
    | SteerTaken
    | ReactionSet
    | ChartCreated
    | AnswerChecked,
    Field(discriminator="type"),
]
type VisibleEvent = Annotated[StoredEvent | Withheld, Field(discriminator="type")]

STORED_EVENT: TypeAdapter[StoredEvent] = TypeAdapter(StoredEvent)
