import asyncio
import base64
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient, DatabaseProxy

from local.cosmos.auth import EMULATOR_KEY
from local.functions_host.settings import SettingsError
from local.functions_host.triggers.connections import connection_text, parts_of
from local.functions_host.triggers.storage_queue import QueueError, QueueStore
from tests.local.functions_host.azurite_queue import azurite_queue
from tests.local.functions_host.running import APPS, RunningHost
from tests.services import service

pytestmark = pytest.mark.xdist_group("functions_host_listeners")


@dataclass(frozen=True)
class Services:
    """Both services that the app listens to, and the environment that names them."""

    environment: dict[str, str]
    queues: QueueStore
    database: DatabaseProxy
    container: ContainerProxy

    async def put(self, text: str) -> None:
        await self.queues.put("work", base64.b64encode(text.encode()).decode())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services() -> AsyncIterator[Services]:
    async with azurite_queue() as storage, service("cosmos", "--log-level", "WARNING") as cosmos:
        connection = f"AccountEndpoint={cosmos.url}/;AccountKey={EMULATOR_KEY};"
        queues = QueueStore(storage)
        await queues.create("work")
        async with CosmosClient.from_connection_string(connection) as client:
            database = await client.create_database_if_not_exists("d")
            container = await database.create_container_if_not_exists("c", PartitionKey("/id"))
            environment = {"STORAGE": storage, "COSMOS": connection, "QUEUE": "work"}
            yield Services(environment, queues, database, container)
        await queues.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listening(services: Services, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningHost]:
    folder = tmp_path_factory.mktemp("listening")
    host = await asyncio.to_thread(RunningHost, folder, APPS / "listeners", **services.environment)
    try:
        await _until(lambda: _leased(services), "the feed is followed")
        yield host
    finally:
        await asyncio.to_thread(host.stop)


async def _until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(300):
        if await condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"waited in vain until {what}")


async def _places(services: Services) -> list[str]:
    """Return the places in the feed that the host has stored: changes from there on reach the function."""
    names = [each["id"] async for each in services.database.list_containers()]
    if "leases" not in names:
        return []
    leases = services.database.get_container_client("leases")
    return [each["ContinuationToken"] async for each in leases.read_all_items()]


async def _leased(services: Services) -> bool:
    return any(await _places(services))


async def _noted(host: RunningHost, text: str, count: int = 1) -> None:
    await asyncio.to_thread(host.wait_for_note, text, count)


@pytest.mark.asyncio(loop_scope="module")
class TestQueues:
    async def test_a_message_reaches_the_function_with_its_metadata_and_is_gone_afterwards(
        self, services: Services, listening: RunningHost
    ) -> None:
        for n in range(20):
            await services.put(f"good {n}ä")
        for n in range(20):
            await _noted(listening, f"done good {n}ä")
        assert "message good 0ä 1 True" in listening.notes()
        assert await services.queues.take("work", 32, 1) == []

    async def test_a_failing_message_is_tried_again_and_then_kept_in_the_poison_queue(
        self, services: Services, listening: RunningHost
    ) -> None:
        await services.put("bad one")
        await _noted(listening, "message bad one 2")

        async def poisoned() -> bool:
            with suppress(QueueError):
                found = await services.queues.take("work-poison", 1, 1)
                return [base64.b64decode(each.text) for each in found] == [b"bad one"]
            return False

        await _until(poisoned, "the message is in the poison queue")
        assert await services.queues.take("work", 32, 1) == []
        assert not any("message bad one 3" in line for line in listening.notes())

    async def test_a_message_whose_worker_is_killed_comes_again(
        self, services: Services, listening: RunningHost
    ) -> None:
        await services.put("slow")
        await _noted(listening, "message slow 1")
        await asyncio.to_thread(listening.kill_worker)
        await _noted(listening, "done slow")
        assert "message slow 2 True" in listening.notes()

    async def test_a_stopping_host_finishes_a_message_or_shows_it_again_at_once(
        self, services: Services, tmp_path: Path
    ) -> None:
        await services.queues.create("stopping")
        environment = {**services.environment, "QUEUE": "stopping", "AzureWebJobs.changed.Disabled": "true"}
        host = await asyncio.to_thread(RunningHost, tmp_path, APPS / "listeners", **environment)
        try:
            for text in (b"slow", b"slow endless"):
                await services.queues.put("stopping", base64.b64encode(text).decode())
            await _noted(host, "message slow 1")
            await _noted(host, "message slow endless 1")
        finally:
            code = await asyncio.to_thread(host.stop)
        assert code == 0
        (found,) = await services.queues.take("stopping", 1, 1)
        assert (base64.b64decode(found.text), found.dequeue_count) == (b"slow endless", 2)
        assert "done slow" in host.notes()


