"""Why this answer: the timeline of a turn, for those who may see it."""

from api.conversations import Conversations, of_both
from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.events import VisibleEvent
from shared.timeline import Timeline, timeline


class PromptKnown(Output):
    """What the coach was told and could use: an immutable version of a prompt, and so many tools."""

    manifest_id: str
    prompt: str
    prompt_version: str
    tools: int


class TurnReply(Timeline):
    """A turn's timeline, and what its steps ran with."""

    manifests: tuple[PromptKnown, ...]


class TimelinesApi:
    """Endpoints over the turns of sessions and groups."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def endpoints(self) -> tuple[Endpoint, ...]:
        turn = Endpoint(
            name="session_turn",
            method="GET",
            path="sessions/{session_id}/turns/{turn_id}",
            summary="Why this answer: a turn's steps and calls, their times, tokens and prompt",
            handle=self.show,
            tag="sessions",
            reply=TurnReply,
            codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.TURN_NOT_FOUND),
        )
        return of_both(turn, "group_turn")

    async def show(self, request: ApiRequest) -> ApiReply:
        opened, turn_id, log = await self._conversations.open(request), request.path["turn_id"], self._conversations.log
        events = opened.all_seen(await log.texts.of_turn(opened.id, turn_id))
        return ApiReply(body=await told_turn(log, opened.id, turn_id, events))


async def told_turn(log: EventLog, conversation_id: str, turn_id: str, events: tuple[VisibleEvent, ...]) -> TurnReply:
    """Return a turn's timeline, of its events as their reader may see them.

    Raises:
        CommandRefused: with `turn_not_found`.

    """
    found = timeline(events, turn_id)
    if found is None:
        raise CommandRefused("There is no such turn.", code=ErrorCode.TURN_NOT_FOUND)
    named = dict.fromkeys(e.manifest_id for e in events if isinstance(e, MessageCompleted) and e.manifest_id)
    known = [await _prompt(log, conversation_id, manifest_id) for manifest_id in named]
    return TurnReply(**dict(found), manifests=tuple(prompt for prompt in known if prompt is not None))


async def _prompt(log: EventLog, conversation_id: str, manifest_id: str) -> PromptKnown | None:
    manifest = await log.manifest(conversation_id, manifest_id)
    if manifest is None:
        return None
    return PromptKnown(
        manifest_id=manifest_id,
        prompt=manifest.prompt,
        prompt_version=manifest.prompt_version,
        tools=len(manifest.tools),
    )
