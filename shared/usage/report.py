"""What was used, for administrators: by person, team and model, from the entries of ended turns."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from shared.containers import PEOPLE
from shared.cosmos import Cosmos
from shared.protocol.shapes import Usage
from shared.usage.documents import team_account

_BY_PERSON_AND_MODEL = (
    "SELECT c.person, c.model, COUNT(1) AS turns, SUM(c.usage.input_tokens) AS input_tokens, "
    "SUM(c.usage.cached_input_tokens) AS cached_input_tokens, SUM(c.usage.output_tokens) AS output_tokens, "
    "SUM(c.usage.cost_micros) AS cost_micros FROM c "
    "WHERE c.kind = 'usage_turn' AND c.at >= @since AND c.at < @until GROUP BY c.person, c.model"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What one person used of one model as a member of one team."""

    team: str
    person: str
    model: str
    turns: int
    usage: Usage


class UsageReports:
    """Sums up the turns of teams; each team is one query within its own partition."""

    def __init__(self, cosmos: Cosmos, teams: Iterable[str]) -> None:
        self._cosmos = cosmos
        self.teams = tuple(sorted(teams))

    async def lines(self, since: str, until: str, teams: Iterable[str]) -> list[UsageLine]:
        """Return a line for each person and model of the teams, for turns that ended in `[since, until)` (ISO 8601).

        Raises:
            StoreUnavailable: try again.

        """
        found = await asyncio.gather(*(self._of_team(team, since, until) for team in teams))
        lines = [line for lines in found for line in lines]
        return sorted(lines, key=lambda line: (line.team, line.person, line.model))

    async def _of_team(self, team: str, since: str, until: str) -> list[UsageLine]:
        rows = await self._cosmos.query(
            PEOPLE, _BY_PERSON_AND_MODEL, {"@since": since, "@until": until}, team_account(team)
        )
        return [
            UsageLine(
                team=team,
                person=row["person"],
                model=row["model"],
                turns=row["turns"],
                usage=Usage(**{name: row[name] or 0 for name in Usage.model_fields}),
            )
            for row in rows
        ]
