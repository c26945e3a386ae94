"""Reserve before a model call, settle after it, record the turn when it has ended; a call beside turns is recorded.

A turn counts on two accounts, its asker's and their team's, in two partitions: no transaction spans them. None is
needed. On each account every operation is complete in itself and idempotent, and it is always attempted on both, so
whatever a crash between them left undone, running the same operation again does on the account where it is missing
and finds done on the other. If it is never run again, a reservation expires by itself, and recording the turn, which
is the last word and happens once per account, adds whatever settling had missed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.clock import iso, utc_now
from shared.cosmos import Cosmos
from shared.protocol.shapes import SYSTEM, Usage
from shared.usage.account import Account, StepKey, Totals, recorded, released, reserved, settled
from shared.usage.accounts import Accounts, Decide, Decided
from shared.usage.amounts import Amount
from shared.usage.budgets import Budgets, Limits
from shared.usage.decisions import Notice, Refusal, longest, refused, warned
from shared.usage.documents import Entry, EntryKind, entry_document, person_account, team_account
from shared.usage.teams import APP
from shared.usage.wording import Scope, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """Who pays for a turn: a person, and the team they are in."""

    principal: str
    team: str


THE_APP = Spender(principal=SYSTEM.id, team=APP)
"""Who pays for what the app does for itself: no budget limits it, and nobody's account tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The call may be made. `notices` are for the person."""

    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One of the two accounts of a turn."""

    owner: str
    limits: Limits | None
    voice: Voice


class Ledger:
    """Usage of people and teams, and what their budgets allow. Accounts without limits hold no reservations."""

    def __init__(self, cosmos: Cosmos, budgets: Budgets, currency: str, now: Callable[[], datetime] = utc_now) -> None:
        self._accounts = Accounts(cosmos, now)
        self._budgets = budgets
        self._currency = currency
        self._now = now

    async def reserve(
        self, spender: Spender, key: StepKey, wanted: Amount, expires: float, *, used: Usage | None = None
    ) -> Reserved | Refusal:
        """Hold `wanted` for a model call until `expires` (epoch seconds), or say why it does not fit.

        Reserving the same step again replaces what it held. A refusal holds nothing. `used` settles the turn's step
        before this one in the same write.

        Raises:
            StoreUnavailable: run it again.

        """
        sides = self._limited(spender)
        results = await _all(
            self._accounts.change(
                side.owner, _reserving(side, limits, _Wish(key=key, wanted=wanted, expires=expires, used=used))
            )
            for side, limits in sides
        )
        refusal = longest([result for result in results if isinstance(result, Refusal)])
        if refusal is None:
            return Reserved(
                notices=tuple(n for result in results if isinstance(result, Reserved) for n in result.notices)
            )
        held = [side for (side, _), result in zip(sides, results, strict=True) if isinstance(result, Reserved)]
        await _all(self._accounts.change(side.owner, _releasing(key)) for side in held)
        return refusal

    async def settle(self, spender: Spender, key: StepKey, usage: Usage) -> tuple[Notice, ...]:
        """Count what a call used in place of what was reserved for it; nothing happens when nothing is reserved.

        Raises:
            StoreUnavailable: run it again, or leave it: recording the turn makes up for it.

        """
        results = await _all(
            self._accounts.change(side.owner, _settling(side, key, usage)) for side, _ in self._limited(spender)
        )
        return _joined(results)

    async def release(self, spender: Spender, key: StepKey) -> None:
        """Give back what was reserved for a call that used nothing.

        Raises:
            StoreUnavailable: run it again, or leave it: the reservation expires.

        """
        await _all(self._accounts.change(side.owner, _releasing(key)) for side, _ in self._limited(spender))

    async def record_turn(
        self, spender: Spender, turn_id: str, usage: Usage, *, model: str, conversation_id: str
    ) -> tuple[Notice, ...]:
        """Write down once what an ended turn used, and count what was not settled before.

        Raises:
            StoreUnavailable: run it again.

        """
        return await self._record("usage_turn", spender, turn_id, usage, model=model, conversation_id=conversation_id)

    async def record_call(
        self, spender: Spender, call_id: str, usage: Usage, *, model: str, conversation_id: str
    ) -> tuple[Notice, ...]:
        """Write down once what a call beside turns used; it makes no turn of anybody's.

        Raises:
            StoreUnavailable: run it again.

        """
        return await self._record("usage_call", spender, call_id, usage, model=model, conversation_id=conversation_id)

    async def _record(
        self, kind: EntryKind, spender: Spender, turn_id: str, usage: Usage, *, model: str, conversation_id: str
    ) -> tuple[Notice, ...]:
        entry = Entry(
            kind=kind,
            turn_id=turn_id,
            conversation_id=conversation_id,
            person=spender.principal,
            team=spender.team,
            model=model,
            at=iso(self._now()),
            usage=usage,
        )
        results = await _all(
            self._accounts.change(side.owner, _recording(side, entry), once=entry_document(side.owner, entry))
            for side in self._sides(spender)
        )
        return _joined(results)

    async def totals(self, owner: str, period: str) -> Totals:
        """Return what was used in a UTC day (`2026-03-02`) or month (`2026-03`), as far back as it is kept.

        `owner` is `person_account(...)` or `team_account(...)`. A running turn counts with its settled calls.

        Raises:
            StoreUnavailable: the store failed.

        """
        return await self._accounts.totals(owner, period)

    def _sides(self, spender: Spender) -> tuple[_Side, _Side]:
        person = self._side("person", spender, person_account(spender.principal))
        return person, self._side("team", spender, team_account(spender.team))

    def _side(self, scope: Scope, spender: Spender, owner: str) -> _Side:
        budgets = self._budgets
        limits = budgets.of_person(spender.team) if scope == "person" else budgets.of_team(spender.team)
        voice = Voice(scope=scope, team=spender.team, currency=self._currency, contact=budgets.contact)
        return _Side(owner=owner, limits=limits, voice=voice)

    def _limited(self, spender: Spender) -> list[tuple[_Side, Limits]]:
        return [(side, side.limits) for side in self._sides(spender) if side.limits is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A model call to be made, and what the turn's step before it used."""

    key: StepKey
    wanted: Amount
    expires: float
    used: Usage | None