@pytest.mark.asyncio(loop_scope="module")
class TestChangeFeed:
    async def test_changes_reach_the_function_once_in_batches(self, services: Services, listening: RunningHost) -> None:
        for n in range(5):
            await services.container.upsert_item({"id": f"doc{n}"})
        for n in range(5):
            await _noted(listening, f"doc{n}")
        batches = [line.split()[1].split(",") for line in listening.notes() if line.startswith("changed doc")]
        assert sorted(each for batch in batches for each in batch) == [f"doc{n}" for n in range(5)]
        assert max(map(len, batches)) <= 3

    async def test_a_failed_batch_is_retried_by_the_functions_policy(
        self, services: Services, listening: RunningHost
    ) -> None:
        await services.container.upsert_item({"id": "fail"})
        await _noted(listening, "changed fail 1/1")
        assert [line for line in listening.notes() if "fail" in line and "changed" in line] == [
            "changed fail 0/0",
            "changed fail 1/1",
        ]

    async def test_a_batch_whose_worker_is_killed_comes_again_and_a_restart_goes_on_behind_it(
        self, services: Services, listening: RunningHost
    ) -> None:
        await services.container.upsert_item({"id": "slow"})
        await _noted(listening, "changed slow")
        await asyncio.to_thread(listening.kill_worker)
        await _noted(listening, "changed slow", 2)
        await services.container.upsert_item({"id": "behind"})
        await _noted(listening, "changed behind")

        listening.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(listening.process.wait, 10)
        await services.container.upsert_item({"id": "meanwhile"})
        await asyncio.to_thread(listening.start)
        await _noted(listening, "changed meanwhile")
        assert sum("behind" in line for line in listening.notes()) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_timer_function_is_retried_by_its_policy(listening: RunningHost) -> None:
    answer = await asyncio.to_thread(listening.request, "POST", "/admin/functions/restless", {})
    assert answer.status == 202
    await _noted(listening, "restless 2")
    assert [line for line in listening.notes() if line.startswith("restless")] == [f"restless {n}" for n in range(3)]


def test_connections_are_found_under_either_name_and_identities_refused() -> None:
    assert connection_text({"AzureWebJobsSTORE": "x=1"}, "STORE") == "x=1"
    assert parts_of("UseDevelopmentStorage=true")["QueueEndpoint"] == "http://127.0.0.1:10001/devstoreaccount1"
    assert parts_of("AccountKey=a==;AccountName=b") == {"AccountKey": "a==", "AccountName": "b"}
    with pytest.raises(SettingsError, match="uses an identity"):
        connection_text({"STORE__queueServiceUri": "https://x"}, "STORE")
    with pytest.raises(SettingsError, match="no app setting"):
        connection_text({}, "STORE")
    with pytest.raises(SettingsError, match="AccountKey"):
        QueueStore("AccountName=a")


def test_an_app_whose_connection_is_missing_does_not_start(tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(APPS / "listeners", app)
    with pytest.raises(AssertionError, match="The connection 'STORAGE' has no app setting"):
        RunningHost(tmp_path, app, QUEUE="q", PATH=os.defpath)
