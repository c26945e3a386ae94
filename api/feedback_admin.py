"""What people say of the tools and the answers, counted by role: for administrators."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Annotated

from pydantic import ConfigDict, Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.feedback_counts import AnswerReport, ToolReport, by_prompt, by_tool
from api.inputs import Day, Input
from shared.errors import CommandRefused
from shared.feedback import Feedback
from shared.protocol.shapes import CallVote, MessageVote
from shared.votes import Wanted

for_admins = partial(Endpoint, method="GET", tag="admin", roles=frozenset({"Admin"}))
"""What an administrator reads."""
MAX_NOTES = 50
MAX_DAYS = 92
USUAL_DAYS = 30

type Name = Annotated[str, Field(min_length=1, max_length=100)]


class DaysQuery(Input):
    """What ended `from` one day `to` another, both included (UTC)."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None


class FeedbackQuery(DaysQuery):
    """Calls that ended `from` one day `to` another, both included (UTC); of one server or tool, if named."""

    server: Name | None = None
    tool: Name | None = None


class FeedbackNote(Output):
    """What somebody wrote beside a vote, and the call it is about."""

    conversation_id: str
    call_id: str
    at: str
    server: str
    tool: str
    roles: tuple[str, ...]
    vote: CallVote
    note: str


class AnswerRemark(Output):
    """What somebody wrote beside a vote, and the answer it is about."""

    conversation_id: str
    message_id: str
    at: str
    prompt: str
    prompt_version: str
    roles: tuple[str, ...]
    vote: MessageVote
    note: str


class FeedbackReport(Output):
    """The votes by tool, in order of server and tool, and the latest notes."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: Annotated[str, Field(serialization_alias="from")]
    last: Annotated[str, Field(serialization_alias="to")]
    tools: tuple[ToolReport, ...]
    notes: tuple[FeedbackNote, ...]


class WholeReport(FeedbackReport):
    """The votes by tool and those on answers by version of the prompt, each with the latest notes."""

    answers: tuple[AnswerReport, ...]
    answer_notes: tuple[AnswerRemark, ...]


class FeedbackAdmin:
    """The endpoints over the counted votes."""

    def __init__(self, feedback: Feedback, now: Callable[[], datetime]) -> None:
        self._feedback = feedback
        self._now = now

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            for_admins(
                name="feedback",
                path="manage/feedback",
                summary="What people say of tools and answers, by role, tool and version of the prompt",
                handle=self.whole,
                query=DaysQuery,
                reply=WholeReport,
            ),
            for_admins(
                name="tool_feedback",
                path="manage/tool-feedback",
                summary="What people say of the tools, by tool and role",
                handle=self.report,
                query=FeedbackQuery,
                reply=FeedbackReport,
            ),
        )

    async def report(self, request: ApiRequest) -> ApiReply:
        query = request.query_as(FeedbackQuery)
        return ApiReply(body=await self._tools(wanted_of(query, self._now().date(), query.server, query.tool)))

    async def whole(self, request: ApiRequest) -> ApiReply:
        wanted = wanted_of(request.query_as(DaysQuery), self._now().date())
        tools = await self._tools(wanted)
        notes = await self._feedback.answer_notes(wanted, MAX_NOTES)
        return ApiReply(
            body=WholeReport(
                first=tools.first,
                last=tools.last,
                tools=tools.tools,
                notes=tools.notes,
                answers=by_prompt(await self._feedback.answer_tallies(wanted)),
                answer_notes=tuple(AnswerRemark(**asdict(note)) for note in notes),
            )
        )

    async def _tools(self, wanted: Wanted) -> FeedbackReport:
        tallies = await self._feedback.tallies(wanted)
        notes = await self._feedback.notes(wanted, MAX_NOTES)
        return FeedbackReport(
            first=wanted.first.isoformat(),
            last=wanted.last.isoformat(),
            tools=by_tool(tallies),
            notes=tuple(FeedbackNote(**asdict(note)) for note in notes),
        )


def wanted_of(query: DaysQuery, today: date, server: str | None = None, tool: str | None = None) -> Wanted:
    """Return which votes are asked for.

    Raises:
        CommandRefused: the days are out of order, or too many.

    """
    last = query.last or today
    first = query.first or date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
    if first > last:
        raise CommandRefused("from: must not be after `to`")
    if (last - first).days >= MAX_DAYS:
        raise CommandRefused(f"from: ask for at most {MAX_DAYS} days at once")
    return Wanted(first=first, last=last, server=server, tool=tool)
