"""What people complained of, for administrators to review: the votes with their notes, and how their turns went.

Of the conversation itself nobody but its people sees anything: a turn's timeline has no text, no arguments, no results.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.feedback_admin import DaysQuery, for_admins, wanted_of
from api.inputs import FLAG, Input, Legible
from api.timelines import TurnReply, told_turn
from shared.clock import iso
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.feedback import Feedback
from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_NOTE_CHARACTERS
from shared.protocol.shapes import CallVote, MessageVote
from shared.votes import Complaint, Reviewed

MAX_REVIEWS = 100
_REVIEW_PATH = "manage/feedback/votes/{part}/{vote_id}/review"


class ReviewsQuery(DaysQuery):
    """Votes on what ended `from` one day `to` another, both included (UTC); `done`: what was looked into, too."""

    done: Annotated[bool, FLAG] = False


class ReviewBody(Input):
    """What came of a review, in words; nothing where there is nothing to say."""

    note: Annotated[Legible, Field(min_length=1, max_length=MAX_NOTE_CHARACTERS)] | None = None


class ReviewedReply(Output):
    """Who looked into it, when, and what they noted."""

    at: str
    by: str
    note: str | None


class Review(Output):
    """A vote against an answer (`message_id`) or a call (`call_id`); `timeline` is the path of how its turn went.

    The timeline names the manifests its steps ran with: the prompt, its version, and how many tools there were.
    `review` is the path under which it is noted that somebody looked into it.
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
    review: str
    reviewed: ReviewedReply | None


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
        return (*self._looking(), *self._noting())

    def _looking(self) -> tuple[Endpoint, ...]:
        return (
            for_admins(
                name="feedback_reviews",
                path="manage/feedback/reviews",
                summary="The latest votes against answers and calls, with their notes, to be looked into",
                handle=self.queue,
                query=ReviewsQuery,
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

    def _noting(self) -> tuple[Endpoint, ...]:
        return (
            for_admins(
                name="finish_review",
                method="PUT",
                path=_REVIEW_PATH,
                summary="Note that a vote was looked into, and what came of it; a newer vote is to be looked into anew",
                handle=self.finish,
                body=ReviewBody,
                reply=ReviewedReply,
                codes=(ErrorCode.MESSAGE_NOT_FOUND,),
            ),
            for_admins(
                name="reopen_review",
                method="DELETE",
                path=_REVIEW_PATH,
                summary="Put a vote that was looked into back into the queue",
                handle=self.reopen,
                status=HTTPStatus.NO_CONTENT,
                codes=(ErrorCode.MESSAGE_NOT_FOUND,),
            ),
        )

    async def queue(self, request: ApiRequest) -> ApiReply:
        query = request.query_as(ReviewsQuery)
        wanted = wanted_of(query, self._now().date())
        found = await self._feedback.complaints(wanted, MAX_REVIEWS, done=query.done)
        return ApiReply(body=ReviewQueue(reviews=tuple(_review(complaint) for complaint in found)))

    async def finish(self, request: ApiRequest) -> ApiReply:
        note = request.body_as(ReviewBody).note
        reviewed = Reviewed(at=iso(self._now()), by=request.principal.name, note=note)
        await self._note(request, reviewed)
        return ApiReply(body=ReviewedReply(**asdict(reviewed)))

    async def reopen(self, request: ApiRequest) -> ApiReply:
        await self._note(request, None)
        return ApiReply(status=HTTPStatus.NO_CONTENT)

    async def _note(self, request: ApiRequest, reviewed: Reviewed | None) -> None:
        if not await self._feedback.review(request.path["part"], request.path["vote_id"], reviewed):
            raise CommandRefused("There is no such vote to look into.", code=ErrorCode.MESSAGE_NOT_FOUND)

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
        review="/api/" + _REVIEW_PATH.format(part=complaint.part, vote_id=complaint.id),
        reviewed=ReviewedReply(**asdict(complaint.reviewed)) if complaint.reviewed else None,
    )
