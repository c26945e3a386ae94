"""What was used, for administrators: by person, team and model, from the entries of turns and calls beside them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.containers import PEOPLE
from shared.cosmos import Cosmos
from shared.protocol.shapes import Usage
from shared.usage.documents import team_account

_BY_PERSON_AND_MODEL = (
    "SELECT c.person, c.model, c.kind, COUNT(1) AS entries, SUM(c.usage.input_tokens) AS input_tokens, "
    "SUM(c.usage.cached_input_tokens) AS cached_input_tokens, SUM(c.usage.output_tokens) AS output_tokens, "
    "SUM(c.usage.cost_micros) AS cost_micros FROM c "
    "WHERE c.kind IN ('usage_turn', 'usage_call') AND c.at >= @since AND c.at < @until "
    "GROUP BY c.person, c.model, c.kind"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What one person used of one model as a member of one team: in so many `turns`, and beside them."""

    team: str
    person: str
    model: str
    turns: int
    usage: Usage


class UsageReports:
    """Sums up what teams used; each team is one query within its own partition."""

    def __init__(self, cosmos: Cosmos, teams: Iterable[str]) -> None:
        self._cosmos = cosmos
        self.teams = tuple(sorted(teams))

    async def lines(self, since: str, until: str, teams: Iterable[str]) -> list[UsageLine]:
        """Return a line for each person and model of the teams, for what ended in `[since, until)` (ISO 8601).

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
        lines: dict[tuple[str, str], UsageLine] = {}
        for row in rows:
            key = person, model = row["person"], row["model"]
            before = lines.get(key) or UsageLine(team=team, person=person, model=model, turns=0, usage=Usage())
            turns = row["entries"] if row["kind"] == "usage_turn" else 0
            used = Usage(**{name: row[name] or 0 for name in Usage.model_fields})
            lines[key] = replace(before, turns=before.turns + turns, usage=before.usage + used)
        return list(lines.values())
