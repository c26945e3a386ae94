"""A running emulator on a free port, and the SDK's own clients for it."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy

from local import service
from local.cosmos.admin import Admin
from local.cosmos.auth import EMULATOR_KEY
from local.cosmos.server import Cosmos
from local.cosmos.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    cosmos: Cosmos
    url: str
    admin_url: str


async def _start(application: web.Application) -> tuple[web.AppRunner, str]:
    sock: socket.socket = service.bind(0)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.SockSite(runner, sock).start()
    return runner, f"http://{service.HOST}:{service.port_of(sock)}"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    store = Store()
    cosmos = Cosmos(store)
    runner, url = await _start(cosmos.application())
    admin_runner, admin_url = await _start(Admin(cosmos).application())
    yield Emulator(cosmos=cosmos, url=url, admin_url=admin_url)
    await runner.cleanup()
    await admin_runner.cleanup()
    store.close()


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[CosmosClient]:
    async with CosmosClient(emulator.url, EMULATOR_KEY) as made:
        yield made


@pytest.fixture
async def database(client: CosmosClient) -> DatabaseProxy:
    return await client.create_database("app")


@pytest.fixture
async def container(database: DatabaseProxy) -> ContainerProxy:
    return await database.create_container("items", PartitionKey("/pk"))
