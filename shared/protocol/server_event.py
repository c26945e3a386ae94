"""Everything the server may send, as one union: what a client has to understand."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from shared.protocol.ephemeral import (
    CommandAccepted,
    ConnectionAck,
    ErrorEvent,
    MessageDelta,
    MessageStarted,
    SessionCreated,
    Snapshot,
)
from shared.protocol.events import VisibleEvent

type EphemeralEvent = Annotated[
    ConnectionAck | CommandAccepted | Snapshot | SessionCreated | MessageStarted | MessageDelta | ErrorEvent,
    Field(discriminator="type"),
]
type ServerEvent = Annotated[VisibleEvent | EphemeralEvent, Field(discriminator="type")]

SERVER_EVENT: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)
