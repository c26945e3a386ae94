"""Why this answer: the timeline of a turn, for those who may see it."""

from collections.abc import Awaitable, Callable, Iterable

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.access import GroupGate, access_session
from shared.audience import for_reader, reader_of
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted
from shared.protocol.events import VisibleEvent
from shared.timeline import Timeline, timeline

_CODES = (ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.TURN_NOT_FOUND)


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

    def __init__(self, log: EventLog, gate: GroupGate) -> None:
        self._log = log
        self._gate = gate

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            self._endpoint("session_turn", "sessions/{session_id}/turns/{turn_id}", "sessions", self.of_session),
            self._endpoint("group_turn", "groups/{group_id}/turns/{turn_id}", "groups", self.of_group),
        )

    def _endpoint(
        self, name: str, path: str, tag: str, handle: Callable[[ApiRequest], Awaitable[ApiReply]]
    ) -> Endpoint:
        return Endpoint(
            name=name,
            method="GET",
            path=path,
            summary="Why this answer: a turn's steps and calls, their times, tokens and prompt",
            handle=handle,
            tag=tag,
            reply=TurnReply,
            codes=_CODES,
        )

    async def of_session(self, request: ApiRequest) -> ApiReply:
        session_id = request.path["session_id"]
        await access_session(self._log, request.principal.id, session_id)
        events = await self._log.texts.of_turn(session_id, request.path["turn_id"])
        return await self._told(session_id, request.path["turn_id"], events)

    async def of_group(self, request: ApiRequest) -> ApiReply:
        group_id, turn_id = request.path["group_id"], request.path["turn_id"]
        access = await self._gate.access(request.principal.id, group_id)
        events = await self._log.texts.of_turn(group_id, turn_id)
        group = access.known.head.group
        reader = reader_of(access.member, group) if group else None
        return await self._told(group_id, turn_id, [for_reader(event, reader) for event in events] if reader else ())

    async def _told(self, conversation_id: str, turn_id: str, events: Iterable[VisibleEvent]) -> ApiReply:
        return ApiReply(body=await told_turn(self._log, conversation_id, turn_id, tuple(events)))


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
