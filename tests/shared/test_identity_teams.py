"""A person's team, from the groups of a token as the development cloud's issuer and as an overfull one gives them."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.stack.ports import Ports
from local.stack.settings import app_settings
from shared.identity import Principal, TokenValidator
from shared.settings import Settings
from shared.usage.teams import UNASSIGNED, TeamGroups
from tests.services import service
from tests.shared.issuer import AUDIENCE, Issuer
from tests.shared.stub_server import stub_server
from tests.shared.test_identity_service import ordered

TEAMS = TeamGroups({"g1": "North", "g2": "South"})


@asynccontextmanager
async def validating(issuer: Issuer, teams: TeamGroups) -> AsyncGenerator[TokenValidator]:
    async with stub_server(issuer) as issuer.url:
        validator = TokenValidator(issuer.issuer, AUDIENCE, lambda: datetime.now(UTC), teams)
        yield validator
        await validator.close()


async def _person(teams: TeamGroups, **claims: Any) -> Principal:
    issuer = Issuer()
    async with validating(issuer, teams) as validator:
        return await validator.validate(issuer.header(**claims))


async def test_the_settings_order_decides_for_a_person_in_two_groups() -> None:
    person = await _person(TEAMS, groups=["g2", "g1"])
    assert (person.team, person.groups) == ("North", ("g2", "g1"))


@pytest.mark.parametrize("groups", [None, [], ["g3"], "g1", [["g1"]]])
async def test_without_a_listed_group_a_person_has_no_team(groups: object) -> None:
    assert (await _person(TEAMS, groups=groups)).team == UNASSIGNED


@pytest.mark.parametrize(
    "claims",
    [{"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "x"}}}, {"hasgroups": True}],
)
async def test_too_many_groups_for_a_token_are_reported_and_leave_the_person_unassigned(
    claims: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        person = await _person(TEAMS, groups=None, **claims)
        assert person.team == UNASSIGNED
        assert [record.getMessage() for record in caplog.records] == [
            f"the token of {person.id} leaves its groups out, they are too many: its team is unassigned"
        ]
        caplog.clear()
        await _person(TeamGroups({}), groups=None, **claims)
        await _person(TEAMS, groups=["g1"], _claim_names={"roles": "src1"})
        await _person(TEAMS, groups=["g1"], _claim_names="groups")
        assert caplog.records == []


async def test_the_people_of_the_development_cloud_are_in_its_teams(tmp_path: Path) -> None:
    ports = Ports(usual=False, note=pytest.fail, file=tmp_path / "ports.json")
    teams = Settings.from_environment(app_settings({}, ports).values).team_groups
    expected = {"ada": "Sales North", "ben": "Sales North", "chi": "People", "dana": "Platform", "eve": UNASSIGNED}
    found: dict[str, str] = {}
    async with service("identity", "--state", str(tmp_path / "identity")) as running:
        for user in expected:
            token = await ordered(running.url, user=user)
            claims = jwt.decode(token, options={"verify_signature": False})
            validator = TokenValidator(claims["iss"], AUDIENCE, lambda: datetime.now(UTC), teams)
            found[user] = (await validator.validate(f"Bearer {token}")).team
            await validator.close()
    assert found == expected
