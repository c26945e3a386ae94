"""What has to be looked up before a message in a group is decided on."""

from group_chat.dependencies import GroupDependencies
from group_chat.door import GroupDoor, may_write
from group_chat.speech import Speech, Surroundings, is_for_coach
from group_chat.spoken_to import adds_to_question
from shared import ids
from shared.access import GroupAccess
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, MessageCreated
from shared.protocol.group import MessageShared
from shared.protocol.shapes import COACH

NO_SUCH_MESSAGE = "There is no such message in this group."
_NAMES_TOLD = 3


async def look_around(
    deps: GroupDependencies, door: GroupDoor, speech: Speech, grant: Grant, *, anew: bool, adds: bool, for_coach: bool
) -> Surroundings:
    """Return what the message has to do with; `anew`: on a head just read.

    `adds`: it wants to be put into the author's running turn; `for_coach`: it is known to need a turn.

    Raises:
        CommandRefused: it names somebody or something that is not there.
        Transient: try again.

    """
    access = await door.access(anew=anew)
    head = access.known.head
    # Before anything is kept for the message: of who only reads here nothing is.
    may_write(head, access.member)
    await _check_names(deps, door, access, speech)
    found = Surroundings(epoch=head.epoch, replies_to=await _replied_to(deps, door, speech.message.reply_to))
    if not for_coach and not is_for_coach(speech, found, head):
        return found
    wants_in = not speech.said.to and (adds or adds_to_question(speech.said.text))
    return Surroundings(
        epoch=found.epoch,
        replies_to=found.replies_to,
        manifest_id=await deps.askers.pin(door.conversation_id, grant, speech.time_zone),
        open_turn=await _open_turn(deps, door, head) if wants_in else None,
    )


async def _check_names(deps: GroupDependencies, door: GroupDoor, access: GroupAccess, speech: Speech) -> None:
    mentions, to = speech.said.mentions, speech.said.to
    if COACH.id in to and len(to) > 1:
        raise CommandRefused("Whisper to the coach or to people, not to both at once. Nothing was sent.")
    if to and COACH.id not in to and COACH.id in mentions:
        raise CommandRefused("The coach does not hear whispers to others. Whisper to the coach itself.")
    if to == (door.principal,):
        raise CommandRefused("A whisper needs somebody else to hear it. Nothing was sent.")
    named = {*mentions, *to} - {COACH.id, door.principal}
    if not named:
        return
    members = await deps.gate.members.all(door.conversation_id, access.known.head.epoch)
    strangers = sorted(named - {member.principal for member in members if member.state == "member"})
    if strangers:
        told = ", ".join(strangers[:_NAMES_TOLD])
        raise CommandRefused(f"Not in this group: {told}. Nothing was sent.", code=ErrorCode.MEMBER_NOT_FOUND)


async def _replied_to(deps: GroupDependencies, door: GroupDoor, message_id: str | None) -> str | None:
    """Return who wrote the message that is replied to; the author has to be able to see it."""
    if message_id is None:
        return None
    # It may have been taken back while the reply was written: a reply that came before it stands, too.
    event = await visible_message(deps, door, message_id, or_taken_back=True)
    return event.actor.id if isinstance(event, MessageCreated) else COACH.id


async def visible_message(
    deps: GroupDependencies, door: GroupDoor, message_id: str, *, or_taken_back: bool = False
) -> MessageCreated | MessageCompleted | MessageShared:
    """Return a message of the group that the person, who has entered, may see.

    Raises:
        CommandRefused: there is none, or it was taken back and that was not asked for.

    """
    for event_id in (ids.created(message_id), ids.completed(message_id), ids.shared(message_id)):
        event = await deps.log.event(door.conversation_id, event_id)
        if not isinstance(event, MessageCreated | MessageCompleted | MessageShared):
            continue
        if not door.sees(event):
            # What this process remembers may be older than what lets them see it.
            await door.access(anew=True)
            if not door.sees(event):
                continue
        if event.parts or (or_taken_back and isinstance(event, MessageCreated)):
            return event
    raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)


async def _open_turn(deps: GroupDependencies, door: GroupDoor, head: Head) -> str | None:
    """Return the running turn if the person asked it, for everyone to see."""
    running = head.active_turn
    if running is None or running.asker != door.principal:
        return None
    question = await deps.log.event(door.conversation_id, ids.created(ids.question_message(running.turn_id)))
    is_open = isinstance(question, MessageCreated) and question.audience is None
    return running.turn_id if is_open else None
