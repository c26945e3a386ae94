import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import NotAllowed, SettingsInvalid, SignInUnavailable
from shared.identity import TokenValidator
from shared.identity_keys import SigningKeys
from tests.shared.issuer import KEY, OTHER_KEY, TENANT, Issuer, jwk, new_key
from tests.shared.stub_server import stub_server

ONE_FETCH = 2  # discovery, then keys


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **difference: float) -> None:
        self.at += timedelta(**difference)


@asynccontextmanager
async def known(issuer: Issuer, clock: Clock) -> AsyncGenerator[SigningKeys]:
    async with stub_server(issuer) as issuer.url:
        keys = SigningKeys(issuer.issuer, clock)
        yield keys
        await keys.close()


async def test_keys_are_fetched_once_by_discovery() -> None:
    issuer, clock = Issuer(), Clock()
    async with known(issuer, clock) as keys:
        assert issuer.fetched == []
        found = await asyncio.gather(*(keys.find("k1") for _ in range(20)))
    assert all(key is not None and key.public_numbers() == KEY.public_key().public_numbers() for key in found)
    assert issuer.fetched == [f"/{TENANT}/v2.0/.well-known/openid-configuration", "/keys"]


async def test_a_new_key_is_found_and_unknown_ones_cost_one_fetch_in_thirty_seconds() -> None:
    issuer, clock = Issuer(), Clock()
    async with known(issuer, clock) as keys:
        await keys.find("k1")
        issuer.keys.append(jwk(OTHER_KEY, "k2"))
        clock.advance(seconds=31)
        assert await keys.find("k2") is not None
        assert len(issuer.fetched) == 2 * ONE_FETCH
        for number in range(50):
            assert await keys.find(f"random{number}") is None
        assert len(issuer.fetched) == 2 * ONE_FETCH
        clock.advance(seconds=31)
        for number in range(50):
            assert await keys.find(f"random{number}") is None
        assert len(issuer.fetched) == 3 * ONE_FETCH


async def test_a_withdrawn_key_is_forgotten_within_hours() -> None:
    issuer, clock = Issuer(), Clock()
    async with known(issuer, clock) as keys:
        assert await keys.find("k1") is not None
        issuer.keys = [jwk(OTHER_KEY, "k2")]
        clock.advance(hours=7)
        assert await keys.find("k1") is None


async def test_known_keys_outlive_an_outage_of_a_day_but_not_of_three() -> None:
    issuer, clock = Issuer(), Clock()
    async with known(issuer, clock) as keys:
        await keys.find("k1")
        issuer.status = 503
        clock.advance(hours=24)
        assert await keys.find("k1") is not None
        assert len(issuer.fetched) == ONE_FETCH + 1
        clock.advance(hours=48)
        with pytest.raises(SignInUnavailable):
            await keys.find("k1")
        issuer.status = 200
        clock.advance(seconds=3)
        assert await keys.find("k1") is not None


@pytest.mark.parametrize(
    "spoiled",
    [
        {"status": 500},
        {"status": 302},
        {"text": "<html>"},
        {"text": "[]"},
        {"text": "[" * 100_000},
        {"overrides": {"issuer": "https://attacker.example"}},
        {"overrides": {"issuer": None}},
        {"overrides": {"jwks_uri": "http://attacker.example/keys"}},
        {"overrides": {"jwks_uri": 7}},
        {"keys": []},
        {"keys": [7, {}, {"kid": "k1", "kty": "oct", "k": "c2VjcmV0"}, {"kid": "k1", "kty": "RSA", "n": "x"}]},
        {"keys": [jwk(KEY, "k1") | {"use": "enc"}]},
        {"keys": [jwk(new_key(1024), "k1")]},
    ],
)
async def test_an_issuer_that_answers_wrongly_makes_sign_in_unavailable(spoiled: dict[str, Any]) -> None:
    issuer, clock = Issuer(**spoiled), Clock()
    async with known(issuer, clock) as keys:
        with pytest.raises(SignInUnavailable) as raised:
            await keys.find("k1")
        assert raised.value.retryable
        asked = len(issuer.fetched)
        with pytest.raises(SignInUnavailable):
            await keys.find("k1")
        assert len(issuer.fetched) == asked


async def test_a_wrong_answer_does_not_displace_good_keys() -> None:
    issuer, clock = Issuer(), Clock()
    async with known(issuer, clock) as keys:
        await keys.find("k1")
        issuer.keys = []
        clock.advance(hours=7)
        assert await keys.find("k1") is not None


async def test_an_issuer_that_is_away_makes_sign_in_unavailable(unused_tcp_port: int) -> None:
    keys = SigningKeys(f"http://127.0.0.1:{unused_tcp_port}/{TENANT}/v2.0", Clock())
    with pytest.raises(SignInUnavailable):
        await keys.find("k1")
    await keys.close()


@pytest.mark.parametrize("issuer", ["http://login.example.com/x/v2.0", "login.example.com", ""])
def test_keys_are_never_fetched_in_the_clear(issuer: str) -> None:
    with pytest.raises(SettingsInvalid):
        SigningKeys(issuer, Clock())


async def test_a_bad_header_is_refused_before_anything_is_fetched() -> None:
    issuer = Issuer()
    async with stub_server(issuer) as issuer.url:
        validator = TokenValidator(issuer.issuer, "api://salescoach", Clock())
        with pytest.raises(NotAllowed):
            await validator.validate(issuer.header(headers={"alg": "HS256"}))
        with pytest.raises(NotAllowed):
            await validator.validate(issuer.header(headers={"kid": "a/b"}))
        await validator.close()
    assert issuer.fetched == []
