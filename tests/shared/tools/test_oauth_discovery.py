"""Who signs people in for a server: what is believed of it, and what is never asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from shared.tools.address_rules import parse_networks
from shared.tools.catalog import ServerSpec
from shared.tools.oauth_discovery import AuthorizationServer, discover
from shared.tools.oauth_errors import AuthorizationServerFailed, Unreachable
from shared.tools.oauth_http import OAuthHttp
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import catalog_of

PROTECTED = "/.well-known/oauth-protected-resource"
AUTHORITY = "/.well-known/oauth-authorization-server"


@dataclass
class Site:
    """A tool server that names itself as its authorization server; parts of what it says can be changed."""

    url: str = ""
    challenge: str | None = None
    protected: dict[str, Any] = field(default_factory=dict[str, Any])
    authority: dict[str, Any] = field(default_factory=dict[str, Any])
    where: str = f"{PROTECTED}/mcp"
    authority_at: str = AUTHORITY
    status: int = 200
    padding: int = 0
    asked: list[str] = field(default_factory=list[str])
    headers: list[str] = field(default_factory=list[str])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.headers += [name.lower() for name in request.headers]
        if request.path == "/mcp":
            header = {"WWW-Authenticate": self.challenge} if self.challenge else {}
            return web.Response(status=401, headers=header)
        if request.path == self.where:
            if self.status != 200:
                return web.Response(status=self.status, headers={"Location": f"{self.url}/elsewhere"})
            told = {"resource": f"{self.url}/mcp", "authorization_servers": [self.url]}
            return web.json_response(told | self.protected, headers={"x-padding": "x"})
        if request.path == self.authority_at:
            told = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "padding": "x" * self.padding,
            }
            return web.json_response({k: v for k, v in (told | self.authority).items() if v is not None})
        return web.Response(status=404)

    def server(self, *scopes: str) -> ServerSpec:
        return catalog_of(f"{self.url}/mcp", {"mode": "oauth", "scopes": scopes}).servers["quotes"]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with stub_server(site) as url:
        site.url = url
        yield site


@pytest.fixture
async def http() -> AsyncIterator[OAuthHttp]:
    http = OAuthHttp(parse_networks("127.0.0.0/8"))
    yield http
    await http.close()


async def found(http: OAuthHttp, site: Site, *scopes: str) -> AuthorizationServer:
    return await discover(http, site.server(*scopes))


async def test_the_server_names_its_authorization_server(http: OAuthHttp, site: Site) -> None:
    authority = await found(http, site)
    assert (authority.issuer, authority.resource, authority.scopes) == (site.url, f"{site.url}/mcp", None)
    assert "authorization" not in site.headers


async def test_the_refusal_says_where_to_look_and_for_which_scopes(http: OAuthHttp, site: Site) -> None:
    site.where = "/told"
    site.challenge = f'Bearer resource_metadata="{site.url}/told", scope="read write"'
    assert (await found(http, site)).scopes == "read write"
    assert site.asked[1] == "/told"


async def test_the_catalogs_scopes_come_before_what_the_server_offers(http: OAuthHttp, site: Site) -> None:
    site.protected = {"scopes_supported": ["everything"]}
    assert (await found(http, site)).scopes == "everything"
    assert (await found(http, site, "little")).scopes == "little"


async def test_a_token_that_lasts_is_asked_for_where_there_is_one(http: OAuthHttp, site: Site) -> None:
    site.authority = {"scopes_supported": ["read", "offline_access"]}
    assert (await found(http, site, "read")).scopes == "read offline_access"


@pytest.mark.parametrize("where", [PROTECTED, "/nowhere"])
async def test_other_places_are_tried_in_order(http: OAuthHttp, site: Site, where: str) -> None:
    site.where = where
    assert (await found(http, site)).issuer.rstrip("/") == site.url
    assert site.asked[1:3] == [f"{PROTECTED}/mcp", PROTECTED]


async def test_openid_metadata_serve_as_well(http: OAuthHttp, site: Site) -> None:
    site.authority_at = "/.well-known/openid-configuration"
    assert (await found(http, site)).issuer == site.url


@pytest.mark.parametrize(
    ("protected", "authority"),
    [
        ({"resource": "https://other.example/mcp"}, {}),
        ({}, {"issuer": "https://other.example"}),
        ({}, {"code_challenge_methods_supported": ["plain"]}),
        ({}, {"code_challenge_methods_supported": None}),
        ({}, {"token_endpoint": None}),
    ],
)
async def test_what_does_not_fit_together_is_not_used(
    http: OAuthHttp, site: Site, protected: dict[str, Any], authority: dict[str, Any]
) -> None:
    site.protected, site.authority = protected, authority
    with pytest.raises(AuthorizationServerFailed):
        await found(http, site)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://[::1]:9/",
        "http://[::ffff:10.0.0.1]/",
        "https://192.168.1.1/",
        "http://user:pass@127.0.0.1:9/",
    ],
)
async def test_an_address_that_is_not_public_is_never_asked(http: OAuthHttp, site: Site, elsewhere: str) -> None:
    site.protected = {"authorization_servers": [elsewhere]}
    with pytest.raises(AuthorizationServerFailed):
        await found(http, site)


async def test_where_nothing_private_is_configured_the_server_itself_is_not_asked(site: Site) -> None:
    strict = OAuthHttp()
    with pytest.raises(AuthorizationServerFailed):
        await found(strict, site)
    assert site.asked == []
    await strict.close()


async def test_a_redirect_is_not_followed(http: OAuthHttp, site: Site) -> None:
    site.status = 302
    await found(http, site)
    assert "/elsewhere" not in site.asked


async def test_a_server_in_trouble_does_not_lead_to_guessing(http: OAuthHttp, site: Site) -> None:
    site.status = 503
    with pytest.raises(Unreachable):
        await found(http, site)
    assert AUTHORITY not in site.asked


async def test_an_endless_answer_is_cut_off(http: OAuthHttp, site: Site) -> None:
    site.padding = 300_000
    with pytest.raises(AuthorizationServerFailed):
        await found(http, site)


def of_first_revision(site: Site) -> ServerSpec:
    return catalog_of(f"{site.url}/mcp", {"mode": "oauth", "revision": "2025-03-26"}).servers["quotes"]


async def test_a_server_of_the_first_revision_without_metadata_is_signed_in_to_at_its_own_address(
    http: OAuthHttp, site: Site
) -> None:
    site.where = site.authority_at = "/nowhere"
    authority = await discover(http, of_first_revision(site))
    told = authority.metadata
    ends = (told.authorization_endpoint, told.token_endpoint, told.registration_endpoint)
    assert [str(end) for end in ends] == [f"{site.url}/{name}" for name in ("authorize", "token", "register")]
    assert (authority.issuer.rstrip("/"), authority.resource) == (site.url, f"{site.url}/mcp")


async def test_nobody_is_signed_in_by_guesses_at_a_server_of_another_revision(http: OAuthHttp, site: Site) -> None:
    site.where = site.authority_at = "/nowhere"
    with pytest.raises(AuthorizationServerFailed):
        await found(http, site)


async def test_what_a_server_of_the_first_revision_says_comes_before_what_is_taken_for_granted(
    http: OAuthHttp, site: Site
) -> None:
    site.authority = {"token_endpoint": f"{site.url}/elsewhere"}
    assert str((await discover(http, of_first_revision(site))).metadata.token_endpoint) == f"{site.url}/elsewhere"
    site.authority_at = "/nowhere"
    with pytest.raises(AuthorizationServerFailed):
        await discover(http, of_first_revision(site))  # it names an authorization server, which says nothing


@pytest.mark.parametrize(
    ("challenge", "protected", "bound"),
    [
        (None, {}, False),
        ('Bearer scope="read"', {}, False),
        ('DPoP algs="ES256"', {}, True),
        ('dpop, Bearer scope="read"', {}, False),
        ('Bearer realm="a DPoP, of sorts"', {}, False),
        (None, {"dpop_bound_access_tokens_required": True}, True),
        (None, {"dpop_signing_alg_values_supported": ["ES256"]}, False),
    ],
)
async def test_a_token_is_bound_to_a_key_where_the_server_takes_no_other(
    http: OAuthHttp, site: Site, challenge: str | None, protected: dict[str, Any], *, bound: bool
) -> None:
    site.challenge, site.protected = challenge, protected
    assert (await found(http, site)).bound is bound
