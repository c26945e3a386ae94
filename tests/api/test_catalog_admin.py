"""The catalog as an administrator sees it."""

from typing import Any

import pytest

from api.functions import api_blueprint
from shared.tools.catalog import Catalog
from shared.tools.catalogs import CatalogOverride, Catalogs
from tests.support.functions import NO_ENGINES, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import CATALOG, World


async def _view(world: World, params: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    handler = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))["api_view_catalog"]
    response = await handler(request("GET", params, "good"))
    return response.status_code, json_of(response)


async def test_an_administrator_sees_what_each_role_may_use(world: World) -> None:
    signed_in(world, "Admin")
    status, view = await _view(world)
    assert (status, view["origin"], view["degraded"], view["roles"]) == (200, "packaged", None, ["HR", "Sales"])
    assert {(line["role"], line["tool"]) for line in view["access"]} == {
        ("HR", "find"),
        ("HR", "write"),
        ("HR", "forecast"),
        ("Sales", "find"),
        ("Sales", "write"),
    }
    assert [(server["name"], server["auth"]) for server in view["servers"]] == [("crm", "none")]
    assert "http instead of https" in view["warnings"][0]["message"]


async def test_the_view_as_one_role_shows_only_that(world: World) -> None:
    signed_in(world, "Admin")
    _, view = await _view(world, {"as": "Sales"})
    assert [(line["role"], line["tool"], line["in_group"]) for line in view["access"]] == [
        ("Sales", "find", "allow"),
        ("Sales", "write", "allow"),
    ]
    _, view = await _view(world, {"as": "Nobody"})
    assert (view["access"], view["servers"]) == ([], [])


async def test_an_override_that_cannot_be_used_is_told_with_what_is_wrong(world: World) -> None:
    world.blobs.blobs["config", "mcpservers.json"] = b'{"servers": {"crm": {"url": "https://a.example"}}}'
    override = CatalogOverride(blobs=world.blobs, variables={})
    world.catalogs = Catalogs(Catalog.load(CATALOG, {}), override, world.clock)
    signed_in(world, "Admin")
    status, view = await _view(world)
    assert (status, view["origin"], view["access"]) == (200, "none", [])
    assert "servers.crm.roles: Field required" in view["degraded"]


@pytest.mark.parametrize("roles", [("Sales",), ("Sales", "Management", "HR"), ("admin",)])
async def test_nobody_else_sees_it(world: World, roles: tuple[str, ...]) -> None:
    signed_in(world, *roles)
    status, problem = await _view(world)
    assert (status, problem["code"]) == (403, "forbidden")


@pytest.mark.parametrize("params", [{"as": ""}, {"as": "x" * 65}, {"role": "Sales"}, {"As": "Sales"}])
async def test_a_question_that_is_not_understood_is_refused(world: World, params: dict[str, str]) -> None:
    signed_in(world, "Admin")
    status, problem = await _view(world, params)
    assert (status, problem["code"]) == (400, "invalid_command")
