"""Blob Storage: whole small blobs, read conditionally and written idempotently."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobServiceClient

from shared.errors import SalesCoachError, SettingsInvalid, StoreUnavailable
from shared.settings import ServiceAddress
from shared.telemetry.store_calls import blob_call

_NOT_MODIFIED = 304
_CHANGED = 412
_OPERATIONS = {"read": "read", "written": "write", "listed": "list", "deleted": "delete"}
"""What is done to blobs as it is told, by how it is said."""
_CONNECT_S = 5
_READ_S = 10
# Larger blobs go up in pieces and appear at once when the last is there; a larger piece would hold the event loop.
_PIECE_BYTES = 1024 * 1024


class BlobNotFound(SalesCoachError):  # noqa: N818 - reads as what happened
    """There is no such blob, or no such container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobContent:
    """A blob as it was read."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The blob still has the ETag it was asked with."""


class BlobChanged(SalesCoachError):  # noqa: N818 - reads as what happened
    """The blob is not any more what it was when it was read; nothing was written."""


class BlobStore:
    """Reads and writes blobs; a failure is raised at once, whoever calls decides about trying again."""

    def __init__(self, address: ServiceAddress, credential: AsyncTokenCredential | None) -> None:
        """Connect to nothing yet; `credential` is needed when `address` is a service URI.

        Raises:
            SettingsInvalid: the address cannot be used.

        """
        self._client = _client(address, credential)

    async def read(self, container: str, name: str, *, etag: str | None = None) -> BlobContent | NotModified:
        """Return the blob, or `NotModified` when it still has `etag`.

        Raises:
            BlobNotFound: the blob or its container does not exist.
            StoreUnavailable: Blob Storage did not answer as it should.

        """
        blob = self._client.get_blob_client(container, name)
        try:
            async with _store_errors("read", container):
                if etag is None:
                    stream = await blob.download_blob()
                else:
                    stream = await blob.download_blob(etag=etag, match_condition=MatchConditions.IfModified)
                return BlobContent(data=await stream.readall(), etag=str(stream.properties.etag))
        except _Unmodified:
            return NotModified()

    async def write(self, container: str, name: str, data: bytes, content_type: str) -> None:
        """Store the blob, replacing one of that name; makes the container when it is missing.

        Raises:
            StoreUnavailable: Blob Storage did not take it.

        """
        try:
            await self._upload(container, name, data, content_type)
        except BlobNotFound:
            await self._create_container(container)
            try:
                await self._upload(container, name, data, content_type)
            except BlobNotFound as error:
                raise StoreUnavailable("Files could not be written just now.") from error

    async def create(self, container: str, name: str, data: bytes, content_type: str) -> bool:
        """Store the blob unless there is one of that name already; returns whether it was stored.

        Raises:
            StoreUnavailable: Blob Storage did not take it.

        """
        try:
            await self.replace(container, name, data, content_type, etag=None)
        except BlobChanged:
            return False
        return True

    async def replace(self, container: str, name: str, data: bytes, content_type: str, *, etag: str | None) -> None:
        """Store the blob if it still has `etag`; None: if there is none yet.

        Raises:
            BlobChanged: it is another one by now.
            StoreUnavailable: Blob Storage did not take it.

        """
        blob = self._client.get_blob_client(container, name)
        if etag is None:
            condition: dict[str, Any] = {"match_condition": MatchConditions.IfMissing}
        else:
            condition = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        settings = ContentSettings(content_type=content_type)
        async with _store_errors("written", container):
            try:
                await blob.upload_blob(data, overwrite=True, content_settings=settings, **condition)
            except (ResourceModifiedError, ResourceExistsError):
                raise BlobChanged("Somebody else changed this at the same time.") from None

    async def names(self, container: str, prefix: str) -> list[str]:
        """Return the names that begin with `prefix`, sorted.

        Raises:
            StoreUnavailable: Blob Storage did not answer as it should.

        """
        async with _store_errors("listed", container):
            listed = self._client.get_container_client(container).list_blob_names(name_starts_with=prefix)
            return sorted([name async for name in listed])

    async def delete_all(self, container: str, prefix: str) -> None:
        """Delete every blob whose name begins with `prefix`; fine when there is none.

        Raises:
            StoreUnavailable: not all of them are known to be gone.

        """
        blobs = self._client.get_container_client(container)
        with suppress(BlobNotFound):
            async with _store_errors("deleted", container):
                async for name in blobs.list_blob_names(name_starts_with=prefix):
                    with suppress(ResourceNotFoundError):
                        await blobs.delete_blob(name)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _upload(self, container: str, name: str, data: bytes, content_type: str) -> None:
        blob = self._client.get_blob_client(container, name)
        async with _store_errors("written", container):
            await blob.upload_blob(data, overwrite=True, content_settings=ContentSettings(content_type=content_type))

    async def _create_container(self, container: str) -> None:
        async with _store_errors("written", container):
            try:
                await self._client.create_container(container)
            except ResourceExistsError as error:
                # Another writer made it in between; one that is being deleted is not there to write to.
                if _error_code(error) != "ContainerAlreadyExists":
                    raise


class _Unmodified(Exception):  # noqa: N818 - not an error, never leaves this module
    """A conditional read met an unchanged blob."""


def _client(address: ServiceAddress, credential: AsyncTokenCredential | None) -> BlobServiceClient:
    options: dict[str, Any] = {
        "retry_total": 0,
        "connection_timeout": _CONNECT_S,
        "read_timeout": _READ_S,
        "max_single_put_size": _PIECE_BYTES,
        "max_block_size": _PIECE_BYTES,
    }
    try:
        if address.connection_string is not None:
            return BlobServiceClient.from_connection_string(address.connection_string, **options)
        if credential is None:
            raise SettingsInvalid("BLOB__serviceUri needs the app's identity")
        return BlobServiceClient(str(address.service_uri), credential=credential, **options)
    except ValueError:
        # The SDK's own text may quote the connection string, key included.
        raise SettingsInvalid("BLOB is neither a connection string nor an https service URI") from None


@asynccontextmanager
async def _store_errors(done: str, container: str) -> AsyncGenerator[None]:
    with blob_call(_OPERATIONS[done], container) as told:
        try:
            yield
        except BlobChanged:
            told.answered(_CHANGED)
            raise
        except HttpResponseError as error:
            told.answered(error.status_code or 0)
            if isinstance(error, ResourceNotFoundError):
                raise BlobNotFound("The file does not exist.") from error
            if error.status_code == _NOT_MODIFIED:
                raise _Unmodified from None
            raise StoreUnavailable(f"Files could not be {done} just now.") from error
        except AzureError as error:
            raise StoreUnavailable(f"Files could not be {done} just now.") from error


def _error_code(error: HttpResponseError) -> str:
    return str(getattr(error, "error_code", "") or "")
