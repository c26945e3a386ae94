"""Calls whose credential is good, but not for this: made with a wider one, or a matter for the person, or a refusal."""

from typing import Any

import pytest
from aiohttp import web

from shared.tools.outcome import SignInNeeded, ToolServerUnavailable
from tests.shared.tools.calling import CALLER, called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import LEGACY, MODERN, ScriptedServer, scripted_server
from tests.shared.tools.wallet import Wallet, put_before

OAUTH = {"mode": "oauth"}
LACKS_WRITE = 'Bearer error="insufficient_scope", scope="write"'


def narrow(server: ScriptedServer, *methods: str, wide: str, challenge: str) -> None:
    """Let the methods be refused to all but the token `wide`."""

    async def check(request: web.Request, message: dict[str, Any]) -> web.StreamResponse | None:
        if request.headers.get("Authorization") != f"Bearer {wide}":
            return web.Response(status=403, headers={"www-authenticate": challenge})
        return None

    for method in methods:
        put_before(server, method, check)


async def test_a_call_that_wants_more_is_made_with_a_wider_credential(
    server: ScriptedServer, make_tools: MakeTools
) -> None:
    narrow(server, "tools/call", wide="wide", challenge=LACKS_WRITE)
    catalog = server.catalog(auth=OAUTH)
    wallet = Wallet(held={"p": "small"}, wider_one="wide")
    outcome = await called(make_tools(catalog, wallet), catalog.servers["scripted"], "echo")
    assert (outcome.status, wallet.scopes, wallet.rejected) == ("completed", ["write"], [])
    assert server.count("tools/call") == 2


@pytest.mark.parametrize("era", [MODERN, LEGACY])
@pytest.mark.parametrize("method", ["tools/list", "tools/call"])
async def test_a_person_whose_credential_lacks_a_scope_is_asked_to_sign_in(
    make_tools: MakeTools, era: str, method: str
) -> None:
    async with scripted_server(era=era) as server:
        narrow(server, method, wide="none", challenge=LACKS_WRITE)
        catalog = server.catalog(auth=OAUTH)
        wallet = Wallet(held={"p": "small"})
        tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
        assert await tools.call(spec, "echo", "{}", CALLER, 5) == SignInNeeded(server="scripted")
        assert (wallet.scopes, wallet.rejected) == (["write"], [])
        assert server.count(method) == 1


async def test_a_scope_nobody_can_give_is_a_failure_in_words(server: ScriptedServer, make_tools: MakeTools) -> None:
    narrow(server, "tools/call", wide="none", challenge=LACKS_WRITE)
    catalog = server.catalog(auth=OAUTH)
    tools = make_tools(catalog, Wallet(held={"p": "small"}, can_ask=False))
    outcome = await called(tools, catalog.servers["scripted"], "echo")
    assert (outcome.status, "more rights" in outcome.text) == ("failed", True)


async def test_a_renewed_credential_may_still_lack_a_scope(server: ScriptedServer, make_tools: MakeTools) -> None:
    catalog = server.catalog(auth=OAUTH)
    wallet = Wallet(held={"p": "old"}, next={"p": "renewed"}, wider_one="wide")
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    await tools.list_tools(spec, "p")

    async def check(request: web.Request, message: dict[str, Any]) -> web.StreamResponse | None:
        match request.headers["Authorization"]:
            case "Bearer old":
                return web.Response(status=401, headers={"www-authenticate": 'Bearer scope="read"'})
            case "Bearer renewed":
                return web.Response(status=403, headers={"www-authenticate": LACKS_WRITE})
            case _:
                return None

    put_before(server, "tools/call", check)
    assert (await called(tools, spec, "echo")).status == "completed"
    assert (wallet.rejected, wallet.scopes) == (["Bearer old"], ["read", "write"])


@pytest.mark.parametrize("challenge", ["Bearer", 'Bearer scope="write"', 'Bearer error="insufficient_scope"'])
async def test_a_plain_403_is_a_refusal_in_words_and_no_sign_in(
    server: ScriptedServer, make_tools: MakeTools, challenge: str
) -> None:
    narrow(server, "tools/call", wide="none", challenge=challenge)
    catalog = server.catalog(auth=OAUTH)
    wallet = Wallet(held={"p": "small"}, next={"p": "another"})
    tools, spec = make_tools(catalog, wallet), catalog.servers["scripted"]
    outcome = await called(tools, spec, "echo")
    assert (outcome.status, "does not allow" in outcome.text) == ("failed", True)
    assert (wallet.rejected, wallet.scopes, server.count("tools/call")) == ([], [], 1)
    narrow(server, "tools/list", wide="none", challenge=challenge)
    with pytest.raises(ToolServerUnavailable) as caught:
        await make_tools(catalog, wallet).list_tools(spec, "p")
    assert caught.value.reason == "does not allow the use of its tools to this sign-in"
