"""Whose browser it is that opens a link, and what it is told of us."""

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from chat.functions import chat_blueprint
from shared.cosmos import Cosmos
from tests.api.conftest import OAUTH
from tests.shared.tools.credential_bench import (
    CARD,
    CONVERSATION,
    PUBLIC_URL,
    Bench,
    Browser,
    catalog_of,
    chosen,
    settings_of,
    text,
)
from tests.support.functions import functions_of, request, runtime_of, signed_in
from tests.support.world import World


def browser(bench: Bench) -> Browser:
    return Browser(bench, {})


@pytest.mark.parametrize("seconds", [0, 13 * 3600])
async def test_a_link_is_refused_in_the_browser_of_somebody_else(bench: Bench, link: str, seconds: int) -> None:
    ben = browser(bench)
    ben.took(bench.credentials.browser_pass("tenant.ben")["Set-Cookie"])
    bench.time.ahead += timedelta(seconds=seconds)
    await bench.remember()
    link = bench.credentials.sign_in_url("quotes", CARD, bench.person, CONVERSATION) or link
    reply = await ben.get(link)
    refused = "somebody else" in text(reply)
    assert refused == (seconds == 0), "after its time the cookie says nothing"


async def test_the_owners_browser_goes_on(bench: Bench, link: str) -> None:
    ada = browser(bench)
    ada.took(bench.credentials.browser_pass(bench.person)["Set-Cookie"])
    assert (await ada.get(await chosen(await ada.sent_on(link)))).status == 200


async def test_with_tls_cookies_are_of_this_very_host(cosmos: Cosmos, quotes_url: str) -> None:
    settings = settings_of(PUBLIC_URL="https://coach.example.com")
    bench = Bench(cosmos, catalog_of(f"{quotes_url}/quotes/mcp", OAUTH), settings)
    await bench.remember()
    link = bench.credentials.sign_in_url("quotes", CARD, bench.person, CONVERSATION)
    assert link is not None
    assert link.startswith("https://coach.example.com/api/oauth/start?card=")
    for cookie in (
        (await browser(bench).get(link)).headers["Set-Cookie"],
        bench.credentials.browser_pass(bench.person)["Set-Cookie"],
    ):
        assert cookie.startswith("__Host-")
        assert cookie.endswith("; Secure")
        assert "Path=/;" in cookie
    await bench.close()


async def test_negotiating_tells_the_browser_whose_it_is(bench: Bench, world: World) -> None:
    person = signed_in(world)
    negotiate = functions_of(chat_blueprint(runtime_of(world, bench.credentials), cast("Any", None)))["chat_negotiate"]
    reply = await negotiate(request("POST", token="good"))
    cookie = reply.headers["Set-Cookie"]
    assert bench.personal.browsers.person(cookie.partition(";")[0]) == person
    assert "good" not in cookie


async def test_we_say_of_ourselves_where_to_send_codes_and_nothing_secret(bench: Bench) -> None:
    document = json.loads(text(await browser(bench).get(f"{PUBLIC_URL}/api/oauth/client")))
    assert document["client_id"] == f"{PUBLIC_URL}/api/oauth/client"
    assert document["redirect_uris"] == [f"{PUBLIC_URL}/api/oauth/callback"]
    assert (document["token_endpoint_auth_method"], "client_secret" in document) == ("none", False)
