"""A running issuer, and a person who signs in with it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web

from local.identity.directory import load
from local.identity.issuer import Issuer
from local.identity.keys import KeyRing
from local.identity.server import build_app
from local.service import bind, port_of
from shared.identity import Principal, TokenValidator
from tests.shared.tools.credential_bench import Bench

AUDIENCE = "api://salescoach"


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    sock = bind(0)
    issuer = Issuer(origin=f"http://127.0.0.1:{port_of(sock)}", keys=KeyRing(), directory=load())
    runner = web.AppRunner(build_app(issuer), access_log=None)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    yield issuer
    await runner.cleanup()


async def signed_in(bench: Bench, issuer: Issuer) -> str:
    """Let Ada sign in and return her token."""
    user = issuer.directory.find("ada")
    assert user is not None
    token = issuer.keys.sign(issuer.access_claims(user))
    validator = TokenValidator(issuer.url, AUDIENCE, lambda: datetime.now(UTC))
    person: Principal = replace(await validator.validate(f"Bearer {token}"), id=bench.person)
    await validator.close()
    assert bench.credentials.exchange is not None
    await bench.credentials.exchange.signed_in(person, token)
    return token
