"""Saying something in a group: to everyone, to some, or to the coach."""

import asyncio
import logging
from dataclasses import dataclass, replace

from group_chat.addressing import Spoken
from group_chat.dependencies import GroupDependencies
from group_chat.desk import desk_of
from group_chat.door import GroupDoor, may_write
from group_chat.speech import Outdated, Speech, Surroundings, decide, whole
from group_chat.steering import offer
from group_chat.surroundings import look_around
from shared import ids
from shared.ambient import GroupEngine, ListenRequest, may_listen
from shared.commands.questions import (
    Asked,
    append_question,
    asked_before,
    checked,
    message_key,
    new_question,
    set_in_motion,
)
from shared.connection import Answer, Connection, ConnectionState
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.head import Head
from shared.event_log.shapes import Draft
from shared.people import Grant
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import Query
from shared.protocol.durable import MessageCreated
from shared.protocol.group_commands import GroupMessage
from shared.sign_in import narrowed

_MAX_LOOKS = 10
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to say, as they sent it; names are as they were sent, each once."""

    text: str
    key: str
    client_message_id: str | None
    mentions: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    reply_to: str | None = None
    query: bool = False
    steer: bool = False


async def say(deps: GroupDependencies, engine: GroupEngine, connection: Connection, command: GroupMessage) -> Answer:
    """Store the message and tell it; if it is for the coach, its turn gets the floor or a place in the queue.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the message is stored at most once.

    """
    wish = Wish(
        text=checked(command.content),
        key=message_key(connection, command, command.client_message_id),
        client_message_id=command.client_message_id,
        mentions=tuple(dict.fromkeys(command.mentions)),
        to=tuple(dict.fromkeys(command.to)),
        reply_to=command.reply_to,
    )
    return await _say(deps, engine, connection, command, wish)


async def ask(deps: GroupDependencies, engine: GroupEngine, connection: Connection, query: Query) -> Answer:
    """Ask the coach in the group this connection opened last, or in the one named.

    Raises:
        CommandRefused, NotAllowed, Transient: as `say` does.

    """
    group_id = query.session_id or connection.state.session_id
    if group_id is None:
        raise CommandRefused("Open a group first (group.open).", code=ErrorCode.NO_SESSION)
    wish = Wish(
        text=checked(query.content),
        key=message_key(connection, query, query.client_message_id),
        client_message_id=query.client_message_id,
        query=True,
        steer=query.steer,
    )
    named = query.model_copy(update={"session_id": group_id})
    return await _say(deps, engine, connection, named, wish)


async def _say(
    deps: GroupDependencies, engine: GroupEngine, connection: Connection, command: GroupMessage | Query, wish: Wish
) -> Answer:
    principal = connection.state.principal
    group_id = str(command.group_id if isinstance(command, GroupMessage) else command.session_id)
    door = GroupDoor(deps.gate, principal, group_id, may_write)
    _, granted = await asyncio.gather(door.enter(), deps.people.grant(principal, deps.now()))
    grant = narrowed(granted, connection.state.role)
    state = connection.state
    speech = replace(_speech(deps, door, grant, wish), time_zone=state.time_zone, suggests=state.suggestions)
    asked = await _append(deps, door, speech, wish, grant)
    answer = await set_in_motion(desk_of(deps), engine, group_id, asked, command)
    await asyncio.gather(offer(deps, group_id, asked), _listen(deps, engine, connection.state, asked, group_id))
    return answer


def _speech(deps: GroupDependencies, door: GroupDoor, grant: Grant, wish: Wish) -> Speech:
    turn_id = ids.turn_id(door.conversation_id, door.principal, wish.key)
    message = new_question(turn_id, wish.text, grant, wish.client_message_id)
    said = Spoken(author=door.principal, text=wish.text, mentions=wish.mentions, to=wish.to, query=wish.query)
    return Speech(
        message=message.model_copy(update={"mentions": wish.mentions, "reply_to": wish.reply_to}),
        said=said,
        team=grant.team,
        turn_id=turn_id,
        now=deps.now().timestamp(),
    )


async def _append(deps: GroupDependencies, door: GroupDoor, speech: Speech, wish: Wish, grant: Grant) -> Asked:
    """Append the message as the newest head has it; look around again where that has changed meanwhile."""
    message, wants_turn = whole(speech, to_coach=True), False
    for attempt in range(_MAX_LOOKS):
        try:
            around = await look_around(
                deps, door, speech, grant, anew=attempt > 0, adds=wish.steer, for_coach=wants_turn
            )
        except CommandRefused:
            # Looked at an old head, somebody may only seem to be absent; and what is stored is stored.
            before = await asked_before(desk_of(deps), door.conversation_id, message)
            if before is not None:
                return before
            if attempt > 0:
                raise
            continue
        attempted = _Attempt(speech, around)
        try:
            return await append_question(desk_of(deps), door, message, attempted.decide)
        except CommandRefused:
            if not attempted.outdated:
                raise
            wants_turn = True
    raise StoreUnavailable("The group changes all the time. Nothing was saved; try again.", after_ms=500)


@dataclass(slots=True)
class _Attempt:
    """Decides on what was looked up; where that does not fit the newest head, it declines and says so."""

    speech: Speech
    around: Surroundings
    outdated: bool = False

    def decide(self, head: Head) -> Draft | None:
        self.outdated = False
        try:
            return decide(self.speech, self.around, head)
        except Outdated:
            self.outdated = True
            return None


async def _listen(
    deps: GroupDependencies, engine: GroupEngine, state: ConnectionState, asked: Asked, group_id: str
) -> None:
    """Where the group wants the coach to speak unasked, have it wait for quiet after this message."""
    message = asked.events[0]
    if not isinstance(message, MessageCreated) or message.turn_id is not None or message.audience is not None:
        return
    if not may_listen(asked.head, deps.now().timestamp()):
        return
    try:
        wait = ListenRequest(group_id=group_id, seq=message.seq, role=state.role, time_zone=state.time_zone)
        await engine.listen(wait)
    except StoreUnavailable:
        # The message is stored and told; that nobody asked the coach for is no reason to send it again.
        _LOG.warning("nobody listens for quiet in %s after %d", group_id, message.seq)
