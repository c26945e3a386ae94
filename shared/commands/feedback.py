"""What a person says of a tool call or of an answer: in the log, and where it is counted."""

import asyncio
from dataclasses import dataclass
from typing import cast

from shared import ids
from shared.clock import iso
from shared.commands.desk import CommandDesk
from shared.commands.door import Door
from shared.connection import Answer, Connection
from shared.errors import CommandRefused
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import AlreadyHappened, Appended, AppendResult, Draft, NewEvent
from shared.protocol.codes import ErrorCode
from shared.protocol.commands import FeedbackRecord
from shared.protocol.durable import FeedbackRecorded, MessageCompleted, ToolCallCompleted
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.shapes import COACH, CallVote, MessageVote
from shared.votes import AnswerVote, ToolVote

NO_SUCH_CALL = "There is no such finished tool call in this conversation."
NO_SUCH_MESSAGE = "There is no such message of the coach in this conversation."
USED_BEFORE = "This command_id was used for other feedback. Send it with a new one."
_DAY_CHARACTERS = len("2026-03-02")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What is judged."""

    id: str
    judged: ToolCallCompleted | MessageCompleted

    @property
    def call(self) -> ToolCallCompleted | None:
        return self.judged if isinstance(self.judged, ToolCallCompleted) else None

    @property
    def audience(self) -> tuple[str, ...] | None:
        """Return who may know of it; None: everyone."""
        return self.judged.audience


async def record_feedback(desk: CommandDesk, door: Door, connection: Connection, command: FeedbackRecord) -> Answer:
    """Store the vote, count it, and tell the audience.

    Raises:
        CommandRefused, NotAllowed: nothing was changed.
        Transient: the webhook is delivered again; the vote is stored and counted once.

    """
    principal, conversation_id = door.principal, door.conversation_id
    _, grant = await asyncio.gather(door.enter(), desk.people.grant(principal, desk.now()))
    target = await _target(desk, door, command)
    event = FeedbackRecorded(
        actor=grant.participant(),
        call_id=command.call_id,
        message_id=command.message_id,
        vote=command.vote,
        note=(command.note or "").strip() or None,
        server=target.call.server if target.call else None,
        tool=target.call.tool if target.call else None,
        audience=_with_voter(target.audience, principal),
    )
    key = command.command_id or ids.default_command_id(connection.id, connection.event_id)
    event_id = ids.feedback(target.id, principal, key)
    result = await door.append(lambda head: Draft(events=(NewEvent(id=event_id, event=event),), head=head))
    stored = _stored(result, event)
    await asyncio.gather(
        _count(desk, stored, target, grant.roles), desk.publisher.to_conversation(conversation_id, [stored])
    )
    accepted = CommandAccepted(
        conversation_id=conversation_id, at=iso(desk.now()), command_id=command.command_id, seq=stored.seq
    )
    return Answer(event=accepted)


def _with_voter(audience: tuple[str, ...] | None, voter: str) -> tuple[str, ...] | None:
    """Return who may know of the vote: who may see all of what is judged, and who judged."""
    return None if audience is None else tuple(dict.fromkeys((*audience, voter)))


async def _target(desk: CommandDesk, door: Door, command: FeedbackRecord) -> _Target:
    """Return what is judged: a call that ended, or something the coach said, that the person may see."""
    name = command.call_id or command.message_id or ""
    event = await desk.log.event(door.conversation_id, ids.completed(name))
    if command.call_id is not None:
        if not isinstance(event, ToolCallCompleted) or not door.sees(event):
            raise CommandRefused(NO_SUCH_CALL, code=ErrorCode.MESSAGE_NOT_FOUND)
        return _Target(id=name, judged=event)
    if not isinstance(event, MessageCompleted) or event.author != COACH or not door.sees(event):
        raise CommandRefused(NO_SUCH_MESSAGE, code=ErrorCode.MESSAGE_NOT_FOUND)
    return _Target(id=name, judged=event)


def _stored(result: AppendResult, meant: FeedbackRecorded) -> FeedbackRecorded:
    """Return the event as the log has it, which must say what the command says."""
    match result:
        case Appended(events=(FeedbackRecorded() as event,)) | AlreadyHappened(event=FeedbackRecorded() as event):
            if (event.vote, event.note) == (meant.vote, meant.note):
                return event
            raise CommandRefused(USED_BEFORE, code=ErrorCode.MESSAGE_CONFLICT)
        case _:
            raise conversation_not_found()


async def _count(desk: CommandDesk, event: FeedbackRecorded, target: _Target, roles: frozenset[str]) -> None:
    match target.judged:
        case ToolCallCompleted() as call:
            vote = _vote_on_call(event, call, roles)
        case MessageCompleted() as answer:
            vote = await _vote_on_answer(desk, event, answer, roles)
    await desk.feedback.put(vote)


def _vote_on_call(event: FeedbackRecorded, call: ToolCallCompleted, roles: frozenset[str]) -> ToolVote:
    return ToolVote(
        conversation_id=event.conversation_id,
        call_id=call.call_id,
        person=event.actor.id,
        seq=event.seq,
        day=call.at[:_DAY_CHARACTERS],
        at=event.at,
        server=call.server,
        tool=call.tool,
        roles=tuple(sorted(roles)),
        vote=cast("CallVote", event.vote),
        note=event.note,
    )


async def _vote_on_answer(
    desk: CommandDesk, event: FeedbackRecorded, answer: MessageCompleted, roles: frozenset[str]
) -> AnswerVote:
    """Return the vote with the prompt the answer was written with, as its manifest tells it."""
    known = await desk.log.manifest(event.conversation_id, answer.manifest_id) if answer.manifest_id else None
    return AnswerVote(
        conversation_id=event.conversation_id,
        message_id=answer.message_id,
        person=event.actor.id,
        seq=event.seq,
        day=answer.at[:_DAY_CHARACTERS],
        at=event.at,
        prompt=known.prompt if known else "",
        prompt_version=known.prompt_version if known else "",
        roles=tuple(sorted(roles)),
        vote=cast("MessageVote", event.vote),
        note=event.note,
    )
