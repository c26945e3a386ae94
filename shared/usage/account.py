"""The account of a person or a team: what was used, and what running turns hold. Pure; `ledger` stores it.

A turn has at most one *hold*. It is `held` while a model call may use that much, and remembers as `settled` what the
turn's calls used so far: that is in the totals already, so recording the ended turn adds only what is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.protocol.shapes import Usage
from shared.stored import Stored
from shared.usage.amounts import Amount, amount_of
from shared.usage.budgets import Period

KEEP_SETTLED_S = 8 * 24 * 3600
"""How long after its last reservation expired a turn's settled use is remembered, for the turn to be recorded."""
_NOTHING = Usage()


class Totals(Stored):
    """What was used within a period, and how many turns ended in it; what is used beside turns makes none."""

    usage: Usage = _NOTHING
    turns: int = 0

    def plus(self, usage: Usage, *, turns: int) -> "Totals":
        return Totals(usage=self.usage + usage, turns=self.turns + turns)


class Hold(Stored):
    """What a turn's model call `step` may still use, until `expires` (epoch seconds), and what its calls used."""

    turn_id: str
    step: int
    held: Amount | None
    expires: float
    settled: Usage = _NOTHING


class Account(Stored):
    """`day` is the UTC day (`2026-03-02`) of `today`, and its month that of `this_month`.

    `warned` has the keys of limits a warning was given for in their current period.
    """

    schema_version: Literal[1] = 1
    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    today: Totals = Totals()
    this_month: Totals = Totals()
    holds: tuple[Hold, ...] = ()
    warned: tuple[str, ...] = ()

    @property
    def month(self) -> str:
        return self.day[:7]

    def used(self, period: Period) -> Amount:
        return amount_of((self.today if period == "day" else self.this_month).usage)

    def held_by_others(self, turn_id: str) -> Amount:
        held = (hold.held for hold in self.holds if hold.turn_id != turn_id and hold.held is not None)
        return sum(held, start=Amount())

    def hold_of(self, turn_id: str) -> Hold | None:
        return next((hold for hold in self.holds if hold.turn_id == turn_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKey:
    """One model call of a turn; a call beside turns is step 0 of an id of its own."""

    turn_id: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The totals of a period (`2026-03-02` or `2026-03`) that is over."""

    period: str
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """An account brought to a moment, and the periods that ended on the way."""

    account: Account
    archives: tuple[Archive, ...]


def day_of(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def at(account: Account, now: datetime) -> Current:
    """Begin new periods and drop what has expired. A clock that runs behind never takes an account back."""
    account = account.model_copy(update={"holds": tuple(_unexpired(account.holds, now.timestamp()))})
    day = day_of(now)
    if day <= account.day:
        return Current(account=account, archives=())
    ended = [Archive(period=account.day, totals=account.today)]
    changes: dict[str, object] = {"day": day, "today": Totals()}
    begun: list[Period] = ["day"]
    if day[:7] != account.month:
        ended.append(Archive(period=account.month, totals=account.this_month))
        changes["this_month"] = Totals()
        begun.append("month")
    changes["warned"] = tuple(key for key in account.warned if key.partition(".")[0] not in begun)
    archives = tuple(archive for archive in ended if archive.totals != Totals())
    return Current(account=account.model_copy(update=changes), archives=archives)


def _unexpired(holds: tuple[Hold, ...], now: float) -> Iterator[Hold]:
    for hold in holds:
        if hold.expires > now:
            yield hold
        elif hold.settled != _NOTHING and hold.expires + KEEP_SETTLED_S > now:
            yield hold.model_copy(update={"held": None})


def reserved(account: Account, key: StepKey, wanted: Amount, expires: float) -> Account | None:
    """Hold what the call may use, in place of what the turn held before; None when the turn is past this step."""
    before = account.hold_of(key.turn_id)
    if before is not None and before.step > key.step:
        return None
    settled = before.settled if before else _NOTHING
    return _with(account, Hold(turn_id=key.turn_id, step=key.step, held=wanted, expires=expires, settled=settled))


def settled(account: Account, key: StepKey, usage: Usage) -> Account | None:
    """Count what the call used in place of what it held; None when it holds nothing (any more)."""
    hold = _held(account, key)
    if hold is None:
        return None
    after = _with(account, hold.model_copy(update={"held": None, "settled": hold.settled + usage}))
    return _counted(after, usage, turns=0)


def released(account: Account, key: StepKey) -> Account | None:
    """Hold nothing for the call any more; None when nothing is held for it."""
    hold = _held(account, key)
    if hold is None:
        return None
    if hold.settled == _NOTHING:
        return _without(account, key.turn_id)
    return _with(account, hold.model_copy(update={"held": None}))


def recorded(account: Account, turn_id: str, usage: Usage, *, turns: int = 1) -> Account:
    """Count an ended turn: of what it used, all that was not settled before. A call beside turns makes 0 `turns`."""
    hold = account.hold_of(turn_id)
    missing = _missing(usage, hold.settled) if hold else usage
    return _counted(_without(account, turn_id), missing, turns=turns)


def _missing(usage: Usage, before: Usage) -> Usage:
    return Usage(
        input_tokens=max(0, usage.input_tokens - before.input_tokens),
        cached_input_tokens=max(0, usage.cached_input_tokens - before.cached_input_tokens),
        output_tokens=max(0, usage.output_tokens - before.output_tokens),
        cost_micros=max(0, usage.cost_micros - before.cost_micros),
    )


def _held(account: Account, key: StepKey) -> Hold | None:
    hold = account.hold_of(key.turn_id)
    return hold if hold is not None and hold.step == key.step and hold.held is not None else None


def _counted(account: Account, usage: Usage, *, turns: int) -> Account:
    changes = {
        "today": account.today.plus(usage, turns=turns),
        "this_month": account.this_month.plus(usage, turns=turns),
    }
    return account.model_copy(update=changes)


def _with(account: Account, hold: Hold) -> Account:
    return account.model_copy(update={"holds": (*_without(account, hold.turn_id).holds, hold)})


def _without(account: Account, turn_id: str) -> Account:
    return account.model_copy(update={"holds": tuple(h for h in account.holds if h.turn_id != turn_id)})
