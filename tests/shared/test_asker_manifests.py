"""What the coach may use for each asker of a group: their own, pinned beside the group's log."""

import pytest

from shared.asker_manifests import AskerManifests
from shared.manifests import Manifests
from shared.people import Grant
from tests.group_chat.audience.groups import begin
from tests.support.world import World


@pytest.fixture
def askers(world: World) -> AskerManifests:
    manifests = Manifests(world.prompts, world.catalogs, world.tools, world.clock, company="Northwind")
    return AskerManifests(manifests, world.log, world.clock)


async def _grant(world: World, principal: str, *roles: str) -> Grant:
    await world.sign_in(principal, *roles)
    return await world.people.grant(principal, world.clock())


async def test_each_asker_gets_a_manifest_of_their_own_rights(world: World, askers: AskerManifests) -> None:
    ada, bob = world.person("tenant.ada"), world.person("tenant.bob")
    group_id = await begin(world, ada, bob)
    pinned = [
        await askers.pin(group_id, await _grant(world, person, role)) for person, role in ((ada, "Sales"), (bob, "HR"))
    ]
    manifests = [await world.log.manifest(group_id, manifest_id) for manifest_id in pinned]
    assert [tuple(tool.tool for tool in manifest.tools) for manifest in manifests if manifest] == [
        ("find", "write"),
        ("find", "forecast", "write"),
    ]
    assert (await world.head(group_id)).manifest_id is None


async def test_pinning_again_names_the_same_manifest(world: World, askers: AskerManifests) -> None:
    ada = world.person("tenant.ada")
    group_id = await begin(world, ada)
    grant = await _grant(world, ada)
    assert await askers.pin(group_id, grant) == await askers.pin(group_id, grant)


async def test_lost_roles_count_at_once(world: World, askers: AskerManifests) -> None:
    ada = world.person("tenant.ada")
    before = await askers.of(await _grant(world, ada, "HR"))
    after = await askers.of(await _grant(world, ada, "Sales"))
    assert [len(made.manifest.tools) for made in (before, after)] == [3, 2]


async def test_what_was_built_is_used_for_a_minute_unless_a_server_was_away(
    world: World, askers: AskerManifests
) -> None:
    grant = await _grant(world, world.person("tenant.ada"))
    world.tools.away.add("crm")
    assert (await askers.of(grant)).manifest.unavailable == ("crm",)
    world.tools.away.clear()
    whole = await askers.of(grant)
    assert whole.manifest.unavailable == ()
    world.tools.away.add("crm")
    assert await askers.of(grant) == whole
    world.clock.advance(61)
    assert (await askers.of(grant)).manifest.unavailable == ("crm",)
