"""What a message in a group appends: pure decisions on the newest head."""

from dataclasses import dataclass

from group_chat.addressing import Spoken, addressed
from group_chat.group_state import group_of
from shared import ids
from shared.commands.questions import as_steer, on_floor
from shared.event_log.head import GroupState, Head, TurnInQueue
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import MessageCreated
from shared.protocol.shapes import COACH


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was looked up before a message is decided on; it holds in one epoch.

    `manifest_id` is what the coach may use for the author, looked up when the message seemed to be for it;
    `open_turn` a turn of the author's that everyone sees, into which the message wants to be put.
    """

    epoch: int
    replies_to: str | None = None
    manifest_id: str | None = None
    open_turn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A message with what decides on it; `message` has its turn's id, which it keeps only if the coach is to answer.

    `time_zone` is where its author is, if their client said so; `suggests`: it shows them what to ask next.
    """

    message: MessageCreated
    said: Spoken
    team: str
    turn_id: str
    now: float
    time_zone: str | None = None
    suggests: bool = False


class Outdated(Exception):  # noqa: N818 - reads as what happened
    """What was looked up does not fit the newest head: look again."""


def whole(speech: Speech, *, to_coach: bool) -> MessageCreated:
    """Return the message as it is stored: a whisper is for its author and those it is told to."""
    audience = None
    if speech.said.to:
        people = [name for name in speech.said.to if name not in {COACH.id, speech.said.author}]
        audience = (speech.said.author, *dict.fromkeys(people))
    turn_id = speech.turn_id if to_coach else None
    return speech.message.model_copy(update={"turn_id": turn_id, "audience": audience})


def is_for_coach(speech: Speech, around: Surroundings, head: Head) -> bool:
    """Tell whether the coach is to answer, as the group is now."""
    return addressed(_with_reply(speech.said, around), group_of(head), speech.now)


def decide(speech: Speech, around: Surroundings, head: Head) -> Draft:
    """Return what appends the message, with the floor or a place in the queue for its turn if the coach is to answer.

    Raises:
        CommandRefused: the queue is full.
        Outdated: the members have changed, or nobody looked yet what the coach may use.

    """
    if head.epoch != around.epoch:
        raise Outdated
    to_coach = is_for_coach(speech, around, head)
    message = whole(speech, to_coach=to_coach)
    if not to_coach:
        return _remark(message, head)
    running = head.active_turn
    if around.open_turn is not None and running is not None and running.turn_id == around.open_turn:
        put = as_steer(head, message, speech.team, around.manifest_id, suggests=speech.suggests)
        if put is not None:
            return _spoken(put, message)
    if around.manifest_id is None:
        raise Outdated
    turn = TurnInQueue(
        turn_id=speech.turn_id,
        asker=message.author.id,
        team=speech.team,
        question_seq=head.seq + 1,
        manifest_id=around.manifest_id,
        whispered=message.audience is not None,
        suggests=speech.suggests,
    )
    return _spoken(on_floor(head, message, turn, speech.now), message)


def _remark(message: MessageCreated, head: Head) -> Draft:
    said = NewEvent(id=ids.created(message.message_id), event=message)
    return _spoken(Draft(events=(said,), head=_counted(head)), message)


def _counted(head: Head) -> Head:
    return head.model_copy(update={"countable": head.countable + 1})


def _spoken(draft: Draft, message: MessageCreated) -> Draft:
    """Note in the head that somebody spoke; of a whisper, which is not the room's, nothing is noted."""
    head = draft.head
    if message.audience is not None:
        head = head.model_copy(update={"countable": head.countable - 1})
        return Draft(events=draft.events, head=head)
    group = spoken_in(group_of(head), message.author.id)
    return Draft(events=draft.events, head=head.model_copy(update={"group": group}))


def spoken_in(group: GroupState, author: str) -> GroupState:
    """Return what the group remembers once somebody has spoken: who else was answered is no longer just answered."""
    to = group.coach_spoke_to if group.coach_spoke_to == author else None
    return group.model_copy(update={"coach_spoke_to": to, "spoken_since": group.spoken_since + 1})


def _with_reply(said: Spoken, around: Surroundings) -> Spoken:
    return Spoken(
        author=said.author,
        text=said.text,
        mentions=said.mentions,
        to=said.to,
        replies_to=around.replies_to,
        query=said.query,
    )