def _reserving(side: _Side, limits: Limits, wish: _Wish) -> Decide[Reserved | Refusal]:
    def decide(account: Account) -> Decided[Reserved | Refusal]:
        key = wish.key
        if wish.used is not None:
            before = StepKey(turn_id=key.turn_id, step=key.step - 1)
            account = settled(account, before, wish.used) or account
        refusal = refused(limits, account, key.turn_id, wish.wanted, side.voice)
        if refusal is not None:
            return Decided(account=None, result=refusal)
        after = reserved(account, key, wish.wanted, wish.expires)
        if after is None:
            return Decided(account=None, result=Reserved(notices=()))
        noted = warned(limits, after, side.voice)
        return Decided(account=noted.account, result=Reserved(notices=noted.notices))

    return decide


def _settling(side: _Side, key: StepKey, usage: Usage) -> Decide[tuple[Notice, ...]]:
    return lambda account: _counted(side, settled(account, key, usage))


def _recording(side: _Side, entry: Entry) -> Decide[tuple[Notice, ...]]:
    turns = 1 if entry.kind == "usage_turn" else 0
    return lambda account: _counted(side, recorded(account, entry.turn_id, entry.usage, turns=turns))


def _counted(side: _Side, after: Account | None) -> Decided[tuple[Notice, ...]]:
    if after is None:
        return Decided(account=None, result=())
    noted = warned(side.limits, after, side.voice)
    return Decided(account=noted.account, result=noted.notices)


def _releasing(key: StepKey) -> Decide[None]:
    return lambda account: Decided(account=released(account, key), result=None)


async def _all[T](work: Iterable[Awaitable[T]]) -> list[T]:
    """Do all of it at once; raise the first failure only when everything has ended, so that nothing is left running."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def _joined(results: list[tuple[Notice, ...] | None]) -> tuple[Notice, ...]:
    return tuple(notice for notices in results for notice in notices or ())
