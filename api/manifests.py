"""What the coach knew and might do at an answer: the manifest its turn ran with."""

from http import HTTPStatus

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared import ids
from shared.access import access_session
from shared.errors import CommandRefused
from shared.event_log.documents import Manifest
from shared.event_log.log import EventLog
from shared.memory import EntryKind
from shared.memory_store import EntryTold, Memories
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted

_TAG = "sessions"


class ToolKnown(Output):
    """A tool as it was offered."""

    server: str
    tool: str
    description: str


class EntryKnown(Output):
    """An entry of the person's memory as it was told. `text` is None once it was deleted."""

    id: str
    kind: EntryKind
    text: str | None


class ManifestReply(Output):
    """`prompt_version` names an immutable text; `variables` are what it was filled in with, but for the tools.

    `tools_hash` is equal for equal tools. `unavailable` are servers that did not answer then. `memory_version` and
    `memory` are what was told of the person's memory: None and nothing when that was not used.
    """

    manifest_id: str
    prompt: str
    prompt_version: str
    variables: dict[str, str]
    roles: tuple[str, ...]
    tools: tuple[ToolKnown, ...]
    tools_hash: str
    unavailable: tuple[str, ...]
    memory_version: int | None
    memory: tuple[EntryKnown, ...]


class ManifestsApi:
    """Endpoints about manifests, for the person whose session it is."""

    def __init__(self, log: EventLog, memories: Memories) -> None:
        self._log = log
        self._memories = memories

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="answer_manifest",
                method="GET",
                path="sessions/{session_id}/answers/{message_id}/manifest",
                summary="What the coach knew and might do at this answer",
                handle=self.of_answer,
                tag=_TAG,
                reply=ManifestReply,
                codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.MESSAGE_NOT_FOUND),
            ),
        )

    async def of_answer(self, request: ApiRequest) -> ApiReply:
        session_id, message_id = request.path["session_id"], request.path["message_id"]
        await access_session(self._log, request.principal.id, session_id)
        event = await self._log.event(session_id, ids.completed(message_id))
        if not isinstance(event, MessageCompleted) or event.manifest_id is None:
            raise CommandRefused("There is no such answer.", code=ErrorCode.MESSAGE_NOT_FOUND)
        manifest = await self._log.manifest(session_id, event.manifest_id)
        if manifest is None:
            raise CommandRefused("What the coach knew then is not stored any more.", code=ErrorCode.MESSAGE_NOT_FOUND)
        memory = await self._memory(request.principal.id, event.memory_version)
        return ApiReply(body=_told(event, event.manifest_id, manifest, memory), status=HTTPStatus.OK)

    async def _memory(self, principal: str, version: int | None) -> tuple[EntryTold, ...]:
        return () if version is None else await self._memories.told(principal, version) or ()


def _told(
    event: MessageCompleted, manifest_id: str, manifest: Manifest, memory: tuple[EntryTold, ...]
) -> ManifestReply:
    tools = tuple(ToolKnown(server=t.server, tool=t.tool, description=t.description) for t in manifest.tools)
    return ManifestReply(
        manifest_id=manifest_id,
        prompt=manifest.prompt,
        prompt_version=manifest.prompt_version,
        variables=manifest.variables,
        roles=manifest.roles,
        tools=tools,
        tools_hash=manifest.tools_hash,
        unavailable=manifest.unavailable,
        memory_version=event.memory_version,
        memory=tuple(EntryKnown(id=entry.id, kind=entry.kind, text=entry.text) for entry in memory),
    )
