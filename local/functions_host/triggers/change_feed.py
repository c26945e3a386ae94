"""Cosmos DB functions: the change feed of a container, with progress in a lease container."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from azure.core import MatchConditions
from azure.core.exceptions import AzureError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)

from local.functions_host.functions import Function
from local.functions_host.invoker import Invoker, Payload
from local.functions_host.settings import SettingsError
from local.functions_host.triggers.connections import connection_text
from local.functions_host.triggers.grace import with_grace
from local.functions_host.triggers.retry import call_with_retry
from local.functions_host.worker.process import WorkerLostError

_log = logging.getLogger("functions_host.cosmos")
_POLL_MS = 5000
_EXPIRY_MS = 60_000
_TROUBLE_PAUSE = 2.0


class ChangeFeedListener:
    """One function. A batch counts as done when the function returned or its retries are used up."""

    def __init__(self, function: Function, invoker: Invoker, environment: Mapping[str, str]) -> None:
        trigger = function.trigger
        missing = [key for key in ("databaseName", "containerName") if not trigger.get(key)]
        if missing:
            raise SettingsError(f"{function.name}: the Cosmos DB trigger lacks {', '.join(missing)}.")
        name = str(trigger.get("connection") or "CosmosDB")
        self._function = function
        self._invoker = invoker
        self._connection = connection_text(environment, name)
        self._lease_connection = connection_text(environment, str(trigger.get("leaseConnection") or name))
        self._poll = _milliseconds(trigger, "feedPollDelay", _POLL_MS)
        self._expiry = _milliseconds(trigger, "leaseExpirationInterval", _EXPIRY_MS)

    async def serve(self) -> None:
        """Follow the feed until cancelled; a service that is not there is waited for."""
        while True:
            try:
                await self._follow()
            except* WorkerLostError as lost:
                _log.warning("function %s gets its changes again: %s", self._function.name, lost.exceptions[0])
            except* (AzureError, aiohttp.ClientError, TimeoutError) as trouble:
                _log.warning("function %s cannot follow its container: %s", self._function.name, trouble.exceptions[0])
                await asyncio.sleep(_TROUBLE_PAUSE)

    async def _follow(self) -> None:
        trigger = self._function.trigger
        async with (
            CosmosClient.from_connection_string(self._connection) as client,
            CosmosClient.from_connection_string(self._lease_connection) as lease_client,
        ):
            database = client.get_database_client(str(trigger["databaseName"]))
            container = database.get_container_client(str(trigger["containerName"]))
            leases = await self._lease_container(lease_client)
            ranges = [each async for each in container.read_feed_ranges()]
            async with asyncio.TaskGroup() as group:
                for number, feed_range in enumerate(ranges):
                    lease = Lease(leases, self._lease_id(number), self._function.name, self._expiry)
                    group.create_task(self._follow_range(container, feed_range, lease))

    async def _lease_container(self, client: CosmosClient) -> ContainerProxy:
        trigger = self._function.trigger
        database = client.get_database_client(str(trigger.get("leaseDatabaseName") or trigger["databaseName"]))
        name = str(trigger.get("leaseContainerName") or "leases")
        if trigger.get("createLeaseContainerIfNotExists"):
            return await database.create_container_if_not_exists(name, PartitionKey("/id"))
        container = database.get_container_client(name)
        await container.read()
        return container

    def _lease_id(self, number: int) -> str:
        """Functions that share a lease container need prefixes of their own, or they share the changes, as in Azure."""
        trigger = self._function.trigger
        prefix = str(trigger.get("leaseContainerPrefix") or "")
        return f"{prefix}{trigger['databaseName']}_{trigger['containerName']}..{number}"

    async def _follow_range(self, container: ContainerProxy, feed_range: dict[str, Any], lease: "Lease") -> None:
        trigger = self._function.trigger
        size = int(trigger.get("maxItemsPerInvocation") or 100)
        start = "Beginning" if trigger.get("startFromBeginning") else "Now"
        while True:
            moved = False
            if await lease.hold():
                where: dict[str, Any] = {"feed_range": feed_range, "start_time": start}
                if lease.continuation:
                    where = {"continuation": lease.continuation}
                moved = await with_grace(self._advance(container, lease, size, where))
            if not moved:
                await asyncio.sleep(self._poll)

    async def _advance(self, container: ContainerProxy, lease: "Lease", size: int, where: dict[str, Any]) -> bool:
        """Run the function on the next page, if there is one, and keep the place behind it."""
        page: list[dict[str, Any]] = []
        pages = container.query_items_change_feed(max_item_count=size, **where).by_page()
        async for each in pages:
            page = [document async for document in each]
            break
        # The SDK hands the place out only here; each listener has a client of its own, and no call comes between.
        place = container.client_connection.last_response_headers.get("etag")
        if page:
            body = json.dumps(page).encode()
            await call_with_retry(self._invoker, self._function, Payload("json", body))
        if place and place != lease.continuation:
            await lease.save(str(place))
        return bool(page)


class Lease:
    """The place in one range of the feed. Only its owner moves it; an owner silent for `expiry` seconds loses it."""

    def __init__(self, container: ContainerProxy, lease_id: str, owner: str, expiry: float) -> None:
        self._container = container
        self._id = lease_id
        self._owner = owner
        self._expiry = expiry
        self._renewed = 0.0
        self._etag = ""
        self.continuation = ""

    async def hold(self) -> bool:
        """Return whether the lease is ours, taking or renewing it if possible."""
        if time.time() - self._renewed < self._expiry / 3:
            return True
        try:
            found = await self._container.read_item(self._id, self._id)
        except CosmosResourceNotFoundError:
            return await self._create()
        foreign = found.get("Owner") not in {None, "", self._owner}
        if foreign and time.time() - float(found.get("timestamp", 0)) < self._expiry:
            return False
        self._etag = str(found["_etag"])
        return await self.save(str(found.get("ContinuationToken") or ""))

    async def save(self, continuation: str) -> bool:
        """Store the place; False says that another owner took the lease meanwhile."""
        self.continuation = continuation
        try:
            stored = await self._container.replace_item(
                self._id, self._document(), etag=self._etag, match_condition=MatchConditions.IfNotModified
            )
        except (CosmosAccessConditionFailedError, CosmosResourceNotFoundError):
            self._renewed = 0.0
            return False
        self._keep(stored)
        return True

    async def _create(self) -> bool:
        try:
            self._keep(await self._container.create_item(self._document()))
        except CosmosResourceExistsError:
            return False
        return True

    def _keep(self, stored: Mapping[str, Any]) -> None:
        self._etag = str(stored["_etag"])
        self._renewed = time.time()

    def _document(self) -> dict[str, Any]:
        return {
            "id": self._id,
            "LeaseToken": self._id.rsplit("..", 1)[1],
            "ContinuationToken": self.continuation,
            "Owner": self._owner,
            "timestamp": time.time(),
        }


def _milliseconds(trigger: Mapping[str, Any], name: str, default: int) -> float:
    return float(trigger.get(name) or default) / 1000
