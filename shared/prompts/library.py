"""The templates in use, kept in memory: a moved label is followed within a minute.

While Blob Storage is away, or a label points to something unusable, the last good template goes on.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.blob import NotModified
from shared.errors import PromptUnavailable, SalesCoachError, StoreUnavailable
from shared.prompts.store import PRODUCTION, PromptNotFound, PromptStore
from shared.prompts.template import PromptInvalid, PromptTemplate

EVERYONE = "coach"
_OF_ROLE = {"Management": "coach.management", "Sales": "coach.sales", "HR": "coach.hr"}
"""Which template a role has; of several roles the first here decides."""
_FRESH = timedelta(seconds=60)
_RETRY_AFTER_FAILURE = timedelta(seconds=5)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What is known of one label: its template (None: nobody set the label) and until when that needs no check."""

    template: PromptTemplate | None
    etag: str | None
    check_at: datetime


class PromptLibrary:
    """Gives each person's template under one label, refreshed at most once a minute, one refresh at a time."""

    def __init__(self, store: PromptStore, now: Callable[[], datetime], label: str = PRODUCTION) -> None:
        self._store = store
        self._now = now
        self.label = label
        self._entries: dict[str, _Entry] = {}
        self._failing: dict[str, datetime] = {}  # name -> when to try again
        self._refresh = asyncio.Lock()

    @property
    def degraded(self) -> tuple[str, ...]:
        """The prompts whose last refresh failed: their last good version is in use, if there is one."""
        return tuple(sorted(self._failing))

    @property
    def in_use(self) -> dict[str, str]:
        """The version of each prompt this process uses."""
        return {name: entry.template.version for name, entry in self._entries.items() if entry.template}

    async def template(self, roles: frozenset[str]) -> PromptTemplate:
        """Return the template for someone with these roles: their own kind's if it is labelled, else everyone's.

        Raises:
            PromptUnavailable: none can be read and none was read before.

        """
        for name in _names(roles):
            entry = await self._current(name)
            if entry is not None and entry.template is not None:
                return entry.template
        raise PromptUnavailable("The coach's instructions could not be read. Please try again shortly.")

    async def _current(self, name: str) -> _Entry | None:
        entry = self._entries.get(name)
        if not self._is_due(name, entry) or (entry and entry.template and self._refresh.locked()):
            return entry
        async with self._refresh:
            entry = self._entries.get(name)
            return await self._refreshed(name, entry) if self._is_due(name, entry) else entry

    def _is_due(self, name: str, entry: _Entry | None) -> bool:
        at = self._failing.get(name) or (entry and entry.check_at)
        return at is None or self._now() >= at

    async def _refreshed(self, name: str, known: _Entry | None) -> _Entry | None:
        try:
            entry = await self._read(name, known)
        except (StoreUnavailable, PromptNotFound, PromptInvalid) as error:
            return self._failed(name, known, error)
        self._entries[name] = entry
        if self._failing.pop(name, None):
            _log.info("prompt %s can be read again", name)
        return entry

    async def _read(self, name: str, known: _Entry | None) -> _Entry:
        check_at = self._now() + _FRESH
        found = await self._store.label(name, self.label, etag=known.etag if known else None)
        if isinstance(found, NotModified):
            return _Entry(
                template=known.template if known else None, etag=known.etag if known else None, check_at=check_at
            )
        if found is None:
            if name == EVERYONE:
                raise PromptNotFound(f"The prompt {name} has no label {self.label}.")
            return _Entry(template=None, etag=None, check_at=check_at)
        template = known.template if known else None
        if template is None or template.version != found.label.version:
            template = await self._store.version(name, found.label.version)
        return _Entry(template=template, etag=found.etag, check_at=check_at)

    def _failed(self, name: str, known: _Entry | None, error: SalesCoachError) -> _Entry | None:
        if name not in self._failing:
            going_on = "the last good one is used" if known and known.template else "there is none to use"
            _log.warning("prompt %s could not be refreshed, %s: %s", name, going_on, error.message)
        self._failing[name] = self._now() + _RETRY_AFTER_FAILURE
        return known


def _names(roles: frozenset[str]) -> tuple[str, ...]:
    own = next((name for role, name in _OF_ROLE.items() if role in roles), None)
    return (own, EVERYONE) if own else (EVERYONE,)
