"""What was offered beside a turn, for who comes back to it: what to ask next, and an approved answer."""

from api.conversations import Conversations, of_both
from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.common_questions.approved import ApprovedAnswers
from shared.common_questions.offering import told
from shared.protocol.beside import SuggestionsOffered
from shared.protocol.codes import ErrorCode
from shared.protocol.ephemeral import AnswerOffered

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

    def __init__(self, conversations: Conversations, approved: ApprovedAnswers) -> None:
        self._conversations = conversations
        self._approved = approved

    def endpoints(self) -> tuple[Endpoint, ...]:
        offers = Endpoint(
            name="session_offers",
            method="GET",
            path="sessions/{session_id}/turns/{turn_id}/offers",
            summary="What was offered beside a turn: what to ask next, and an approved answer",
            detail=_DETAIL,
            handle=self.show,
            tag="sessions",
            reply=OffersReply,
            codes=(ErrorCode.CONVERSATION_NOT_FOUND,),
        )
        return of_both(offers, "group_offers")

    async def show(self, request: ApiRequest) -> ApiReply:
        opened, turn_id = await self._conversations.open(request), request.path["turn_id"]
        suggestions = await self._suggestions(opened.id, turn_id, request.principal.id)
        found = await self._approved.offered_beside(opened.id, turn_id) if opened.reader is None else None
        reply = OffersReply(
            suggestions=suggestions,
            answer=None if found is None else told(found.match, opened.id, turn_id),
            taken=found is not None and found.taken,
        )
        return ApiReply(body=reply)

    async def _suggestions(self, conversation_id: str, turn_id: str, reader: str) -> SuggestionsOffered | None:
        kept = self._conversations.log.texts.suggestions
        found = await kept.of_turn(conversation_id, turn_id, reader)
        if not found:
            return None
        return SuggestionsOffered(conversation_id=conversation_id, turn_id=turn_id, suggestions=found)
