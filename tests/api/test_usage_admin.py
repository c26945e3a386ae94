"""What people, teams and models used, and who looked at it."""

from typing import Any

import pytest

from api.functions import api_blueprint
from shared.clock import iso
from shared.people import Grant
from shared.protocol.shapes import Usage
from shared.security_events import SecurityKind
from shared.usage.ledger import THE_APP, Spender
from shared.usage.teams import UNASSIGNED
from tests.support.functions import NO_ENGINES, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World

MARCH = {"since": "2026-03-01", "until": "2026-03-31"}


async def _get(world: World, name: str, **query: str) -> tuple[int, dict[str, Any]]:
    response = await functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[name](request("GET", query, "good"))
    return response.status_code, json_of(response)


async def _turn(world: World, person: str, team: str, turn_id: str, model: str, tokens: int) -> None:
    usage = Usage(input_tokens=tokens, output_tokens=1, cost_micros=tokens * 2)
    spender = Spender(principal=person, team=team)
    await world.spending.ledger.record_turn(spender, f"t_{person}_{turn_id}", usage, model=model, conversation_id="s_1")


async def test_usage_is_told_by_person_team_and_model(world: World) -> None:
    signed_in(world, "Admin")
    ada, ben = world.person(), world.person("t.ben")
    await _turn(world, ada, "North", "1", "large", 100)
    await _turn(world, ada, "North", "2", "large", 50)
    await _turn(world, ada, "North", "3", "small", 7)
    await _turn(world, ben, UNASSIGNED, "1", "large", 30)
    status, told = await _get(world, "api_admin_usage", **MARCH)
    assert status == 200
    lines = {
        (line["team"], line["person"], line["model"]): (line["turns"], line["usage"]["input_tokens"])
        for line in told["lines"]
        if line["person"] in {ada, ben}
    }
    assert lines == {
        ("North", ada, "large"): (2, 150),
        ("North", ada, "small"): (1, 7),
        (UNASSIGNED, ben, "large"): (1, 30),
    }
    people = {total["name"]: (total["turns"], total["usage"]["cost_micros"]) for total in told["people"]}
    assert (people[ada], people[ben]) == ((3, 314), (1, 60))
    assert {total["name"] for total in told["teams"]} >= {"North", UNASSIGNED}


async def test_side_products_are_usage_but_no_turns_and_the_app_has_an_account_of_its_own(world: World) -> None:
    signed_in(world, "Admin")
    ada, ledger = world.person(), world.spending.ledger
    await _turn(world, ada, "North", "1", "small", 100)
    used = Usage(input_tokens=11, output_tokens=2)
    mine = f"vectors-{ada}"
    await ledger.record_call(
        Spender(principal=ada, team="North"), f"side.{ada}", used, model="small", conversation_id="s_1"
    )
    await ledger.record_call(THE_APP, f"side.app.{ada}", used, model=mine, conversation_id="")
    _, told = await _get(world, "api_admin_usage", **MARCH)
    lines = [line for line in told["lines"] if line["person"] == ada or line["model"] == mine]
    assert [(line["team"], line["person"], line["turns"], line["usage"]["input_tokens"]) for line in lines] == [
        ("North", ada, 1, 111),
        ("app", "system", 0, 11),
    ]
    assert next(total for total in told["models"] if total["name"] == mine)["usage"]["output_tokens"] == 2


async def test_usage_of_other_days_and_teams_is_left_out(world: World) -> None:
    signed_in(world, "Admin")
    ada = world.person()
    await _turn(world, ada, "North", "1", "large", 100)
    for query in ({"since": "2026-03-03", "until": "2026-03-31"}, MARCH | {"team": UNASSIGNED}):
        _, told = await _get(world, "api_admin_usage", **query)
        assert ada not in {line["person"] for line in told["lines"]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "since"),
        ({"since": "2026-02-30", "until": "2026-03-01"}, "since"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "until"),
        ({"since": "2020-01-01", "until": "2026-03-01"}, "until"),
        (MARCH | {"team": "Nowhere"}, "team"),
        (MARCH | {"tema": "North"}, "tema"),
    ],
    ids=str,
)
async def test_a_period_or_team_that_cannot_be_is_refused_by_name(
    world: World, query: dict[str, str], field: str
) -> None:
    signed_in(world, "Admin")
    status, told = await _get(world, "api_admin_usage", **query)
    assert (status, told["title"].split(":")[0]) == (400, field)


@pytest.mark.parametrize("name", ["api_admin_usage", "api_admin_security", "api_admin_prompts"])
async def test_who_is_no_administrator_is_refused_and_noted(world: World, name: str) -> None:
    person = signed_in(world, "Sales", "Management")
    assert (await _get(world, name, **MARCH))[0] == 403
    signed_in(world, "Admin")
    _, told = await _get(world, "api_admin_security", day="2026-03-02", person=person)
    assert [(event["kind"], event["detail"].split()[0]) for event in told["events"]] == [("access_refused", name[4:])]


async def test_an_administrators_look_is_noted(world: World) -> None:
    admin = signed_in(world, "Admin")
    await _get(world, "api_admin_usage", **MARCH)
    _, told = await _get(world, "api_admin_security", day="2026-03-02", person=admin)
    seen = [event["detail"] for event in told["events"]]
    assert "admin_usage since=2026-03-01 until=2026-03-31" in seen


async def test_people_are_named_as_far_as_their_sign_in_is_known(world: World) -> None:
    signed_in(world, "Admin")
    ada, ben = world.person(), world.person("t.ben")
    grant = Grant(principal=ada, name="Ada Winter", email=None, roles=frozenset(), checked_at=iso(world.clock()))
    await world.people.remember(grant)
    for person in (ada, ben):
        await _turn(world, person, "North", "1", "large", 10_000_000)
    _, told = await _get(world, "api_admin_usage", **MARCH)
    assert told["names"].get(ada) == "Ada Winter"
    assert ben not in told["names"]
    for person in (ada, ben):
        await world.chat.security.report(SecurityKind.OTHER_EMAIL, person)
    _, told = await _get(world, "api_admin_security", day="2026-03-02", person=ada)
    assert told["names"] == {ada: "Ada Winter"}
    _, told = await _get(world, "api_admin_security", day="2026-03-02", person=ben)
    assert (len(told["events"]), told["names"]) == (1, {})


async def test_security_events_of_one_kind_or_person_are_told_alone(world: World) -> None:
    person = signed_in(world, "Sales")
    await _get(world, "api_admin_usage", **MARCH)
    admin = signed_in(world, "Admin")
    await _get(world, "api_admin_usage", **MARCH)
    for query, kinds in (
        ({"person": person}, {"access_refused"}),
        ({"person": admin}, {"admin_access"}),
        ({"person": person, "kind": "access_refused"}, {"access_refused"}),
        ({"person": person, "kind": "admin_access"}, set[str]()),
        ({"kind": "access_refused"}, {"access_refused"}),
    ):
        _, told = await _get(world, "api_admin_security", day="2026-03-02", limit="200", **query)
        assert {event["kind"] for event in told["events"]} == kinds, query
        if "person" in query:
            assert {event["principal"] for event in told["events"]} <= {query["person"]}
