"""What was offered beside a turn, for who comes back to it: what to ask next, and an approved answer."""

from collections.abc import Awaitable, Callable

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.access import GroupGate, access_session
from shared.common_questions.approved import ApprovedAnswers
from shared.common_questions.offering import told
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.ephemeral import AnswerOffered
from shared.protocol.insights import SuggestionsOffered

_CODES = (ErrorCode.CONVERSATION_NOT_FOUND,)
_DETAIL = (
    "As it was told on the socket, which does not repeat it: `suggestions` for a week; `answer` in sessions, for a "
    "month at least, while that wording is approved. `taken`: the person took the answer."
)


class OffersReply(Output):
    """The events that told it; None where there was nothing, or nothing for this reader."""

    suggestions: SuggestionsOffered | None
    answer: AnswerOffered | None
    taken: bool


class OffersApi:
    """Endpoints over what was offered beside the turns of sessions and groups."""

    def __init__(self, log: EventLog, gate: GroupGate, approved: ApprovedAnswers) -> None:
        self._log = log
        self._gate = gate
        self._approved = approved

    def endpoints(self) -> tuple[Endpoint, ...]:
        turn = "turns/{turn_id}/offers"
        return (
            self._endpoint("session_offers", f"sessions/{{session_id}}/{turn}", "sessions", self.of_session),
            self._endpoint("group_offers", f"groups/{{group_id}}/{turn}", "groups", self.of_group),
        )

    def _endpoint(
        self, name: str, path: str, tag: str, handle: Callable[[ApiRequest], Awaitable[ApiReply]]
    ) -> Endpoint:
        return Endpoint(
            name=name,
            method="GET",
            path=path,
            summary="What was offered beside a turn: what to ask next, and an approved answer",
            detail=_DETAIL,
            handle=handle,
            tag=tag,
            reply=OffersReply,
            codes=_CODES,
        )

    async def of_session(self, request: ApiRequest) -> ApiReply:
        session_id, turn_id = request.path["session_id"], request.path["turn_id"]
        await access_session(self._log, request.principal.id, session_id)
        found = await self._approved.offered_beside(session_id, turn_id)
        reply = OffersReply(
            suggestions=await self._suggestions(session_id, request),
            answer=None if found is None else told(found.match, session_id, turn_id),
            taken=found is not None and found.taken,
        )
        return ApiReply(body=reply)

    async def of_group(self, request: ApiRequest) -> ApiReply:
        group_id = request.path["group_id"]
        await self._gate.access(request.principal.id, group_id)
        suggestions = await self._suggestions(group_id, request)
        return ApiReply(body=OffersReply(suggestions=suggestions, answer=None, taken=False))

    async def _suggestions(self, conversation_id: str, request: ApiRequest) -> SuggestionsOffered | None:
        turn_id = request.path["turn_id"]
        found = await self._log.texts.suggestions.of_turn(conversation_id, turn_id, request.principal.id)
        if not found:
            return None
        return SuggestionsOffered(conversation_id=conversation_id, turn_id=turn_id, suggestions=found)
