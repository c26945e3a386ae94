"""May this be used? Pure: made on an account as it is now, before it is written."""

from dataclasses import dataclass

from shared.protocol.codes import FAULT_OF, ErrorCode
from shared.protocol.shapes import ErrorInfo
from shared.usage.account import Account
from shared.usage.amounts import Amount
from shared.usage.budgets import Limit, Limits
from shared.usage.wording import Scope, Voice, percent, resets_text

_BUSY_AFTER_MS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Much of what may be used until `resets_at` (ISO 8601, UTC) has been used; `message` is for the person."""

    scope: Scope
    message: str
    used_percent: int
    resets_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Notice):
    """A call does not fit. `busy`: it would, were it not for calls that are running now."""

    busy: bool

    def info(self) -> ErrorInfo:
        """Return the wire shape."""
        return ErrorInfo(
            code=ErrorCode.BUDGET_EXHAUSTED,
            fault=FAULT_OF[ErrorCode.BUDGET_EXHAUSTED],
            message=self.message,
            retryable=self.busy,
            after_ms=_BUSY_AFTER_MS if self.busy else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The account with the warnings noted in it, and the warnings: each is given once in its period."""

    account: Account
    notices: tuple[Notice, ...]


def refused(limits: Limits, account: Account, turn_id: str, wanted: Amount, voice: Voice) -> Refusal | None:
    """Return why the turn may not use `wanted` now: by the limit that stays in the way longest, or None if it may."""
    held = account.held_by_others(turn_id)
    refusals = [
        _refusal(limit, account, wanted.of(limit.unit), voice)
        for limit in limits.each()
        if account.used(limit.period).of(limit.unit) + held.of(limit.unit) + wanted.of(limit.unit) > limit.most
    ]
    return longest(refusals)


def longest(refusals: list[Refusal]) -> Refusal | None:
    """Return the refusal that stays in the way longest."""
    return max(refusals, key=lambda refusal: (not refusal.busy, refusal.resets_at), default=None)


def warned(limits: Limits | None, account: Account, voice: Voice) -> Warned:
    """Note every limit of which so much was used that a warning is due, unless it was given in this period."""
    due = [
        limit
        for limit in (limits.each() if limits else ())
        if limit.key not in account.warned and account.used(limit.period).of(limit.unit) >= limit.soft
    ]
    if not due:
        return Warned(account=account, notices=())
    after = account.model_copy(update={"warned": (*account.warned, *(limit.key for limit in due))})
    return Warned(account=after, notices=tuple(_notice(limit, account, voice) for limit in due))


def _notice(limit: Limit, account: Account, voice: Voice) -> Notice:
    used = account.used(limit.period).of(limit.unit)
    return Notice(
        scope=voice.scope,
        message=voice.warning(limit, account.day, used),
        used_percent=percent(used, limit.most),
        resets_at=resets_text(limit.period, account.day),
    )


def _refusal(limit: Limit, account: Account, need: int, voice: Voice) -> Refusal:
    used = account.used(limit.period).of(limit.unit)
    busy = used + need <= limit.most
    if busy:
        message = voice.held(limit)
    elif used >= limit.most:
        message = voice.used_up(limit, account.day, used)
    else:
        message = voice.too_little_left(limit, account.day, used, need)
    return Refusal(
        scope=voice.scope,
        message=message,
        used_percent=percent(used, limit.most),
        resets_at=resets_text(limit.period, account.day),
        busy=busy,
    )
