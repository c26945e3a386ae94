"""The team a token names is kept with the grant, for work that goes on without the person."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import iso
from shared.containers import CREDENTIALS
from shared.identity import Principal
from shared.sign_in import negotiate
from shared.usage.teams import UNASSIGNED
from shared.web_pubsub import ClientUrl
from tests.support.world import World


def _principal(person: str, team: str) -> Principal:
    return Principal(
        id=person,
        tenant="tenant",
        name="Ada",
        email=None,
        roles=frozenset({"Sales"}),
        groups=("g",),
        team=team,
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )


async def test_the_grant_keeps_the_team_until_a_token_names_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()

    async def client_url(user_id: str, minutes: int) -> ClientUrl:
        return ClientUrl(url=f"wss://hub/{user_id}", expires_at=world.clock() + timedelta(minutes=minutes))

    monkeypatch.setattr(world.hub, "client_url", client_url)
    for team in ("North", "South"):
        world.tokens.known["good"] = _principal(person, team)
        await negotiate(world.chat, {"authorization": "Bearer good"})
        assert (await world.people.grant(person, world.clock())).team == team


async def test_a_grant_of_before_teams_has_none(world: World) -> None:
    person = world.person()
    checked_at = iso(world.clock())
    old = {"id": "grant", "principal": person, "name": "Ada", "email": None, "roles": [], "checked_at": checked_at}
    await world.cosmos.upsert(CREDENTIALS, old)
    assert (await world.people.grant(person, world.clock())).team == UNASSIGNED
