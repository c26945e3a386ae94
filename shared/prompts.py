"""The coach's prompt templates: read from Blob Storage, kept in memory, filled in.

A template is Markdown with `{{name}}` placeholders. A change in Blob Storage is used within a minute; while Blob
Storage is away, or holds something unusable, the last good template goes on.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.blob import BlobContent, BlobNotFound, BlobStore
from shared.errors import PromptUnavailable, SalesCoachError, StoreUnavailable
from shared.protocol.codes import ErrorCode

REQUIRED_VARIABLES = frozenset({"today", "tools"})

_CONTAINER = "prompts"
_EVERYONE = "coach.md"
_HR = "coach.hr.md"
_MANAGEMENT = "coach.management.md"
_FRESH = timedelta(seconds=60)
_RETRY_AFTER_FAILURE = timedelta(seconds=5)
_MAX_BYTES = 256 * 1024
_VERSION_CHARACTERS = 12
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")

_log = logging.getLogger(__name__)


class PromptInvalid(SalesCoachError):  # noqa: N818 - reads as what happened
    """A template cannot be used as it is written; the message names what is wrong."""

    code = ErrorCode.PROMPT_UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A template as it was read; `version` is the first 12 hex digits of its text's SHA-256."""

    name: str
    version: str
    text: str


def render(template: PromptTemplate, variables: Mapping[str, str]) -> str:
    """Return the text with every `{{name}}` replaced; what is put in is never expanded again.

    Raises:
        PromptInvalid: the template lacks a required variable, or names one that was not given.

    """
    _check(template.name, template.text)
    unknown = sorted(set(_PLACEHOLDER.findall(template.text)) - variables.keys())
    if unknown:
        raise PromptInvalid(f"The prompt {template.name} uses unknown variables: {', '.join(unknown)}.")
    return _PLACEHOLDER.sub(lambda match: variables[match.group(1)], template.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What is known of one blob: its template (None: it does not exist) and until when that needs no check."""

    template: PromptTemplate | None
    etag: str | None
    check_at: datetime


class PromptLibrary:
    """Gives each person's template, refreshed at most once a minute, one refresh at a time."""

    def __init__(self, blobs: BlobStore, now: Callable[[], datetime]) -> None:
        self._blobs = blobs
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._failing: dict[str, datetime] = {}  # name -> when to try again
        self._refresh = asyncio.Lock()

    @property
    def degraded(self) -> bool:
        """Whether the last refresh of any template failed."""
        return bool(self._failing)

    async def template(self, role_names: frozenset[str]) -> PromptTemplate:
        """Return the template for someone with these roles: their own kind's if it exists, else everyone's.

        Raises:
            PromptUnavailable: none can be read and none was read before.

        """
        for name in _names(role_names):
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
        except (StoreUnavailable, BlobNotFound, PromptInvalid) as error:
            return self._failed(name, known, error)
        self._entries[name] = entry
        if self._failing.pop(name, None):
            _log.info("prompt %s can be read again", name)
        return entry

    async def _read(self, name: str, known: _Entry | None) -> _Entry:
        check_at = self._now() + _FRESH
        try:
            answer = await self._blobs.read(_CONTAINER, name, etag=known.etag if known else None)
        except BlobNotFound:
            if name == _EVERYONE:
                raise
            return _Entry(template=None, etag=None, check_at=check_at)
        if isinstance(answer, BlobContent):
            return _Entry(template=_template(name, answer.data), etag=answer.etag, check_at=check_at)
        return _Entry(template=known.template if known else None, etag=known.etag if known else None, check_at=check_at)

    def _failed(self, name: str, known: _Entry | None, error: SalesCoachError) -> _Entry | None:
        if name not in self._failing:
            going_on = "the last good one is used" if known and known.template else "there is none to use"
            _log.warning("prompt %s could not be refreshed, %s: %s", name, going_on, error.message)
        self._failing[name] = self._now() + _RETRY_AFTER_FAILURE
        return known


def _names(role_names: frozenset[str]) -> tuple[str, ...]:
    if "Management" in role_names:
        return (_MANAGEMENT, _EVERYONE)
    if role_names == frozenset({"HR"}):
        return (_HR, _EVERYONE)
    return (_EVERYONE,)


def _template(name: str, data: bytes) -> PromptTemplate:
    if len(data) > _MAX_BYTES:
        raise PromptInvalid(f"The prompt {name} is larger than {_MAX_BYTES // 1024} kB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PromptInvalid(f"The prompt {name} is not UTF-8 text.") from None
    _check(name, text)
    version = hashlib.sha256(text.encode()).hexdigest()[:_VERSION_CHARACTERS]
    return PromptTemplate(name=name, version=version, text=text)


def _check(name: str, text: str) -> None:
    if not text.strip():
        raise PromptInvalid(f"The prompt {name} is empty.")
    rest = _PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise PromptInvalid(f"The prompt {name} has a placeholder that is not written {{{{name}}}}.")
    missing = sorted(REQUIRED_VARIABLES - set(_PLACEHOLDER.findall(text)))
    if missing:
        raise PromptInvalid(f"The prompt {name} lacks required variables: {', '.join(missing)}.")
