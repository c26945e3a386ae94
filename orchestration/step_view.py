"""What one model step works on: what it may be told, who gets it, and with which words it is introduced."""

from contextlib import suppress
from dataclasses import dataclass, replace

from orchestration.dependencies import TurnDependencies
from orchestration.messages import StepRequest
from orchestration.room_audience import StepAudience, seen_by, step_audience
from shared import ids, room_frames
from shared.errors import ModelFailed, PublishFailed, StoreUnavailable
from shared.event_log.documents import Manifest
from shared.event_log.head import Head
from shared.event_log.shapes import Record
from shared.protocol.codes import ErrorCode
from shared.protocol.ephemeral import AiState

ASKER_LEFT = "The person who asked belongs to the group no longer, so their question is not answered."
PRIVATELY = (
    "\nYour answer to this message goes to the person who asked alone: it rests on what only they may see. Others in"
    " the room will not read it.\n"
)
PRIVATE = "The coach answers the person who asked alone first: only they may see what it found."
FOR_THE_ROOM = (
    "\nThe person who asked has been answered alone, with what only they may see, and that is not shown to you here."
    " Tell the room, briefly, what everyone may know; if that is nothing, say in one sentence that the answer went to"
    " them.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """The record as far as those who get the step may see it. `audience`: None in a person's own session."""

    told: Record
    audience: StepAudience | None = None
    words: str = ""
    """What is added to the instructions."""

    @property
    def readers(self) -> frozenset[str] | None:
        return None if self.audience is None else self.audience.readers

    @property
    def only(self) -> tuple[str, ...] | None:
        """Return the principals the step is for; None if everyone in the conversation gets it."""
        return None if self.audience is None else self.audience.only

    @property
    def room_waits(self) -> bool:
        """Tell whether the room is to be answered by a step of its own."""
        return self.audience is not None and self.audience.is_private and not self.audience.whole_turn


async def view_of_step(deps: TurnDependencies, request: StepRequest, record: Record) -> StepView:
    """Return what the step works on, as the members are now.

    Raises:
        ModelFailed: the asker has left the group.
        StoreUnavailable: the step is run again.

    """
    head = record.head.head
    if head.group is None:
        return StepView(told=record)
    members = await deps.members.all(request.conversation_id, head.epoch)
    if not any(member.principal == request.asker and member.state == "member" for member in members):
        raise ModelFailed(ASKER_LEFT, code=ErrorCode.FORBIDDEN)
    audience = step_audience(record, request.turn_id, request.asker, members, room=request.room)
    words = room_frames.INSTRUCTIONS + (PRIVATELY if audience.is_private else FOR_THE_ROOM if request.room else "")
    return StepView(told=seen_by(record, audience), audience=audience, words=words)


def with_newest_manifest(deps: TurnDependencies, request: StepRequest) -> StepRequest:
    """Take the manifest pinned since the turn began, as far as this process knows: what it saw before says less.

    In a group each turn has its asker's.
    """
    known = deps.log.memory.head(request.conversation_id)
    return request if known is None or known.seq < request.question_seq else _naming_newest(request, known.head)


async def on_newest_manifest(
    deps: TurnDependencies, request: StepRequest, record: Record
) -> tuple[StepRequest, Record]:
    """Take the manifest that the record's head names: somebody who signed in to a tool server may use it at once.

    Raises:
        StoreUnavailable: the step is run again.

    """
    newest = _naming_newest(request, record.head.head)
    if newest.manifest_id is None or newest == request:
        return request, record
    manifest = await deps.log.manifest(request.conversation_id, newest.manifest_id)
    return newest, replace(record, manifest=manifest)


def _naming_newest(request: StepRequest, head: Head) -> StepRequest:
    if not ids.is_session(request.conversation_id) or head.manifest_id is None:
        return request
    return replace(request, manifest_id=head.manifest_id)


def manifest_of(record: Record) -> Manifest:
    """Return the pinned manifest.

    Raises:
        StoreUnavailable: the step is run again.

    """
    if record.manifest is None:
        raise StoreUnavailable("The session's manifest could not be read. The turn will be tried again.")
    return record.manifest


async def tell_room(deps: TurnDependencies, request: StepRequest, view: StepView) -> None:
    """Say to the room why it sees nothing of a step; that this is lost does no harm."""
    if not view.room_waits:
        return
    told = AiState(
        conversation_id=request.conversation_id, turn_id=request.turn_id, state="answering_privately", message=PRIVATE
    )
    with suppress(PublishFailed):
        await deps.publisher.to_readers(request.conversation_id, told)
