"""Accounts in the store: changed one at a time, under their ETag, by decisions that are made again when others wrote.

The account as this process last wrote or read it saves reading it: if it is out of date its ETag says so. A decision
*against* writing is always made on an account just read. What waits for the same account within the process is written
together: each decides on what the one before it left, and all of it is written, or none.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from shared.containers import PEOPLE
from shared.cosmos import BatchFailed, Cosmos, Create, Document, Operation, Replace
from shared.errors import StoreUnavailable
from shared.together import Together
from shared.usage.account import Account, Archive, Totals, at, day_of
from shared.usage.documents import (
    ACCOUNT,
    VersionedAccount,
    account_document,
    account_from,
    archive_document,
    ended_id,
    totals_from,
)

_MAX_RACES = 40
_RACE_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.2
_ACCOUNTS_KEPT = 1000
_MOST_TOGETHER = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided[T]:
    """What becomes of an account (None: it stays as it is), and what to tell the caller then."""

    account: Account | None
    result: T


type Decide[T] = Callable[[Account], Decided[T]]


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """A change that was asked for."""

    decide: Decide[Any]
    once: Document | None
    result: object = None
    is_done: bool = False

    def tell(self, result: object) -> None:
        self.result, self.is_done = result, True


@dataclass(slots=True, kw_only=True)
class _Made:
    """What decisions make of an account, each on what the one before left; `against` decided not to change it."""

    account: Account
    written: list[_Wanted]
    against: list[_Wanted]
    results: list[tuple[_Wanted, object]]

    @property
    def once(self) -> tuple[Document, ...]:
        return tuple(wanted.once for wanted in self.written if wanted.once is not None)

    def tell(self) -> None:
        for wanted, result in self.results:
            wanted.tell(result)


def _made(account: Account, line: list[_Wanted]) -> _Made:
    made = _Made(account=account, written=[], against=[], results=[])
    for wanted in line:
        decided = wanted.decide(made.account)
        made.results.append((wanted, decided.result))
        if decided.account is None:
            made.against.append(wanted)
        else:
            made.written.append(wanted)
            made.account = decided.account
    return made


class Accounts:
    """The accounts of all people and teams, by the partition (`owner`) they live in."""

    def __init__(self, cosmos: Cosmos, now: Callable[[], datetime]) -> None:
        self._cosmos = cosmos
        self._now = now
        self._seen: dict[str, VersionedAccount] = {}
        self._lines = Together(self._change, _MOST_TOGETHER)

    async def change[T](self, owner: str, decide: Decide[T], *, once: Document | None = None) -> T | None:
        """Write what `decide` makes of the account as it is now, and return its result.

        `once` is created in the same transaction; None means that it was there already: nothing was changed.

        Raises:
            StoreUnavailable: the store failed, or others won the race too often.

        """
        wanted = _Wanted(decide=decide, once=once)
        # In line within the process: many turns of one team end at once, and would only overtake one another.
        await self._lines.done(owner, wanted)
        return cast("T | None", wanted.result)

    async def _change(self, owner: str, line: list["_Wanted"]) -> None:
        current = self._seen.get(owner)
        archived: set[str] = set()
        for race in range(1, _MAX_RACES + 1):
            fresh = current is None
            current = current or await self._read(owner)
            now = at(current.account, self._now())
            made = _made(now.account, line)
            if made.against and not fresh:
                current = None
                continue
            ended = tuple(archive for archive in now.archives if archive.period not in archived)
            new = VersionedAccount(account=made.account, etag=current.etag)
            failed = await self._write(owner, new, ended, made.once) if made.written else None
            if failed is None:
                made.tell()
                return
            place = failed - len(made.once)
            if place < 0:
                known = next(wanted for wanted in made.written if wanted.once is made.once[failed])
                known.tell(None)
                line = [wanted for wanted in line if wanted is not known]
                if not line:
                    return
            elif place < len(ended):
                archived.add(ended[place].period)
            current = None
            await asyncio.sleep(random.uniform(0, min(_RACE_PAUSE_S * race, _LONGEST_PAUSE_S)))  # noqa: S311 - jitter, not a secret
        raise StoreUnavailable("Usage could not be counted: too many answers end at once. Try again.", after_ms=500)

    async def totals(self, owner: str, period: str) -> Totals:
        """Return what was used in a period, `2026-03-02` or `2026-03`."""
        account = (await self._read(owner)).account
        if period == account.day:
            return account.today
        if period == account.month:
            return account.this_month
        document = await self._cosmos.read(PEOPLE, owner, ended_id(period))
        return Totals() if document is None else totals_from(document)

    async def _read(self, owner: str) -> VersionedAccount:
        document = await self._cosmos.read(PEOPLE, owner, ACCOUNT)
        if document is None:
            return VersionedAccount(account=Account(day=day_of(self._now())), etag=None)
        return self._remember(owner, account_from(document))

    async def _write(
        self, owner: str, new: VersionedAccount, ended: tuple[Archive, ...], once: tuple[Document, ...]
    ) -> int | None:
        """Return the place of the operation that stood in the way, or None when all was written."""
        body = account_document(owner, new.account)
        operations: list[Operation] = [Create(document=document) for document in once]
        operations += [Create(document=archive_document(owner, archive)) for archive in ended]
        operations.append(Create(document=body) if new.etag is None else Replace(document=body, etag=new.etag))
        result = await self._cosmos.batch(PEOPLE, owner, operations)
        if isinstance(result, BatchFailed):
            return result.index
        self._remember(owner, VersionedAccount(account=new.account, etag=result[-1]["eTag"]))
        return None

    def _remember(self, owner: str, account: VersionedAccount) -> VersionedAccount:
        self._seen.pop(owner, None)
        self._seen[owner] = account
        if len(self._seen) > _ACCOUNTS_KEPT:
            del self._seen[next(iter(self._seen))]
        return account
