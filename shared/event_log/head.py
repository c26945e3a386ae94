"""The head of a conversation: the one document every append replaces.

It orders the log (`seq`), holds the floor (`active_turn`, `queue`) and says when somebody should look whether
the turn is still alive (`claim`). At most 8 kB.
"""

from typing import Any, Literal

from shared.protocol.group import GroupSettings
from shared.protocol.shapes import TitleSource, Usage, WhileBusy
from shared.stored import Stored
from shared.usage.teams import UNASSIGNED

SCHEMA_VERSION = 1


class Waiting(Stored):
    """A turn as it is known before it runs. `question_seq` is where its question stands; `team` pays with the asker.

    `manifest_id`: what the coach may use for this asker, where that is not the conversation's; in groups. `trace`: the
    trace context its question came in. `whispered`: others are not told whose it is. `suggests`: it was asked over a
    connection that shows what to ask next.
    """

    turn_id: str
    asker: str
    team: str = UNASSIGNED
    question_seq: int
    manifest_id: str | None = None
    trace: str | None = None
    whispered: bool = False
    suggests: bool = False

    def known(self) -> dict[str, Any]:
        """Return what is known of the turn wherever it stands, also what only a newer version of the app knows."""
        return {name: getattr(self, name) for name in Waiting.model_fields} | (self.model_extra or {})


class TurnOnFloor(Waiting):
    """The active turn. Times are epoch seconds."""

    started: float
    deadline: float
    stopping: bool = False
    parkings: int = 0
    """How often it has waited for a person before."""


class TurnInQueue(Waiting):
    """A turn waiting for the floor. One that comes back from waiting for a person has seconds `left` to run."""

    left: float | None = None
    parkings: int = 0


class TurnParked(Waiting):
    """A turn that waits for a person, off the floor, with so many seconds `left` to run; `parkings` counts from 1."""

    left: float
    parkings: int
    stopping: bool = False


class OpenCard(Stored):
    """A question a person has not answered yet; `expires` is in epoch seconds."""

    question_id: str
    turn_id: str
    expires: float


class Steer(Waiting):
    """A message put into the active turn and not used by it yet; `turn_id` is the turn it becomes if it never is."""

    characters: int
    taken: bool = False
    """It waited in the queue before, until the asker of the active turn took it."""


class Claim(Stored):
    """When (epoch seconds) the sweeper should look at this conversation; absent where no turn needs it."""

    check_after: float


class GroupState(Stored):
    """What the head of a group holds beside. `members` counts those who may write, `epoch` is the head's.

    `people` counts all who belong, observers too, `owners` those of them who are one, `invited` who has not accepted.
    `expelled` are the latest who left or were removed: nothing is sent to a connection of theirs, whatever group it may
    still be in.
    """

    description: str = ""
    settings: GroupSettings = GroupSettings()
    members: int = 1
    people: int = 1
    owners: int = 1
    invited: int = 0
    expelled: tuple[str, ...] = ()
    coach_spoke_at: float | None = None
    """When (epoch seconds) the coach last ended an answer; for the follow-up window and the ambient mode."""
    coach_spoke_to: str | None = None
    """Whom it answered; None once somebody else has spoken since."""
    spoken_since: int = 0
    """How many messages people wrote since the coach last spoke unasked."""


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
    parked: tuple[TurnParked, ...] = ()
    cards: tuple[OpenCard, ...] = ()
    steers: tuple[Steer, ...] = ()
    last_turn: TurnInQueue | None = None
    """The latest question's turn that has ended; the one that may be answered again."""
    untold: tuple[Waiting, ...] = ()
    """Turns whose end is stored, but may never have been told and counted; the sweeper sees to that."""
    while_busy: WhileBusy = "queue"
    usage: Usage = Usage()
    """What all ended turns used together."""
    claim: Claim | None = None
    created_at: str
    updated_at: str
    ttl: int | None = None
    """Seconds until the store itself lets the head go: of an unused, a temporary or a deleted conversation."""
    title_by: TitleSource = "first_words"
    title_tries: int = 0
    """How often the utility model was asked for a title in vain."""
    summary_after: int = 0
    """No summary is asked for until `seq` is here: the utility model wrote none that can be used."""
    used_at: str | None = None
    """When something was last asked; absent while nothing was."""
    listed_at: str | None = None
    """When that was last written into the owner's list."""
    pinned: bool = False
    archived: bool = False
    marks: int = 0
    """Counts the changes of `pinned` and `archived`, so that the list shows the last of them."""
    temporary: bool = False
    group: GroupState | None = None
    """Only of a group."""
    deleted_at: str | None = None
    """Set on the tombstone: the conversation is gone for everyone, whatever of it is still to be erased."""
    erase_after: float | None = None
    """When (epoch seconds) its text is to be erased; absent while it may stay, and once nothing is left."""

    def is_gone(self, now: float) -> bool:
        """Tell whether the conversation is deleted, or was temporary and its time is over."""
        return self.deleted_at is not None or (self.temporary and (self.erase_after or now) <= now)


class VersionedHead(Stored):
    """A head as it was read; every decision made on it holds for `etag` only."""

    head: Head
    etag: str

    @property
    def seq(self) -> int:
        return self.head.seq
