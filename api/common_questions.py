"""Common questions, for people with the role `Knowledge` or `Admin`; and taking an approved answer, for everybody."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Literal

from api.common_questions_shapes import (
    AnswerBody,
    AnswerHistory,
    AnswerReply,
    CommonQuestionsReply,
    RunReply,
    TakenReply,
    answer_reply,
    cluster_reply,
)
from api.endpoint import ApiReply, ApiRequest, Endpoint
from shared.access import access_session
from shared.common_questions.approved import Approval
from shared.common_questions.runs import RunRequest, RunsAnalyzer, run_name
from shared.common_questions.shapes import ApprovedAnswer, Cluster
from shared.common_questions.stores import QuestionStores
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode

_TAG = "common questions"
_PATH = "manage/common-questions"
_WRITING_CODES = (ErrorCode.CLUSTER_NOT_FOUND, ErrorCode.APPROVED_ANSWER_CHANGED)
for_keepers = partial(Endpoint, tag=_TAG, roles=frozenset({"Knowledge", "Admin"}))
"""What is done by who keeps the answers."""


class CommonQuestionsApi:
    """Endpoints over clusters and approved answers; `available`: there is a deployment to make vectors with."""

    def __init__(
        self,
        kept: QuestionStores,
        log: EventLog,
        now: Callable[[], datetime],
        *,
        available: bool,
    ) -> None:
        self._questions, self._approved = kept.questions, kept.approved
        self._log = log
        self._now = now
        self._available = available

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            for_keepers(
                name="common_questions",
                method="GET",
                path=_PATH,
                summary="What people commonly ask, how it goes, and what is answered",
                detail="Only what at least three different people asked; never in whose words.",
                handle=self.show,
                reply=CommonQuestionsReply,
            ),
            for_keepers(
                name="analyze_questions",
                method="POST",
                path=f"{_PATH}/run",
                summary="Run the analyzer now, instead of next night",
                handle=self.run,
                reply=RunReply,
                status=HTTPStatus.ACCEPTED,
                moves_turns=True,
                codes=(ErrorCode.SETTINGS_INVALID,),
            ),
            *self._answers(),
            Endpoint(
                name="take_approved_answer",
                method="POST",
                path="sessions/{session_id}/turns/{turn_id}/approved-answer",
                summary="Take the approved answer that was offered beside a turn of one's own",
                handle=self.take,
                tag=_TAG,
                reply=TakenReply,
                codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.TURN_NOT_FOUND),
            ),
        )

    def _answers(self) -> tuple[Endpoint, ...]:
        path = f"{_PATH}/{{cluster_id}}/answer"
        return (
            for_keepers(
                name="approved_answer_history",
                method="GET",
                path=path,
                summary="Every version of a cluster's approved answer",
                handle=self.history,
                reply=AnswerHistory,
                codes=(ErrorCode.CLUSTER_NOT_FOUND,),
            ),
            for_keepers(
                name="approve_answer",
                method="PUT",
                path=path,
                summary="Approve an answer for a cluster, or change it",
                handle=self.approve,
                body=AnswerBody,
                reply=AnswerReply,
                versioned=True,
                codes=_WRITING_CODES,
            ),
            for_keepers(
                name="withdraw_answer",
                method="DELETE",
                path=path,
                summary="Withdraw a cluster's approved answer: it is offered no more",
                handle=self.withdraw,
                status=HTTPStatus.NO_CONTENT,
                versioned=True,
                codes=_WRITING_CODES,
            ),
        )

    async def show(self, _: ApiRequest) -> ApiReply:
        state = await self._questions.state()
        answers = {answer.cluster_id: answer for answer in await self._approved.all()}
        hits = await self._approved.hits()
        shown = sorted(
            (one for one in await self._questions.clusters() if one.may_be_shown),
            key=lambda one: (-one.size, one.id),
        )
        body = CommonQuestionsReply(
            analyzed_at=state.clustered_at,
            questions=state.questions,
            running=bool(state.holder) and state.held_until > self._now().timestamp(),
            available=self._available,
            clusters=tuple(cluster_reply(one, answers.get(one.id), hits.get(one.id, (0, 0))) for one in shown),
        )
        return ApiReply(body=body, headers={"Cache-Control": "no-store"})

    async def run(self, request: ApiRequest) -> ApiReply:
        engine = request.raw.engine
        if not self._available or not isinstance(engine, RunsAnalyzer):
            raise CommandRefused(
                "There is no deployment to make vectors with: AZURE_OPENAI_EMBEDDING_MODEL is not set.",
                code=ErrorCode.SETTINGS_INVALID,
            )
        name = run_name(self._now())
        await engine.analyze(name, RunRequest(holder=name).text())
        return ApiReply(body=RunReply(run=name), status=HTTPStatus.ACCEPTED)

    async def history(self, request: ApiRequest) -> ApiReply:
        cluster = await self._cluster(request)
        versions = await self._approved.history(cluster.id)
        return ApiReply(body=AnswerHistory(versions=tuple(answer_reply(one) for one in versions)))

    async def approve(self, request: ApiRequest) -> ApiReply:
        body = request.body_as(AnswerBody)
        answer = await self._decide(request, "approved", body)
        return ApiReply(body=answer_reply(answer), headers={"ETag": f'"{answer.version}"'})

    async def withdraw(self, request: ApiRequest) -> ApiReply:
        answer = await self._decide(request, "withdrawn", None)
        return ApiReply(status=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{answer.version}"'})

    async def take(self, request: ApiRequest) -> ApiReply:
        session_id, turn_id = request.path["session_id"], request.path["turn_id"]
        await access_session(self._log, request.principal.id, session_id)
        hit = await self._approved.taken(session_id, turn_id)
        if hit is None:
            raise CommandRefused("No approved answer was offered there.", code=ErrorCode.TURN_NOT_FOUND)
        return ApiReply(body=TakenReply(cluster_id=hit.cluster_id, version=hit.version))

    async def _decide(
        self, request: ApiRequest, state: Literal["approved", "withdrawn"], body: AnswerBody | None
    ) -> ApprovedAnswer:
        cluster = await self._cluster(request)
        before = await self._approved.one(cluster.id)
        if body is None and before is None:
            raise CommandRefused("There is no approved answer to withdraw.", code=ErrorCode.CLUSTER_NOT_FOUND)
        known = before.version if before else 0
        text, threshold = (
            (body.text, body.threshold) if body else (before.text, before.threshold) if before else ("", 1)
        )
        wanted = request.wanted_version
        approval = Approval(
            state=state,
            text=text.strip(),
            threshold=threshold,
            version=known if wanted is None else wanted,
            by=request.principal.id,
            by_name=request.principal.name,
        )
        return await self._approved.decide(cluster, approval)

    async def _cluster(self, request: ApiRequest) -> Cluster:
        """Return the cluster, or an answer's that nobody asks any more.

        Raises:
            CommandRefused: with `cluster_not_found`, alike for one that may not be shown and one that is not there.

        """
        wanted = request.path["cluster_id"]
        cluster = await self._questions.cluster(wanted) if wanted.startswith("cl_") else None
        if cluster is None or not (cluster.may_be_shown or await self._approved.one(cluster.id)):
            raise CommandRefused("There is no such common question.", code=ErrorCode.CLUSTER_NOT_FOUND)
        return cluster
