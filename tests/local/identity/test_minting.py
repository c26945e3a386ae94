from typing import Any

import jwt
import pytest

from tests.local.identity.conftest import Local


async def test_a_minted_token_is_as_good_as_one_from_a_sign_in(local: Local) -> None:
    claims = await local.decode(await local.mint(user="chi", roles=["HR", "Admin"]))
    assert (claims["name"], claims["roles"], claims["tid"]) == (
        "Chi Nguyen",
        ["HR", "Admin"],
        local.issuer.split("/")[3],
    )


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"alg": "none"}, jwt.InvalidAlgorithmError),
        ({"alg": "HS256"}, jwt.InvalidAlgorithmError),
        ({"alg": "foreign"}, jwt.InvalidSignatureError),
        ({"lifetime_s": -1}, jwt.ExpiredSignatureError),
        ({"not_before_s": 60}, jwt.ImmatureSignatureError),
        ({"audience": "00000003-0000-0000-c000-000000000000"}, jwt.InvalidAudienceError),
        ({"issuer": "https://sts.windows.net/x/"}, jwt.InvalidIssuerError),
        ({"use": "id"}, jwt.InvalidAudienceError),
        ({"omit": ["sub"]}, jwt.MissingRequiredClaimError),
    ],
)
async def test_a_bad_token_is_bad_in_exactly_the_ordered_way(
    local: Local, order: dict[str, Any], error: type[Exception]
) -> None:
    token = await local.mint(**order)
    with pytest.raises(error):
        await local.decode(token)


async def test_the_hs256_token_is_truly_signed_with_the_public_key(local: Local) -> None:
    token = await local.mint(alg="HS256")
    header = jwt.get_unverified_header(token)
    keys = jwt.PyJWKSet.from_dict(await local.get(f"{local.origin}/keys"))
    assert header["alg"] == "HS256"
    assert header["kid"] in {key.key_id for key in keys.keys}


async def test_claims_and_headers_can_be_anything(local: Local) -> None:
    token = await local.mint(
        tenant="other-tenant",
        groups=[],
        claims={"_claim_names": {"groups": "src1"}, "scp": "access admin"},
        headers={"jku": "https://evil.example/keys"},
        omit=["oid", "groups"],
    )
    claims = await local.decode(token)
    assert (claims["tid"], claims["scp"], claims["_claim_names"]) == (
        "other-tenant",
        "access admin",
        {"groups": "src1"},
    )
    assert not {"oid", "groups"} & set(claims)
    assert jwt.get_unverified_header(token)["jku"] == "https://evil.example/keys"


async def test_the_kid_can_be_wrong(local: Local) -> None:
    assert jwt.get_unverified_header(await local.mint(kid="../../x"))["kid"] == "../../x"


async def test_an_app_token_has_no_scope(local: Local) -> None:
    claims = await local.decode(await local.mint(use="app", roles=["Sales"]))
    assert (claims["idtyp"], claims["roles"], "scp" in claims) == ("app", ["Sales"], False)


@pytest.mark.parametrize("body", [b'{"user": "nobody"}', b'{"colour": 1}', b"{", b'{"alg": "ES256"}'])
async def test_an_order_that_cannot_be_met_is_refused(local: Local, body: bytes) -> None:
    async with local.http.post(f"{local.origin}/_token", data=body) as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_request")


async def test_after_a_rotation_new_tokens_use_the_new_key_and_old_ones_still_verify(local: Local) -> None:
    old = await local.mint()
    async with local.http.post(f"{local.origin}/_rotate") as response:
        kid = (await response.json())["kid"]
    new = await local.mint()
    assert jwt.get_unverified_header(new)["kid"] == kid != jwt.get_unverified_header(old)["kid"]
    assert (await local.decode(old))["oid"] == (await local.decode(new))["oid"]


class TestWithSkew:
    @pytest.fixture
    def skew(self) -> float:
        return 7200.0

    async def test_an_issuer_ahead_of_time_makes_tokens_that_are_not_valid_yet(self, local: Local) -> None:
        token = await local.mint()
        with pytest.raises(jwt.ImmatureSignatureError):
            await local.decode(token)
