"""What people complained of, for administrators to review: the votes with their notes, and how their turns went.

Of the conversation itself nobody but its people sees anything: a turn's timeline has no text, no arguments, no results.
"""

from collections.abc import Callable
from datetime import datetime

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.feedback_admin import DaysQuery, for_admins, wanted_of
from api.timelines import TurnReply, told_turn
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import CallVote, MessageVote
from shared.votes import Complaint

MAX_REVIEWS = 100


class Review(Output):
    """A vote against an answer (`message_id`) or a call (`call_id`); `timeline` is the path of how its turn went.

    The timeline names the manifests its steps ran with: the prompt, its version, and how many tools there were.
    """

    conversation_id: str
    turn_id: str
    message_id: str | None
    call_id: str | None
    at: str
    roles: tuple[str, ...]
    vote: CallVote | MessageVote
    note: str | None
    timeline: str


class ReviewQueue(Output):
    """The latest complaints, newest first."""

    reviews: tuple[Review, ...]


class ReviewsAdmin:
    """The endpoints of the review queue."""

    def __init__(self, feedback: Feedback, log: EventLog, now: Callable[[], datetime]) -> None:
        self._feedback = feedback
        self._log = log
        self._now = now

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            for_admins(
                name="feedback_reviews",
                path="manage/feedback/reviews",
                summary="The latest votes against answers and calls, with their notes, to be looked into",
                handle=self.queue,
                query=DaysQuery,
                reply=ReviewQueue,
            ),
            for_admins(
                name="reviewed_turn",
                path="manage/feedback/reviews/{conversation_id}/{turn_id}",
                summary="How a turn went: steps and calls, times, tokens and prompt, without anything that was said",
                handle=self.turn,
                reply=TurnReply,
                codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.TURN_NOT_FOUND),
            ),
        )

    async def queue(self, request: ApiRequest) -> ApiReply:
        wanted = wanted_of(request.query_as(DaysQuery), self._now().date())
        found = await self._feedback.complaints(wanted, MAX_REVIEWS)
        return ApiReply(body=ReviewQueue(reviews=tuple(_review(complaint) for complaint in found)))

    async def turn(self, request: ApiRequest) -> ApiReply:
        conversation_id, turn_id = request.path["conversation_id"], request.path["turn_id"]
        await self._log.head(conversation_id)
        events = await self._log.texts.of_turn(conversation_id, turn_id)
        told = await told_turn(self._log, conversation_id, turn_id, events)
        bare = told.error.model_copy(update={"message": ""}) if told.error else None
        return ApiReply(body=told.model_copy(update={"unmatched": (), "error": bare}))


def _review(complaint: Complaint) -> Review:
    return Review(
        conversation_id=complaint.conversation_id,
        turn_id=complaint.turn_id,
        message_id=complaint.message_id,
        call_id=complaint.call_id,
        at=complaint.at,
        roles=complaint.roles,
        vote=complaint.vote,
        note=complaint.note,
        timeline=f"/api/manage/feedback/reviews/{complaint.conversation_id}/{complaint.turn_id}",
    )
