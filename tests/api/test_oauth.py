"""A sign-in to a tool server, the whole way: card, page, authorization server, callback, call."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from api.connections import ConnectionsApi
from api.endpoint import ApiRequest, RawRequest
from shared.containers import CREDENTIALS
from shared.cosmos import Cosmos
from shared.tools.authorization import SignInRequired
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
from tests.support.functions import signed_in
from tests.support.world import World


def browser(bench: Bench) -> Browser:
    return Browser(bench, {})


async def status_with(url: str, header: tuple[str, str] | None) -> int:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream", **dict(filter(None, [header]))}
    async with httpx2.AsyncClient() as http:
        return (await http.post(f"{url}/quotes/mcp", json=ping, headers=headers)).status_code


async def test_a_person_signs_in_and_calls_are_let_in(bench: Bench, link: str, quotes_url: str) -> None:
    ada = browser(bench)
    with pytest.raises(SignInRequired):
        await bench.header()
    reply = await ada.get(await chosen(await ada.sent_on(link)))
    assert (reply.status, "You are connected" in text(reply)) == (200, True)
    assert bench.answers.given == [(bench.person, CONVERSATION, CARD, True)]
    header = await bench.header()
    assert header is not None
    assert header[0] == "Authorization"
    assert await status_with(quotes_url, header) == 200
    assert await status_with(quotes_url, None) == 401


async def test_the_request_to_the_authorization_server_is_as_oauth_2_1_wants_it(bench: Bench, link: str) -> None:
    url = urlsplit(await browser(bench).sent_on(link))
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["redirect_uri"] == f"{PUBLIC_URL}/api/oauth/callback"
    assert asked["resource"] == (await bench.server()).url
    assert asked["scope"] == "quotes"
    assert len(asked["state"]) >= 43


async def test_the_page_says_whose_sign_in_it_is_and_runs_no_script(bench: Bench, link: str) -> None:
    await bench.remember(name="Ada <b>Lovelace")
    reply = await browser(bench).get(link)
    assert "Ada &lt;b&gt;Lovelace (ada@example.com)" in text(reply)
    assert "<script" not in text(reply)
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert (reply.headers["Cache-Control"], reply.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    cookie = reply.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_only_the_browser_that_opened_the_link_first_can_go_on_with_it(bench: Bench, link: str) -> None:
    ada, mallory = browser(bench), browser(bench)
    onward = await ada.opened(link)
    for url in (link, onward):
        reply = await mallory.get(url)
        assert (reply.status, "another browser" in text(reply)) == (400, True)
    assert (await ada.get(onward)).status == 303


async def test_the_page_cannot_be_skipped(bench: Bench, link: str) -> None:
    ada = browser(bench)
    await ada.opened(link)
    reply = await ada.get(f"{link}&go={'0' * 64}")
    assert (reply.status, "Location" in reply.headers) == (400, False)


async def test_a_code_sent_to_another_browser_is_of_no_use_there(bench: Bench, link: str) -> None:
    mallory, ada = browser(bench), browser(bench)
    back = await chosen(await mallory.sent_on(link))
    assert (await ada.get(back)).status == 400
    ada.cookies = dict.fromkeys(mallory.cookies, "A" * 43)
    assert (await ada.get(back)).status == 400
    with pytest.raises(SignInRequired):
        await bench.header()
    assert (await mallory.get(back)).status == 200


async def test_an_answer_counts_once(bench: Bench, link: str) -> None:
    ada = browser(bench)
    back = await chosen(await ada.sent_on(link))
    assert (await ada.get(back)).status == 200
    assert (await ada.get(back)).status == 400
    assert len(bench.answers.given) == 1


async def test_a_link_is_dead_once_the_sign_in_is_done(bench: Bench, link: str) -> None:
    ada = browser(bench)
    await ada.get(await chosen(await ada.sent_on(link)))
    assert (await ada.get(link)).status == 400


@pytest.mark.parametrize("change", ["iss=http://evil.example", "iss="])
async def test_an_answer_of_another_issuer_is_refused(bench: Bench, link: str, change: str) -> None:
    ada = browser(bench)
    back = httpx2.URL(await chosen(await ada.sent_on(link)))
    params = dict(back.params) | dict([change.split("=", 1)])
    reply = await ada.get(str(back.copy_with(params=params)))
    expected = 400 if params["iss"] else 200
    assert reply.status == expected
    assert len(bench.answers.given) == (0 if expected == 400 else 1)


async def test_a_person_who_says_no_closes_the_card(bench: Bench, link: str) -> None:
    ada = browser(bench)
    reply = await ada.get(await chosen(await ada.sent_on(link), account=""))
    assert "You chose not to sign in" in text(reply)
    assert bench.answers.given == [(bench.person, CONVERSATION, CARD, False)]


async def test_a_link_is_good_for_ten_minutes(bench: Bench, link: str) -> None:
    bench.time.ahead += timedelta(seconds=601)
    await bench.remember()
    assert (await browser(bench).get(link)).status == 400


async def test_a_made_up_link_leads_nowhere(bench: Bench, link: str) -> None:
    for made_up in ("x", link[:-2] + "AA", link.partition("card=")[2].partition(".")[0]):
        reply = await browser(bench).get(f"{PUBLIC_URL}/api/oauth/start?card={made_up}")
        assert reply.status == 400


async def test_who_lost_the_role_cannot_sign_in(bench: Bench, link: str) -> None:
    await bench.remember(roles=frozenset({"HR"}))
    assert (await browser(bench).get(link)).status == 400


async def test_two_sign_ins_register_one_client(bench: Bench, link: str) -> None:
    other = bench.credentials.sign_in_url("quotes", CARD, "tenant.other", CONVERSATION)
    assert other is not None
    first = parse_qs(urlsplit(await browser(bench).sent_on(link)).query)["client_id"]
    bench.person = "tenant.other"
    await bench.remember()
    assert parse_qs(urlsplit(await browser(bench).sent_on(other)).query)["client_id"] == first


async def test_nothing_that_is_kept_can_be_read_without_the_key(bench: Bench, link: str) -> None:
    ada = browser(bench)
    await ada.get(await chosen(await ada.sent_on(link)))
    header = await bench.header()
    kept = await bench.cosmos.read(CREDENTIALS, bench.person, "token.quotes")
    assert header is not None
    assert kept is not None
    assert header[1].removeprefix("Bearer ") not in str(kept)
    assert "refresh" not in str(kept["sealed"])


async def test_a_connection_is_listed_and_can_be_forgotten(
    bench: Bench, link: str, quotes_url: str, world: World
) -> None:
    ada = browser(bench)
    await ada.get(await chosen(await ada.sent_on(link)))
    header = await bench.header()
    endpoints = {one.name: one for one in ConnectionsApi(bench.personal).endpoints()}
    signed_in(world)
    person = replace(world.tokens.known["good"], id=bench.person)

    async def ask(name: str) -> str:
        raw = RawRequest(path={}, query={}, headers={}, body=b"")
        return text(await endpoints[name].handle(ApiRequest(person=person, path={"server": "quotes"}, raw=raw)))

    assert '"server":"quotes","kind":"oauth"' in await ask("list_connections")
    assert await ask("forget_connection") == ""
    assert await ask("forget_connection") == ""
    assert '"connections":[]' in await ask("list_connections")
    assert await status_with(quotes_url, header) == 401
    with pytest.raises(SignInRequired):
        await bench.header()


async def test_a_server_that_takes_the_sign_in_to_salescoach_says_so(cosmos: Cosmos) -> None:
    auth = {"mode": "on_behalf_of", "scope": "api://quotes/.default"}
    bench = Bench(cosmos, catalog_of("http://127.0.0.1:9/mcp", auth))
    await bench.remember()
    link = bench.credentials.sign_in_url("quotes", CARD, bench.person, CONVERSATION)
    assert link is not None
    reply = await browser(bench).get(link)
    assert (reply.status, "Reload SalesCoach" in text(reply)) == (400, True)


def test_a_deployment_that_keeps_no_credentials_has_no_such_page(cosmos: Cosmos) -> None:
    bench = Bench(cosmos, catalog_of("http://127.0.0.1:9/mcp", {"mode": "none"}))
    without = bench.process(settings_of(CREDENTIALS_KEYS=""))
    assert without.sign_in_url("quotes", CARD, bench.person, CONVERSATION) is None
    assert without.browser_pass(bench.person) == {}
