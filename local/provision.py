"""`python -m local.provision`: what `azd` does to a new deployment: create the containers, upload the prompts.

Reads the app's own settings from the environment and uses the same SDKs as the app. Running it again changes
nothing but the prompts whose text changed.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from azure.cosmos import PartitionKey
from azure.cosmos.aio import CosmosClient
from azure.storage.blob.aio import BlobServiceClient

from shared.blob import BlobStore
from shared.clock import iso, utc_now
from shared.containers import DEFINITIONS, ContainerDefinition
from shared.prompts.store import PRODUCTION, STAGING, PromptStore, VersionedLabel
from shared.settings import ServiceAddress

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"
BLOB_CONTAINERS = ("config", "prompts", "results")
_MOVER = "provision"


async def provision(cosmos: str | None, database: str, blob: str | None) -> None:
    """Prepare what is given by connection string; real services named by URI are the deployment's business."""
    await asyncio.gather(*([_containers(cosmos, database)] if cosmos else []), *([_blobs(blob)] if blob else []))


async def _containers(connection_string: str, database: str) -> None:
    async with CosmosClient.from_connection_string(connection_string) as client:
        proxy = await client.create_database_if_not_exists(database)
        for definition in DEFINITIONS:
            await proxy.create_container_if_not_exists(
                id=definition.name,
                partition_key=PartitionKey(path=definition.partition_key),
                default_ttl=definition.default_ttl,
                indexing_policy=indexing_policy(definition),
            )


def indexing_policy(definition: ContainerDefinition) -> dict[str, Any]:
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": "/*"}],
        "excludedPaths": [{"path": path} for path in (*definition.unindexed, '/"_etag"/?')],
    }


async def _blobs(connection_string: str) -> None:
    async with BlobServiceClient.from_connection_string(connection_string) as client:
        existing = {container.name async for container in client.list_containers()}
        for name in BLOB_CONTAINERS:
            if name not in existing:
                await client.create_container(name)
    blobs = BlobStore(ServiceAddress(connection_string=connection_string), None)
    try:
        await _prompts(PromptStore(blobs))
    finally:
        await blobs.close()


async def _prompts(store: PromptStore) -> None:
    """Upload the prompts and point their labels to them, unless a person has moved the label since."""
    for file in sorted(PROMPTS.glob("*.md")):
        template = await store.add(file.stem, file.read_bytes())
        for label in (STAGING, PRODUCTION):
            now = await store.label(file.stem, label)
            if not isinstance(now, VersionedLabel) or now.label.moved_by == _MOVER:
                await store.move(file.stem, label, template.version, by=_MOVER, at=iso(utc_now()))


if __name__ == "__main__":
    asyncio.run(
        provision(os.environ.get("COSMOS"), os.environ.get("COSMOS_DATABASE", "salescoach"), os.environ.get("BLOB"))
    )
    sys.stdout.write("containers and prompts are in place\n")
