"""One scene for all that must change nothing in it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.settings import ServiceAddress
from tests.bad_input.scene import Scene, scene_on
from tests.shared.issuer import Issuer
from tests.shared.stub_server import stub_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with stub_server(issuer) as issuer.url:
        yield issuer


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scene(cosmos_address: ServiceAddress, issuer: Issuer) -> AsyncIterator[Scene]:
    """For requests that are refused; whoever changes something sets a scene of their own."""
    async with scene_on(cosmos_address, issuer) as made:
        yield made
