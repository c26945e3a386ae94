"""What only groups know: members and settings, and the events in which the log tells of them.

Epoch: counts the changes of membership and roles; an answer about rights holds for one epoch.
"""

from typing import Literal

from shared.protocol.durable import DurableEvent, EventBase, NarrowEvent
from shared.protocol.shapes import Part, Participant, Shape

type GroupRole = Literal["owner", "facilitator", "member", "observer"]
type History = Literal["all", "from_joining"]
type PresenceState = Literal["here", "away"]


class GroupSettings(Shape):
    """How the coach behaves in the group, and what newcomers see.

    `follow_up`: it goes on answering somebody it just answered, for two minutes, unless somebody else speaks.
    `ambient`: it may speak without being addressed, rarely. `history`: whether newcomers see what was before them.
    """

    follow_up: bool = False
    ambient: bool = False
    history: History = "all"


class GroupMember(Shape):
    """Somebody who belongs to the group, or is `invited` and has not accepted yet."""

    participant: Participant
    role: GroupRole
    invited: bool = False


class GroupInfo(Shape):
    """The group as its reader knows it.

    `read_seq` is the reader's own mark, `unread` what counts beyond it and up to `counted_seq`.
    """

    title: str
    description: str
    settings: GroupSettings
    epoch: int
    role: GroupRole
    members: tuple[GroupMember, ...]
    archived: bool
    read_seq: int
    unread: int
    counted_seq: int


class ParticipantEvent(DurableEvent):
    """A change of who belongs to the group, and its number."""

    participant: Participant
    epoch: int


class ParticipantInvited(ParticipantEvent):
    """Somebody was invited, to have `role` when they accept."""

    type: Literal["participant.invited"] = "participant.invited"
    role: GroupRole


class ParticipantJoined(ParticipantEvent):
    """Somebody joined: they accepted, followed a link, or began the group."""

    type: Literal["participant.joined"] = "participant.joined"
    role: GroupRole


class ParticipantLeft(ParticipantEvent):
    """Somebody left of their own accord, or declined."""

    type: Literal["participant.left"] = "participant.left"


class ParticipantRemoved(ParticipantEvent):
    """Somebody was removed by the actor, or their invitation taken back."""

    type: Literal["participant.removed"] = "participant.removed"


class ParticipantRole(ParticipantEvent):
    """Somebody has another role now."""

    type: Literal["participant.role"] = "participant.role"
    role: GroupRole


class GroupUpdated(DurableEvent):
    """The group's description, settings or state is this now; a new title is told by `title.updated`."""

    type: Literal["group.updated"] = "group.updated"
    description: str
    settings: GroupSettings
    archived: bool = False


class MessageEdited(NarrowEvent):
    """A person's message reads otherwise now; `parts` take the place of what it said. Nothing is answered anew."""

    type: Literal["message.edited"] = "message.edited"
    message_id: str
    parts: tuple[Part, ...]


class MessageDeleted(NarrowEvent):
    """A message was taken back; its text is gone everywhere."""

    type: Literal["message.deleted"] = "message.deleted"
    message_id: str


class MessageShared(DurableEvent):
    """What the coach told the actor alone, shared with the group by them: `parts` is what `message_id` says."""

    type: Literal["message.shared"] = "message.shared"
    message_id: str
    turn_id: str
    parts: tuple[Part, ...]


class SteerTaken(DurableEvent):
    """Who asks `steers`, the running turn, took a question that waited into it: `turn_id` waits no longer.

    From here on its message counts as put into `steers`; if that ends without having read it, it waits again.
    """

    type: Literal["steer.taken"] = "steer.taken"
    turn_id: str
    message_id: str
    steers: str


class SteerOffered(EventBase):
    """Somebody wrote "@coach also ..." while the turn `steers` of the person told runs; sent to them alone.

    It waits as the turn `turn_id` of its author, unless they take it into theirs with `steer.take`.
    """

    type: Literal["steer.offered"] = "steer.offered"
    turn_id: str
    message_id: str
    author: Participant
    steers: str


class Notice(EventBase):
    """What somebody should know of what they just did, in words; sent to the connection that did it."""

    type: Literal["notice"] = "notice"
    message: str
    message_id: str | None = None


class ReactionSet(NarrowEvent):
    """The actor reacted to a message with `emoji`, or took that back."""

    type: Literal["reaction.set"] = "reaction.set"
    message_id: str
    emoji: str
    on: bool


class Typing(EventBase):
    """Somebody types; over when `on` is false, when their message comes, or six seconds after the last of these."""

    type: Literal["typing"] = "typing"
    participant: Participant
    on: bool = True


class Presence(EventBase):
    """Somebody is here, or no longer; said again every 20 s, over 60 s after the last time."""

    type: Literal["presence"] = "presence"
    participant: Participant
    state: PresenceState


class ReadUpdated(EventBase):
    """How far one has read; sent to one's own connections alone. `unread` is counted up to `through_seq`."""

    type: Literal["read.updated"] = "read.updated"
    seq: int
    unread: int
    through_seq: int
