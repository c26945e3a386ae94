"""Tokens bound to a key: the proofs, where they are put, and what is asked for them at the token endpoint."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import jwt
import pytest
from aiohttp import web
from jwt import PyJWK

from shared.cosmos import Cosmos
from shared.tools.address_rules import parse_networks
from shared.tools.mcp_guard import CallGuard
from shared.tools.oauth_errors import AuthorizationServerFailed, GrantRefused
from shared.tools.oauth_http import OAuthHttp
from shared.tools.oauth_tokens import ClientLogin, Endpoint, request_token
from shared.tools.proofs import BoundHeader, ProofKey
from tests.shared.stub_server import stub_server
from tests.shared.tools.credential_bench import Bench, catalog_of

URL = "https://tools.example.com/mcp"
FORM = {"grant_type": "authorization_code", "code": "c"}


def opened(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return head and claims of a proof, checked by the key it brings along."""
    head = jwt.get_unverified_header(proof)
    claims = jwt.decode(proof, PyJWK(head["jwk"]), algorithms=["ES256"], options={"verify_iat": False})
    return head, claims


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def test_a_proof_is_for_one_request_and_one_token() -> None:
    proof = ProofKey.make().proof("POST", f"{URL}?a=b#c", token="access", nonce="n1")
    head, claims = opened(proof)
    assert (head["typ"], head["alg"], set(head["jwk"])) == ("dpop+jwt", "ES256", {"kty", "crv", "x", "y"})
    assert (claims["htm"], claims["htu"], claims["ath"]) == ("POST", URL, digest("access"))
    assert claims["nonce"] == "n1"


def test_no_proof_is_like_another() -> None:
    key = ProofKey.make()
    first, second = (opened(key.proof("POST", URL))[1] for _ in "ab")
    assert first["jti"] != second["jti"]
    assert not {"ath", "nonce"} & set(first)


def test_a_key_that_was_kept_is_the_same_key() -> None:
    key = ProofKey.make()
    again = ProofKey.from_text(key.text)
    assert again.thumbprint == key.thumbprint != ProofKey.make().thumbprint
    head, _ = opened(again.proof("POST", URL))
    whole = ",".join(f'"{name}":"{head["jwk"][name]}"' for name in ("crv", "kty", "x", "y"))
    assert key.thumbprint == digest(f"{{{whole}}}")


@dataclass
class Server:
    """A tool server that wants a nonce in proofs, or only ever says that it does."""

    nonce: str | None = None
    is_stubborn: bool = False
    proofs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        _, claims = opened(request.headers["dpop"])
        assert claims["htm"] == request.method
        self.proofs.append(claims)
        if self.is_stubborn or claims.get("nonce") != self.nonce:
            headers = {"www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": self.nonce or ""}
            return httpx2.Response(401, headers=headers)
        return httpx2.Response(200, content=request.content)

    async def calls(self, number: int) -> list[httpx2.Response]:
        guard = CallGuard(httpx2.MockTransport(self), URL)
        guard.prover = BoundHeader("access", ProofKey.make()).prover()
        async with httpx2.AsyncClient(transport=guard) as client:
            return [await client.post(URL, json={"method": "tools/call"}) for _ in range(number)]


async def test_each_request_has_a_proof_of_its_own() -> None:
    server = Server()
    await server.calls(2)
    assert len({proof["jti"] for proof in server.proofs}) == 2
    assert all(proof["ath"] == digest("access") for proof in server.proofs)


async def test_a_server_that_wants_a_nonce_is_sent_the_same_again_with_it_and_later_at_once() -> None:
    server = Server(nonce="n1")
    answers = await server.calls(2)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == {"method": "tools/call"}
    assert [proof.get("nonce") for proof in server.proofs] == [None, "n1", "n1"]


@pytest.mark.parametrize("nonce", ["n1", None, 'n"1'])
async def test_a_server_that_is_never_content_is_not_asked_for_ever(nonce: str | None) -> None:
    server = Server(nonce=nonce, is_stubborn=True)
    (answer,) = await server.calls(1)
    assert answer.status_code == 401
    assert len(server.proofs) == (2 if nonce == "n1" else 1)


