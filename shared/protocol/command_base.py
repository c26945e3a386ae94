"""What all commands share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_FRAME_BYTES = 64 * 1024
MAX_CONTENT_CHARACTERS = 32_000
MAX_NOTE_CHARACTERS = 2000
MAX_MENTIONS = 50

type ShortId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.\-]+$")]
type Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
type ClientMessageId = Annotated[str, Field(min_length=1, max_length=200)]


class CommandBase(BaseModel):
    """Fields every command may carry. `command_id` makes it idempotent and comes back on the answer.

    `traceparent` (W3C Trace Context) names the trace the command belongs to; one that cannot be read is ignored.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    command_id: ClientMessageId | None = None
    traceparent: Annotated[str, Field(max_length=200)] | None = None
