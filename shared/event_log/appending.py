"""Appending: decide on the newest head, write events and head in one transaction, decide again when others wrote.

What this process appends to one conversation stands in line, for it would only race with itself. Who waits there (the
calls of a step, which begin and end side by side) is appended in the transaction of whoever is first, each decided on
the head that the one before leaves; an append that would not be made on that head decides for itself when its turn has
come.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from shared.clock import iso
from shared.containers import log_container
from shared.cosmos import BatchFailed, Cosmos, Create, Operation, Replace, Upsert
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.documents import event_document, head_document
from shared.event_log.head import Head, VersionedHead
from shared.event_log.memory import LogMemory
from shared.event_log.shapes import AlreadyHappened, Appended, AppendResult, Decide, Declined, Draft, NewEvent
from shared.protocol.events import StoredEvent
from shared.telemetry.metrics import log_conflicts
from shared.together import Together

_MAX_RACES = 150
"""Some two seconds of losing: against one who writes without any pause an append gets through one time in twenty."""
_RACE_PAUSE_S = 0.02
_MOST_TOGETHER = 12
_MOST_DOCUMENTS = 60
"""In one transaction, which may hold a hundred."""


class Reading(Protocol):
    """What of a log has to be read to append to it: `EventLog`."""

    async def head(self, conversation_id: str) -> VersionedHead: ...

    async def event(self, conversation_id: str, event_id: str) -> StoredEvent | None: ...

    def check(self, conversation_id: str, head: Head) -> None: ...


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """An append that was asked for; `decided` are events of it that somebody else appended."""

    decide: Decide
    known: VersionedHead | None
    decided: set[str] = field(default_factory=set[str])
    result: AppendResult | None = None

    @property
    def is_done(self) -> bool:
        return self.result is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one append puts into the transaction: new events as they are stored, and what stands beside them."""

    wanted: _Wanted
    draft: Draft
    new: tuple[NewEvent, ...]
    events: tuple[StoredEvent, ...]
    head: Head

    def documents(self) -> Iterator[Operation]:
        ttl = self.head.ttl if self.head.temporary else None
        for new, event in zip(self.new, self.events, strict=True):
            yield Create(document=event_document(new.id, event, new.audience, new.private_text, ttl))


