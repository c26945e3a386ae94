"""Which team a person belongs to, as the setting `TEAM_GROUPS` says.

::

    {"<object id of an Entra group>": "<team>", ...}

Entra gives a token's groups in no promised order, so the setting's order decides: a person's team is that of the
first group listed which the token names. Several groups may make one team.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, RootModel

UNASSIGNED = "unassigned"
"""The team of those whose token names no listed group."""
APP = "app"
"""The team of the app itself, for work that is nobody's in particular."""
_TAKEN = {UNASSIGNED: "people without a team", APP: "what the app does for itself"}


def _team_name(value: str) -> str:
    if not value.isprintable() or value.strip() != value:
        raise ValueError("a team's name is printable text without blanks around it")
    if value in _TAKEN:
        raise ValueError(f"'{value}' is the name for {_TAKEN[value]}")
    return value


type TeamName = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_team_name)]
type GroupId = Annotated[str, Field(min_length=1)]


class TeamGroups(RootModel[dict[GroupId, TeamName]]):
    """Teams by the object ids of their groups, the first that fits decides."""

    model_config = ConfigDict(frozen=True, strict=True)

    def team_of(self, groups: Sequence[str]) -> str:
        mine = {group.lower() for group in groups}
        return next((team for group, team in self.root.items() if group.lower() in mine), UNASSIGNED)

    @property
    def teams(self) -> frozenset[str]:
        return frozenset(self.root.values())


NO_TEAMS = TeamGroups({})
