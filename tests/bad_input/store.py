"""What is stored, and who writes it: refused input must leave both alone."""

from collections.abc import Sequence

from shared.cosmos import BatchFailed, Cosmos, Document, Operation, Read
from shared.settings import ServiceAddress
from tests.support.world import store

REPORTS = "security"
"""Who tries what he may not is noted there; that is no change of anything a person has."""


class WatchedStore(Cosmos):
    """The app's client; remembers each write that was applied, as `container/id`."""

    def __init__(self, address: ServiceAddress, database: str) -> None:
        plain = store(address, database)
        self._client, self._database, self._containers = plain._client, plain._database, plain._containers
        self.written: list[str] = []

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        result = await super().batch(container, partition, operations)
        if not isinstance(result, BatchFailed):
            self._note(container, *(repr(each) for each in operations if not isinstance(each, Read)))
        return result

    async def create(self, container: str, document: Document) -> bool:
        made = await super().create(container, document)
        if made:
            self._note(container, str(document["id"]))
        return made

    async def upsert(self, container: str, document: Document) -> None:
        await super().upsert(container, document)
        self._note(container, str(document["id"]))

    def _note(self, container: str, *written: str) -> None:
        if container != REPORTS:
            self.written += [f"{container}/{each[:200]}" for each in written]

    async def documents(self, container: str, partition: str) -> list[Document]:
        """Return all documents of a partition with their ETags, by id."""
        found = await self.query(container, "SELECT * FROM c", {}, partition)
        return sorted(found, key=lambda document: str(document["id"]))