class Appending:
    """Appends to all conversations."""

    def __init__(self, cosmos: Cosmos, memory: LogMemory, reading: Reading, now: Callable[[], datetime]) -> None:
        self._cosmos = cosmos
        self._memory = memory
        self._reading = reading
        self._now = now
        self._lines = Together(self._append, _MOST_TOGETHER)

    async def append(self, conversation_id: str, decide: Decide, known: VersionedHead | None) -> AppendResult:
        """Append what `decide` makes of the newest head; see `EventLog.append`."""
        wanted = _Wanted(decide=decide, known=known)
        await self._lines.done(conversation_id, wanted)
        return cast("AppendResult", wanted.result)

    async def _append(self, conversation_id: str, line: list[_Wanted]) -> None:
        wanted, *others = line
        current = self._newest(conversation_id, wanted.known)
        for _ in range(_MAX_RACES):
            current, draft = await self._decided(conversation_id, wanted.decide, current)
            if draft is None:
                wanted.result = Declined(head=current)
                return
            parts = self._parts(conversation_id, current.head, wanted, draft, others)
            try:
                outcome = await self._write(conversation_id, current, parts)
            except StoreUnavailable:
                if len(parts) == 1:
                    raise
                # Together they may be too much for one transaction.
                others = []
                continue
            if outcome is None:
                return
            if outcome.index >= sum(len(part.new) for part in parts):
                log_conflicts.add(1)
                await asyncio.sleep(random.uniform(0, _RACE_PAUSE_S))  # noqa: S311 - jitter, not a secret
                current = None
                continue
            part, event_id = _at(parts, outcome.index)
            if event_id != part.draft.key_id:
                part.wanted.decided.add(event_id)
            elif part.wanted is wanted:
                wanted.result = await self._already(conversation_id, event_id)
                return
            else:
                others = [other for other in others if other is not part.wanted]
        raise StoreUnavailable("The conversation is very busy. Nothing was changed; try again.", after_ms=500)

    def _newest(self, conversation_id: str, known: VersionedHead | None) -> VersionedHead | None:
        """Return the newer of the head the caller knows and the last this process saw."""
        seen = self._memory.head(conversation_id)
        if known is None or (seen is not None and seen.seq > known.seq):
            return seen
        return known

    async def _decided(
        self, conversation_id: str, decide: Decide, current: VersionedHead | None
    ) -> tuple[VersionedHead, Draft | None]:
        """Decide on the head at hand if that leads to an append, else on one just read."""
        if current is not None:
            with suppress(CommandRefused):
                self._reading.check(conversation_id, current.head)
                draft = decide(current.head)
                if draft is not None:
                    return current, draft
        current = await self._reading.head(conversation_id)
        return current, decide(current.head)

    def _parts(
        self, conversation_id: str, head: Head, wanted: _Wanted, draft: Draft, others: list[_Wanted]
    ) -> list[_Part]:
        """Return what to write: the draft, and those of the others that can follow it."""
        parts = [self._part(conversation_id, head, wanted, draft)]
        documents = len(parts[0].new) + len(draft.beside(conversation_id))
        for other in others:
            before = parts[-1].head
            try:
                following = None if before.is_gone(self._now().timestamp()) else other.decide(before)
            except Exception:  # noqa: BLE001, S112 - it is not this append's; raised again when its own turn comes
                continue
            if following is None:
                continue
            documents += len(following.events) + len(following.beside(conversation_id))
            if documents > _MOST_DOCUMENTS:
                break
            parts.append(self._part(conversation_id, before, other, following))
        return parts

    def _part(self, conversation_id: str, head: Head, wanted: _Wanted, draft: Draft) -> _Part:
        at = iso(self._now())
        new = tuple(new for new in draft.events if new.id not in wanted.decided)
        events = tuple(
            each.event.model_copy(update={"conversation_id": conversation_id, "seq": head.seq + n, "at": at})
            for n, each in enumerate(new, start=1)
        )
        after = draft.head.model_copy(update={"seq": head.seq + len(events), "updated_at": at})
        return _Part(wanted=wanted, draft=draft, new=new, events=events, head=after)

    async def _write(self, conversation_id: str, current: VersionedHead, parts: list[_Part]) -> BatchFailed | None:
        """Write the parts in one transaction and give each its result; None when that was done."""
        operations = [document for part in parts for document in part.documents()]
        operations += [Upsert(document=document) for part in parts for document in part.draft.beside(conversation_id)]
        head = parts[-1].head
        operations.append(Replace(document=head_document(conversation_id, head), etag=current.etag))
        result = await self._cosmos.batch(log_container(conversation_id), conversation_id, operations)
        if isinstance(result, BatchFailed):
            return result
        newest = VersionedHead(head=head, etag=result[-1]["eTag"])
        new = [each for part in parts for each in part.new]
        events = [event for part in parts for event in part.events]
        self._memory.appended(conversation_id, new, events, newest)
        for part in parts:
            part.wanted.result = Appended(events=part.events, head=newest)
        return None

    async def _already(self, conversation_id: str, event_id: str) -> AlreadyHappened:
        event = await self._reading.event(conversation_id, event_id)
        if event is None:
            raise StoreUnavailable("The conversation changed while it was read. Try again.")
        return AlreadyHappened(event=event, head=await self._reading.head(conversation_id))


def _at(parts: list[_Part], index: int) -> tuple[_Part, str]:
    """Return whose event stands at that place of the transaction, and its id."""
    for part in parts:
        if index < len(part.new):
            return part, part.new[index].id
        index -= len(part.new)
    raise AssertionError("the place is that of an event")
