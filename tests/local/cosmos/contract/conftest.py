"""An account for the checks: a fresh emulator, or the one in `COSMOS_CONTRACT`."""

import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.cosmos import CosmosClient as SyncClient
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy

from local.cosmos.auth import EMULATOR_KEY
from tests.local.cosmos.contract.deviations import EMULATOR

VARIABLE = "COSMOS_CONTRACT"
HERE = Path(__file__).parent
COMPOSITE: dict[str, Any] = {
    "compositeIndexes": [[{"path": "/a", "order": "ascending"}, {"path": "/b", "order": "descending"}]]
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the listed deviations to fail, but not on Azure."""
    if os.environ.get(VARIABLE):
        return
    for item in items:
        name = item.name.partition("[")[0]
        if HERE in item.path.parents and name in EMULATOR:
            item.add_marker(pytest.mark.xfail(reason=EMULATOR[name], strict=True))


@pytest.fixture(scope="session")
def connection_string() -> Generator[str]:
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    command = [sys.executable, "-m", "local.cosmos", "--port", "0", "--log-level", "WARNING"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            url = emulator.stdout.readline().split()[-1]
            yield f"AccountEndpoint={url}/;AccountKey={EMULATOR_KEY};"
        finally:
            emulator.terminate()


@pytest.fixture(scope="session")
def database_name(connection_string: str) -> Generator[str]:
    """One database for all checks, with the containers they share."""
    name = f"contract-{uuid.uuid4().hex[:12]}"
    with SyncClient.from_connection_string(connection_string) as client:
        made = client.create_database(name)
        made.create_container("items", PartitionKey("/pk"), default_ttl=-1, indexing_policy=COMPOSITE)
        made.create_container("tree", PartitionKey(["/tenant", "/user"], kind="MultiHash"))
        made.create_container("people", PartitionKey("/pk"), unique_key_policy={"uniqueKeys": [{"paths": ["/mail"]}]})
        yield name
        client.delete_database(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The shared containers, and a partition key no other check uses."""

    client: CosmosClient
    database: DatabaseProxy
    pk: str

    @property
    def items(self) -> ContainerProxy:
        return self.database.get_container_client("items")

    @property
    def tree(self) -> ContainerProxy:
        return self.database.get_container_client("tree")

    @property
    def people(self) -> ContainerProxy:
        return self.database.get_container_client("people")

    def item(self, name: str, **rest: Any) -> dict[str, Any]:
        return {"id": name, "pk": self.pk, **rest}

    async def fill(self, count: int) -> None:
        for n in range(count):
            await self.items.create_item(self.item(f"e{n:02}", seq=n, kind="odd" if n % 2 else "even"))

    async def rows(self, query: str, **options: Any) -> list[Any]:
        """Ask in this check's partition."""
        return [row async for row in self.items.query_items(query, partition_key=self.pk, **options)]


@pytest.fixture
async def box(connection_string: str, database_name: str) -> AsyncIterator[Box]:
    async with CosmosClient.from_connection_string(connection_string) as client:
        yield Box(client=client, database=client.get_database_client(database_name), pk=uuid.uuid4().hex)
