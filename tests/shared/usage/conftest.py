"""A document store in this process whose requests a test may fail, and ledgers on it."""

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from local import service
from local.cosmos.auth import EMULATOR_KEY
from local.cosmos.server import Cosmos as Emulator
from local.cosmos.store import Store
from shared.settings import ServiceAddress
from tests.shared.usage.bench import Bench


@pytest.fixture
async def emulator() -> AsyncIterator[tuple[Emulator, ServiceAddress]]:
    store = Store()
    emulator = Emulator(store)
    sock: socket.socket = service.bind(0)
    runner = web.AppRunner(emulator.application(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    address = f"AccountEndpoint=http://{service.HOST}:{service.port_of(sock)}/;AccountKey={EMULATOR_KEY};"
    yield emulator, ServiceAddress(connection_string=address)
    await runner.cleanup()
    store.close()


@pytest.fixture
async def bench(emulator: tuple[Emulator, ServiceAddress]) -> AsyncIterator[Bench]:
    bench = Bench(*emulator)
    await bench.provision()
    yield bench
    await bench.close()
