"""What people say of the tools, counted by tool and role: for administrators."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.inputs import Day, Input
from shared.errors import CommandRefused
from shared.feedback import CALL_VOTES, Tally, ToolFeedback, VoteNote, Wanted
from shared.protocol.shapes import CallVote

ADMIN = "Admin"
NO_ROLE = "none"
MAX_NOTES = 50
MAX_DAYS = 92
USUAL_DAYS = 30

type Name = Annotated[str, Field(min_length=1, max_length=100)]


class FeedbackQuery(Input):
    """Calls that ended `from` one day `to` another, both included (UTC); of one server or tool, if named."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    server: Name | None = None
    tool: Name | None = None


class VoteCount(Output):
    """How often a vote was given, and its share of all votes (0 to 1)."""

    vote: CallVote
    count: int
    share: float


class RoleFeedback(Output):
    """The votes of people with one app role (`none`: people without any). Who has several roles counts in each."""

    role: str
    total: int
    votes: tuple[VoteCount, ...]


class ToolReport(Output):
    """The votes on one tool; each person's latest on each call counts once in `total`."""

    server: str
    tool: str
    total: int
    votes: tuple[VoteCount, ...]
    roles: tuple[RoleFeedback, ...]


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


class FeedbackReport(Output):
    """The votes by tool, in order of server and tool, and the latest notes."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: Annotated[str, Field(serialization_alias="from")]
    last: Annotated[str, Field(serialization_alias="to")]
    tools: tuple[ToolReport, ...]
    notes: tuple[FeedbackNote, ...]


class FeedbackAdmin:
    """The endpoint over the counted votes."""

    def __init__(self, feedback: ToolFeedback, now: Callable[[], datetime]) -> None:
        self._feedback = feedback
        self._now = now

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="tool_feedback",
                method="GET",
                path="manage/tool-feedback",
                summary="What people say of the tools, by tool and role",
                handle=self.report,
                tag="admin",
                query=FeedbackQuery,
                reply=FeedbackReport,
                roles=frozenset({ADMIN}),
            ),
        )

    async def report(self, request: ApiRequest) -> ApiReply:
        wanted = self._wanted(request.query_as(FeedbackQuery))
        tallies = await self._feedback.tallies(wanted)
        notes = await self._feedback.notes(wanted, MAX_NOTES)
        return ApiReply(
            body=FeedbackReport(
                first=wanted.first.isoformat(),
                last=wanted.last.isoformat(),
                tools=by_tool(tallies),
                notes=tuple(_note(note) for note in notes),
            )
        )

    def _wanted(self, query: FeedbackQuery) -> Wanted:
        last = query.last or self._now().date()
        first = query.first or date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
        if first > last:
            raise CommandRefused("from: must not be after `to`")
        if (last - first).days >= MAX_DAYS:
            raise CommandRefused(f"from: ask for at most {MAX_DAYS} days at once")
        return Wanted(first=first, last=last, server=query.server, tool=query.tool)


def by_tool(tallies: Iterable[Tally]) -> tuple[ToolReport, ...]:
    """Count the votes by tool and, within each tool, by role."""
    tools: defaultdict[tuple[str, str], list[Tally]] = defaultdict(list)
    for tally in tallies:
        tools[tally.server, tally.tool].append(tally)
    return tuple(
        ToolReport(
            server=server, tool=tool, total=len(mine), votes=_votes(tally.vote for tally in mine), roles=_roles(mine)
        )
        for (server, tool), mine in sorted(tools.items())
    )


def _roles(tallies: Iterable[Tally]) -> tuple[RoleFeedback, ...]:
    roles: defaultdict[str, list[CallVote]] = defaultdict(list)
    for tally in tallies:
        for role in tally.roles or (NO_ROLE,):
            roles[role].append(tally.vote)
    return tuple(
        RoleFeedback(role=role, total=len(votes), votes=_votes(votes)) for role, votes in sorted(roles.items())
    )


def _votes(votes: Iterable[CallVote]) -> tuple[VoteCount, ...]:
    counts = Counter(votes)
    return tuple(
        VoteCount(vote=vote, count=counts[vote], share=round(counts[vote] / counts.total(), 4)) for vote in CALL_VOTES
    )


def _note(note: VoteNote) -> FeedbackNote:
    return FeedbackNote(
        conversation_id=note.conversation_id,
        call_id=note.call_id,
        at=note.at,
        server=note.server,
        tool=note.tool,
        roles=note.roles,
        vote=note.vote,
        note=note.note,
    )
