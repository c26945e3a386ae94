"""The catalog as it is now: the packaged file, or the one in Blob Storage where there is one.

A change in Blob Storage is used within a minute. While it cannot be read, or is wrong, the last good catalog goes on.
A process that never had one fails closed: it waits for Blob Storage, and takes a wrong override to allow nothing.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from shared.blob import BlobContent, BlobNotFound, BlobStore, NotModified
from shared.clock import utc_now
from shared.errors import StoreUnavailable
from shared.tools.catalog import Catalog
from shared.tools.catalog_document import CatalogInvalid

CONTAINER = "config"
BLOB = "mcpservers.json"
MAX_BYTES = 1024 * 1024

_FRESH = timedelta(seconds=30)
_RETRY_AFTER_FAILURE = timedelta(seconds=5)
_TOO_OLD = timedelta(seconds=50)
_PATIENCE_S = 1.0
"""So long a caller waits when nobody has asked for so long that what is known may be outdated."""
_VERSION_CHARACTERS = 12
_NOTHING = Catalog(servers=MappingProxyType({}))

_log = logging.getLogger(__name__)

type Origin = Literal["packaged", "override", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogOverride:
    """Where an override may lie, and what fills the variables in it."""

    blobs: BlobStore
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A catalog and where it comes from; `none`: the override was wrong from the start, so nothing is allowed.

    `version` is the first 12 hex digits of its text's SHA-256.
    """

    catalog: Catalog
    origin: Origin

    @property
    def version(self) -> str:
        return hashlib.sha256(self.catalog.text.encode()).hexdigest()[:_VERSION_CHARACTERS]


class Catalogs:
    """Hands out the current catalog. One per process."""

    def __init__(
        self,
        packaged: Catalog,
        override: CatalogOverride | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._packaged = Known(catalog=packaged, origin="packaged")
        self._override = override
        self._now = now
        self._known: Known | None = None if override else self._packaged
        self._etag: str | None = None
        self._checked: datetime | None = None
        self._next_check: datetime | None = None
        self._away: str | None = None
        self._wrong: str | None = None
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def degraded(self) -> str | None:
        """What keeps the override from being used as it is now, in words for an administrator."""
        return self._away or self._wrong

    async def current(self) -> Catalog:
        """Return the catalog to judge by now; hold on to it for one decision, not longer.

        Raises:
            StoreUnavailable: Blob Storage has not answered yet since the process began.

        """
        return (await self.known()).catalog

    async def known(self) -> Known:
        """Return the current catalog and where it comes from.

        Raises:
            StoreUnavailable: as `current`.

        """
        if self._override is not None and self._is_due():
            await self._wait(self._refresh(self._override))
        if self._known is None:
            raise StoreUnavailable("The list of tool servers could not be read. Please try again shortly.")
        return self._known

    async def close(self) -> None:
        """Cancel the refresh under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    def _is_due(self) -> bool:
        return self._next_check is None or self._now() >= self._next_check

    async def _wait(self, refresh: "asyncio.Task[None]") -> None:
        """Wait for the first answer; later only if nobody has asked for long, and then not for long."""
        if self._known is None:
            await asyncio.shield(refresh)
        elif self._away is None and self._checked is not None and self._now() >= self._checked + _TOO_OLD:
            await asyncio.wait({refresh}, timeout=_PATIENCE_S)

    def _refresh(self, override: CatalogOverride) -> "asyncio.Task[None]":
        """Return the refresh under way, begun if there is none."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._read(override))
            self._refreshing.add_done_callback(self._over)
        return self._refreshing

    def _over(self, refresh: "asyncio.Task[None]") -> None:
        self._refreshing = None
        if not refresh.cancelled() and (error := refresh.exception()) is not None:
            self._next_check = self._now() + _RETRY_AFTER_FAILURE
            _log.error("the catalog could not be refreshed", exc_info=error)

    async def _read(self, override: CatalogOverride) -> None:
        try:
            answer = await override.blobs.read(CONTAINER, BLOB, etag=self._etag)
        except StoreUnavailable as error:
            self._next_check = self._now() + _RETRY_AFTER_FAILURE
            if self._away is None:
                _log.warning("the catalog override could not be read, %s: %s", self._going_on(), error.message)
            self._away = f"The override could not be read, {self._going_on()}."
            return
        except BlobNotFound:
            self._etag = self._wrong = None
            self._use(self._packaged)
        else:
            if not isinstance(answer, NotModified):
                self._take(answer, override.variables)
        self._away = None
        self._checked = self._now()
        self._next_check = self._checked + _FRESH

    def _take(self, blob: BlobContent, variables: Mapping[str, str]) -> None:
        self._etag = blob.etag
        try:
            catalog = Catalog.load(_text(blob.data), variables)
        except CatalogInvalid as error:
            going_on = self._going_on()
            _log.error("the catalog override is wrong, %s: %s", going_on, error.message)
            self._wrong = f"The override is wrong, {going_on}. {error.message}"
            self._known = self._known or Known(catalog=_NOTHING, origin="none")
        else:
            self._wrong = None
            self._use(Known(catalog=catalog, origin="override"))

    def _use(self, known: Known) -> None:
        if self._known is None or known.version != self._known.version or known.origin != self._known.origin:
            _log.info("catalog %s (%s) is used from now on", known.version, known.origin)
        self._known = known

    def _going_on(self) -> str:
        return "the last good catalog goes on" if self._known else "and no tool may be used"


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise CatalogInvalid(f"The MCP catalog is larger than {MAX_BYTES // 1024} kB.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogInvalid("The MCP catalog is not UTF-8 text.") from None
