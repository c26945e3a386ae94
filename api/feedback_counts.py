"""Votes counted by what was judged and by role: the shapes of the reports, and the counting. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from api.endpoint import Output
from shared.protocol.shapes import CallVote, MessageVote
from shared.votes import CALL_VOTES, MESSAGE_VOTES, AnswerTally, Tally

NO_ROLE = "none"


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


class AnswerCount(Output):
    """How often an answer was voted up or down, and the share of all votes (0 to 1)."""

    vote: MessageVote
    count: int
    share: float


class RoleAnswers(Output):
    """The votes on answers of people with one app role (`none`: people without any), as `RoleFeedback`."""

    role: str
    total: int
    votes: tuple[AnswerCount, ...]


class MonthAnswers(Output):
    """The votes on answers of one month, such as `2026-03`."""

    month: str
    total: int
    votes: tuple[AnswerCount, ...]


class AnswerReport(Output):
    """The votes on answers given with one version of a prompt; both are empty where that is not known.

    Each person's latest on each answer counts once in `total`.
    """

    prompt: str
    prompt_version: str
    total: int
    votes: tuple[AnswerCount, ...]
    roles: tuple[RoleAnswers, ...]
    months: tuple[MonthAnswers, ...]


def by_tool(tallies: Iterable[Tally]) -> tuple[ToolReport, ...]:
    """Count the votes by tool and, within each tool, by role."""
    tools: defaultdict[tuple[str, str], list[Tally]] = defaultdict(list)
    for tally in tallies:
        tools[tally.server, tally.tool].append(tally)
    return tuple(
        ToolReport(
            server=server,
            tool=tool,
            total=len(mine),
            votes=_call_votes([tally.vote for tally in mine]),
            roles=tuple(
                RoleFeedback(role=role, total=len(votes), votes=_call_votes(votes))
                for role, votes in _by_role((tally.roles, tally.vote) for tally in mine)
            ),
        )
        for (server, tool), mine in sorted(tools.items())
    )


def by_prompt(tallies: Iterable[AnswerTally]) -> tuple[AnswerReport, ...]:
    """Count the votes by version of the prompt and, within each, by role and by month."""
    prompts: defaultdict[tuple[str, str], list[AnswerTally]] = defaultdict(list)
    for tally in tallies:
        prompts[tally.prompt, tally.prompt_version].append(tally)
    return tuple(
        AnswerReport(
            prompt=prompt,
            prompt_version=version,
            total=len(mine),
            votes=_answer_votes([tally.vote for tally in mine]),
            roles=tuple(
                RoleAnswers(role=role, total=len(votes), votes=_answer_votes(votes))
                for role, votes in _by_role((tally.roles, tally.vote) for tally in mine)
            ),
            months=_by_month(mine),
        )
        for (prompt, version), mine in sorted(prompts.items())
    )


def _by_month(tallies: Iterable[AnswerTally]) -> tuple[MonthAnswers, ...]:
    months: defaultdict[str, list[MessageVote]] = defaultdict(list)
    for tally in tallies:
        months[tally.month].append(tally.vote)
    return tuple(
        MonthAnswers(month=month, total=len(votes), votes=_answer_votes(votes))
        for month, votes in sorted(months.items())
    )


def _by_role[V](votes: Iterable[tuple[tuple[str, ...], V]]) -> list[tuple[str, list[V]]]:
    roles: defaultdict[str, list[V]] = defaultdict(list)
    for held, vote in votes:
        for role in held or (NO_ROLE,):
            roles[role].append(vote)
    return sorted(roles.items())


def _call_votes(votes: Sequence[CallVote]) -> tuple[VoteCount, ...]:
    return tuple(VoteCount(vote=vote, count=n, share=share) for vote, n, share in _shares(votes, CALL_VOTES))


def _answer_votes(votes: Sequence[MessageVote]) -> tuple[AnswerCount, ...]:
    return tuple(AnswerCount(vote=vote, count=n, share=share) for vote, n, share in _shares(votes, MESSAGE_VOTES))


def _shares[V](votes: Sequence[V], kinds: Sequence[V]) -> list[tuple[V, int, float]]:
    counts = Counter(votes)
    return [(kind, counts[kind], round(counts[kind] / len(votes), 4)) for kind in kinds]
