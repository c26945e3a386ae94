"""Several tenants, each with an issuer and keys of its own; only those listed may sign in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.errors import NotAllowed, SettingsInvalid
from shared.identity import TokenValidator
from shared.protocol.codes import ErrorCode
from tests.shared.issuer import AUDIENCE, KEY, OTHER_KEY, TENANT, Issuer, encoded, jwk, signed
from tests.shared.stub_server import stub_server

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECOND = "bbbbbbbb-1111-4222-8333-bbbbbbbbbbbb"
STRANGER = "ffffffff-1111-4222-8333-bbbbbbbbbbbb"


def _signed(claims: dict[str, Any], key: rsa.RSAPrivateKey = KEY) -> str:
    return signed({"alg": "RS256", "typ": "JWT", "kid": "k1"}, claims, key)


class Cloud(Issuer):
    """Answers for every tenant; the second signs with another key under the same key id."""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        tenant = request.path.split("/")[1]
        if request.path.endswith("/openid-configuration"):
            self.fetched.append(tenant)
            issuer = f"{self.url}/{tenant}/v2.0"
            return web.json_response({"issuer": issuer, "jwks_uri": f"{self.url}/{tenant}/keys"})
        return web.json_response({"keys": [jwk(OTHER_KEY if tenant == SECOND else KEY, "k1")]})

    def token_of(self, tenant: str, **changes: object) -> str:
        claims = self.claims(tid=tenant, iss=f"{self.url}/{tenant}/v2.0", **changes)
        return f"Bearer {_signed(claims, key=OTHER_KEY if tenant == SECOND else KEY)}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cloud() -> AsyncIterator[Cloud]:
    cloud = Cloud()
    async with stub_server(cloud) as cloud.url:
        yield cloud


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator(cloud: Cloud) -> AsyncIterator[TokenValidator]:
    issuer = f"{cloud.url}/{{tenantid}}/v2.0"
    validator = TokenValidator(issuer, AUDIENCE, lambda: datetime.now(UTC), tenants=(TENANT, SECOND.upper()))
    yield validator
    await validator.close()


@pytest.mark.parametrize("tenant", [TENANT, SECOND])
async def test_people_of_every_listed_tenant_sign_in(cloud: Cloud, validator: TokenValidator, tenant: str) -> None:
    assert (await validator.validate(cloud.token_of(tenant))).tenant == tenant


async def _refused(validator: TokenValidator, authorization: str) -> None:
    with pytest.raises(NotAllowed) as raised:
        await validator.validate(authorization)
    assert raised.value.code is ErrorCode.TOKEN_INVALID


async def test_a_tenant_that_is_not_listed_is_refused_without_asking_it_anything(
    cloud: Cloud, validator: TokenValidator
) -> None:
    await _refused(validator, cloud.token_of(STRANGER))
    assert STRANGER not in cloud.fetched


async def test_one_tenant_cannot_vouch_for_another(cloud: Cloud, validator: TokenValidator) -> None:
    claims = cloud.claims(tid=TENANT, iss=f"{cloud.url}/{TENANT}/v2.0")
    await _refused(validator, f"Bearer {_signed(claims, key=OTHER_KEY)}")
    claims = cloud.claims(tid=SECOND, iss=f"{cloud.url}/{TENANT}/v2.0")
    await _refused(validator, f"Bearer {_signed(claims, key=OTHER_KEY)}")


async def test_a_token_that_names_no_tenant_is_refused(cloud: Cloud, validator: TokenValidator) -> None:
    await _refused(validator, f"Bearer {_signed(cloud.claims(tid=None))}")
    await _refused(validator, f"Bearer {encoded(b'{"alg":"RS256","kid":"k1"}')}.{encoded(b'{"tid":7}')}.x")


@pytest.mark.parametrize("tenants", [(), ("not-a-guid",)])
async def test_an_issuer_for_all_tenants_needs_a_list_of_them(tenants: tuple[str, ...]) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_TENANTS"):
        TokenValidator("https://login.example/{tenantid}/v2.0", AUDIENCE, lambda: datetime.now(UTC), tenants=tenants)


async def test_a_list_that_leaves_the_issuers_own_tenant_out_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_TENANTS"):
        TokenValidator(f"https://login.example/{TENANT}/v2.0", AUDIENCE, lambda: datetime.now(UTC), tenants=(SECOND,))
