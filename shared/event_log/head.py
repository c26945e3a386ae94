"""The head of a conversation: the one document every append replaces.

It orders the log (`seq`), holds the floor (`active_turn`, `queue`) and says when somebody should look whether
the turn is still alive (`claim`). At most 8 kB.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.protocol.shapes import Usage, WhileBusy
from shared.usage.teams import UNASSIGNED

SCHEMA_VERSION = 1


class Stored(BaseModel):
    """A stored shape: versioned by its document, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Waiting(Stored):
    """A turn as it is known before it runs. `question_seq` is where its question stands; `team` pays with the asker."""

    turn_id: str
    asker: str
    team: str = UNASSIGNED
    question_seq: int


class TurnOnFloor(Waiting):
    """The active turn. Times are epoch seconds."""

    started: float
    deadline: float
    stopping: bool = False


class TurnInQueue(Waiting):
    """A turn waiting for the floor."""


class Steer(Waiting):
    """A message put into the active turn and not used by it yet; `turn_id` is the turn it becomes if it never is."""

    characters: int


class Claim(Stored):
    """When (epoch seconds) the sweeper should look at this conversation; absent while the floor is free."""

    check_after: float


class Head(Stored):
    """The head. `countable` counts messages for unread marks; `manifest_id` names the pinned manifest."""

    schema_version: Literal[1] = SCHEMA_VERSION
    owner: str
    title: str = ""
    epoch: int = 1
    seq: int = 0
    countable: int = 0
    manifest_id: str | None = None
    active_turn: TurnOnFloor | None = None
    queue: tuple[TurnInQueue, ...] = ()
    parked: tuple[TurnInQueue, ...] = ()
    steers: tuple[Steer, ...] = ()
    last_turn: TurnInQueue | None = None
    """The turn that held the floor last; the one that may be answered again."""
    while_busy: WhileBusy = "queue"
    usage: Usage = Usage()
    """What all ended turns used together."""
    claim: Claim | None = None
    created_at: str
    updated_at: str
    ttl: int | None = None
    """Seconds until an unused conversation disappears; absent once something was said."""


class VersionedHead(Stored):
    """A head as it was read; every decision made on it holds for `etag` only."""

    head: Head
    etag: str

    @property
    def seq(self) -> int:
        return self.head.seq
