"""What a session is pinned to: the tools offered, and the servers that could not offer theirs."""

import pytest

from shared.manifests import Manifests, PinnedManifest
from shared.people import Grant
from shared.prompts.library import PromptLibrary
from shared.prompts.store import PromptStore
from shared.tools.catalog import SIGN_IN_TOOL, Catalog, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.descriptions import ToolDescription, describe
from shared.tools.outcome import ToolServerUnavailable
from tests.support.doubles import Clock
from tests.support.memory_blobs import MemoryBlobs
from tests.support.scripted_tools import ScriptedTools

SALES = frozenset({"Sales"})
CATALOG = """{"servers": {
    "crm": {"url": "https://crm.example/mcp", "roles": ["Sales"], "tools": {"find": {"policy": "allow"}}},
    "mail": {"url": "https://mail.example/mcp", "roles": ["Sales"], "auth": {"mode": "oauth"},
             "tools": {"read": {"policy": "allow"}}}}}"""


class Tools(ScriptedTools):
    """Servers of which one may be away for a reason, and one may want a sign-in."""

    reason = ""
    unsigned = False

    async def list_tools(self, server: ServerSpec, principal: str) -> tuple[ToolDescription, ...]:
        if server.name in self.away:
            raise ToolServerUnavailable("It does not answer.", reason=self.reason)
        if server.personal and self.unsigned:
            return (describe(server.name, SIGN_IN_TOOL, "Sign in.", {"type": "object"}),)
        return await super().list_tools(server, principal)


async def pinned(tools: Tools, clock: Clock, catalogs: Catalogs) -> PinnedManifest:
    grant = Grant(principal="p", name="Ada", email=None, roles=SALES, checked_at="2026-03-02T09:00:00Z")
    prompts = PromptLibrary(PromptStore(MemoryBlobs()), clock)
    manifests = Manifests(prompts, catalogs, tools, clock, company="Contoso")
    return await manifests.build(grant, SALES, None)


def tools_of(clock: Clock) -> tuple[Tools, Catalogs]:
    catalogs = Catalogs(Catalog.load(CATALOG, {}))
    return Tools(catalogs, clock), catalogs


async def test_each_tool_is_pinned_with_the_digest_of_what_was_offered() -> None:
    clock = Clock()
    tools, catalogs = tools_of(clock)
    manifest = (await pinned(tools, clock, catalogs)).manifest
    offered: dict[str, str] = {}
    for spec in (await catalogs.current()).servers.values():
        offered |= {tool.tool: tool.digest for tool in await tools.list_tools(spec, "p")}
    assert {tool.tool: tool.digest for tool in manifest.tools} == offered
    assert offered.keys() == {"find", "read"}
    assert all(offered.values())
    assert manifest.unavailable == ()


@pytest.mark.parametrize(
    ("reason", "named"),
    [("", "crm"), ("has not answered since 14:03 UTC", "crm (has not answered since 14:03 UTC)")],
)
async def test_a_server_that_is_away_is_named_with_its_reason(reason: str, named: str) -> None:
    clock = Clock()
    tools, catalogs = tools_of(clock)
    tools.away, tools.reason = {"crm"}, reason
    manifest = (await pinned(tools, clock, catalogs)).manifest
    assert manifest.unavailable == (named,)
    assert [tool.tool for tool in manifest.tools] == ["read"]


async def test_a_server_that_wants_a_sign_in_offers_that_and_is_still_named_as_away() -> None:
    clock = Clock()
    tools, catalogs = tools_of(clock)
    tools.unsigned = True
    manifest = (await pinned(tools, clock, catalogs)).manifest
    assert [tool.model_name for tool in manifest.tools] == ["crm__find", "mail__sign_in_to_server"]
    assert manifest.unavailable == ("mail (needs your sign-in)",)