def test_the_header_compares_as_what_is_sent() -> None:
    assert BoundHeader("access", ProofKey.make()) == ("Authorization", "DPoP access")


@dataclass
class Authority:
    """A token endpoint."""

    url: str = ""
    nonce: str | None = None
    kind: str = "DPoP"
    refuses: str = ""
    proofs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        _, claims = opened(request.headers["DPoP"])
        self.proofs.append(claims)
        assert (await request.post())["code"] == "c"
        if claims.get("nonce") != self.nonce:
            return web.json_response({"error": "use_dpop_nonce"}, status=400, headers={"DPoP-Nonce": self.nonce or ""})
        if self.refuses:
            return web.json_response({"error": self.refuses}, status=400)
        return web.json_response({"access_token": "access", "token_type": self.kind, "expires_in": 60})


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    authority = Authority()
    async with stub_server(authority) as url:
        authority.url = f"{url}/token"
        yield authority


async def asked(authority: Authority) -> str:
    http = OAuthHttp(parse_networks("127.0.0.0/8"))
    client = ClientLogin(client_id="coach", proof=ProofKey.make())
    try:
        return (
            await request_token(http, Endpoint(url=authority.url, private_network=False), client, FORM)
        ).access_token
    finally:
        await http.close()


@pytest.mark.parametrize(("nonce", "requests"), [(None, 1), ("n1", 2)])
async def test_a_token_is_asked_for_with_a_proof_and_the_nonce_that_is_wanted(
    authority: Authority, nonce: str | None, requests: int
) -> None:
    authority.nonce = nonce
    assert await asked(authority) == "access"
    assert len(authority.proofs) == requests
    assert (authority.proofs[-1]["htu"], authority.proofs[-1].get("nonce")) == (authority.url, nonce)


async def test_a_token_anybody_could_use_is_not_taken_for_a_bound_one(authority: Authority) -> None:
    authority.kind = "Bearer"
    with pytest.raises(AuthorizationServerFailed):
        await asked(authority)


@pytest.mark.parametrize(("refuses", "requests"), [("invalid_grant", 1), ("use_dpop_nonce", 2)])
async def test_a_refusal_is_one_and_a_nonce_is_given_one_chance(
    authority: Authority, refuses: str, requests: int
) -> None:
    authority.refuses = refuses
    with pytest.raises(GrantRefused, match=refuses):
        await asked(authority)
    assert len(authority.proofs) == requests


async def test_a_kept_token_is_shown_with_its_key_and_renewed_with_a_proof_of_it(cosmos: Cosmos) -> None:
    key = ProofKey.make()
    proofs: list[tuple[str, dict[str, Any]]] = []

    async def renews(request: web.Request) -> web.StreamResponse:
        head, claims = opened(request.headers["DPoP"])
        proofs.append((head["jwk"]["x"], claims))
        return web.json_response({"access_token": "access-1", "token_type": "DPoP", "expires_in": 3600})

    async with stub_server(renews) as url:
        bench = Bench(cosmos, catalog_of("http://127.0.0.1:9/mcp", {"mode": "oauth"}))
        await bench.keep(proof_key=key.text, token_endpoint=f"{url}/token")
        header = await bench.header()
        assert isinstance(header, BoundHeader)
        assert (header, header.key.thumbprint) == (("Authorization", "DPoP access-0"), key.thumbprint)
        again = await bench.header(rejected=header[1])
        assert isinstance(again, BoundHeader)
        assert (again, again.key.thumbprint) == (("Authorization", "DPoP access-1"), key.thumbprint)
        await bench.close()
    ((x, claims),) = proofs
    assert x == jwt.get_unverified_header(key.proof("POST", URL))["jwk"]["x"]
    assert (claims["htm"], claims["htu"]) == ("POST", f"{url}/token")
    kept = await bench.personal.store.read(bench.person, "quotes")
    assert kept is not None
    assert key.text not in repr(kept)
