"""Erase all that is kept of a person: `python -m scripts.erase_person <tenant id>.<object id> [--erase]`.

Without `--erase` it says what there is. With it: every session (as if its owner had deleted it), memory, accounts of
use, membership entries and credentials. It may be run again after a failure. Reads `COSMOS`, `BLOB` and `WEB_PUBSUB`,
each in one of its two forms, and `COSMOS_DATABASE` from the environment; signs in as you.
"""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scripts.addresses import address_of
from shared.blob import BlobStore
from shared.clock import utc_now
from shared.containers import CREDENTIALS, PEOPLE, log_container
from shared.cosmos import Cosmos, Delete
from shared.credential import azure_credential
from shared.erasure import Erasure
from shared.errors import SalesCoachError
from shared.event_log.documents import head_from
from shared.feedback import Feedback
from shared.identity_claims import GUID_PATTERN
from shared.ids import HEAD
from shared.memberships import Memberships
from shared.runtime import CHAT_HUB, GROUP_HUB
from shared.web_pubsub import WebPubSub

_PAGE = 100
_PRINCIPAL = re.compile(rf"{GUID_PATTERN}\.{GUID_PATTERN}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How much there is of a person: sessions, and documents of their own in `people` and `credentials`."""

    sessions: tuple[str, ...]
    documents: Mapping[str, int]

    def line(self) -> str:
        counts = ", ".join(f"{count} documents in {name}" for name, count in self.documents.items())
        return f"{len(self.sessions)} sessions, {counts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where a person's data lies."""

    cosmos: Cosmos
    memberships: Memberships
    erasure: Erasure

    async def find(self, principal: str) -> Found:
        """Return what there is; nothing is changed."""
        sessions, before = list[str](), None
        while page := await self.memberships.page(principal, before=before, limit=_PAGE, shelf=None):
            sessions += [entry.conversation_id for entry in page]
            before = page[-1].order
        counts = {name: len(await self._ids(name, principal)) for name in (PEOPLE, CREDENTIALS)}
        return Found(sessions=tuple(sessions), documents=counts)

    async def erase(self, principal: str) -> Found:
        """Erase what `find` finds and return it.

        Raises:
            StoreUnavailable, PublishFailed: run it again; what is gone is gone.

        """
        found = await self.find(principal)
        for session in found.sessions:
            if await self._owns(principal, session):
                await self.erasure.bury(session)
                await self.erasure.erase(session)
            await self.memberships.leave(principal, session)
        for container in (PEOPLE, CREDENTIALS):
            while ids := await self._ids(container, principal):
                await self.cosmos.batch(container, principal, [Delete(document_id=one) for one in ids[:_PAGE]])
        return found

    async def _owns(self, principal: str, conversation_id: str) -> bool:
        """Return whether the conversation is the person's alone; what they belong to besides stays with the others."""
        document = await self.cosmos.read(log_container(conversation_id), conversation_id, HEAD)
        return document is not None and head_from(document).head.owner == principal

    async def _ids(self, container: str, principal: str) -> list[str]:
        rows = await self.cosmos.query(container, "SELECT c.id FROM c", {}, principal)
        return [str(row["id"]) for row in rows]


@asynccontextmanager
async def stores(environment: Mapping[str, str]) -> AsyncGenerator[Stores]:
    """Open the stores the environment names.

    Raises:
        ValueError: a service is not named, or named twice.

    """
    cosmos_at, blob_at, hub_at = (address_of(environment, name) for name in ("COSMOS", "BLOB", "WEB_PUBSUB"))
    async with azure_credential() as credential:
        cosmos = Cosmos(cosmos_at, credential, environment.get("COSMOS_DATABASE") or "salescoach")
        blobs = BlobStore(blob_at, credential)
        hubs = WebPubSub(hub_at, credential, CHAT_HUB), WebPubSub(hub_at, credential, GROUP_HUB)
        try:
            memberships = Memberships(cosmos)
            erasure = Erasure(cosmos, blobs, memberships, Feedback(cosmos), hubs, utc_now, None)
            yield Stores(cosmos=cosmos, memberships=memberships, erasure=erasure)
        finally:
            await asyncio.gather(*(hub.close() for hub in hubs), blobs.close(), cosmos.close())


async def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Read the command line, look or erase, and say what there was."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("principal", help="<tenant id>.<object id> of the person")
    parser.add_argument("--erase", action="store_true", help="erase; otherwise only look")
    arguments = parser.parse_args(words)
    principal = str(arguments.principal).lower()
    if not _PRINCIPAL.fullmatch(principal):
        sys.stderr.write("Name the person as <tenant id>.<object id>.\n")
        return 2
    try:
        async with stores(environment) as opened:
            found = await (opened.erase(principal) if arguments.erase else opened.find(principal))
    except SalesCoachError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    except ValueError:
        sys.stderr.write("Set COSMOS__serviceUri, BLOB__serviceUri and WEB_PUBSUB__serviceUri.\n")
        return 2
    sys.stdout.write(f"{'erased' if arguments.erase else 'there are'}: {found.line()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], os.environ)))
