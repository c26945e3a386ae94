import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from local import service
from local.mcp_servers.crm.store import CrmStore
from local.mcp_servers.host import serve

TODAY = date(2026, 11, 20)


@asynccontextmanager
async def running(store: CrmStore) -> AsyncGenerator[str]:
    """Serve `store` on a free port; yields the base URL."""
    sock = service.bind(0)
    url = f"http://{service.HOST}:{service.port_of(sock)}"
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(store, sock, stop))
    await _accepting(url)
    yield url
    stop.set()
    await asyncio.wait_for(serving, 10)


@pytest.fixture
def store() -> Generator[CrmStore]:
    with closing(CrmStore.open(None, today=lambda: TODAY)) as opened:
        yield opened


@pytest.fixture
async def base_url(store: CrmStore) -> AsyncGenerator[str]:
    """A server of the test's own."""
    async with running(store) as url:
        yield url


@pytest.fixture(scope="module")
def shared_store() -> Generator[CrmStore]:
    with closing(CrmStore.open(None, today=lambda: TODAY)) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_url(shared_store: CrmStore) -> AsyncGenerator[str]:
    """One server for all tests of a module that change nothing; they run on the module's loop."""
    async with running(shared_store) as url:
        yield url


async def _accepting(url: str) -> None:
    async with asyncio.timeout(10), httpx2.AsyncClient() as http:
        while True:
            try:
                await http.get(f"{url}/_calls")
            except httpx2.ConnectError:
                await asyncio.sleep(0.01)
            else:
                return


@pytest.fixture
def state_folder(tmp_path: Path) -> Path:
    return tmp_path / "state"
