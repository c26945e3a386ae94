"""Calls of the utility model that belong to no turn, for one person: held on the budgets before, counted after."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ulid import ULID

from shared.errors import BudgetBusy, BudgetExhausted, StoreUnavailable
from shared.model import Model, ModelRequest
from shared.model_text import WholeText, read_whole
from shared.model_tokens import fixed_tokens, items_tokens, text_tokens
from shared.protocol.shapes import Usage
from shared.publisher import Publisher
from shared.usage.account import StepKey
from shared.usage.decisions import Refusal
from shared.usage.ledger import Ledger, Spender
from shared.usage.prices import PriceList
from shared.usage.warning import warn

HOLD_SECONDS = 120.0
"""How long a call may hold what it reserved; longer than any is waited for, so that only a crash lets it expire."""
_NOTHING = Usage()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCalls:
    """The utility model with the budgets; `deployment` is what requests name as their model."""

    ledger: Ledger
    prices: PriceList
    model: Model
    deployment: str
    publisher: Publisher
    now: Callable[[], datetime]

    async def read(
        self, spender: Spender, conversation_id: str, asked: ModelRequest, seconds: float, into: WholeText
    ) -> None:
        """Read the model's answer `into`, on the account of `spender` and their team.

        Raises:
            BudgetExhausted, BudgetBusy: it does not fit, and the model was not asked.
            ModelFailed, ModelUnavailable: as `read_whole` does; what the call used by then is counted.
            StoreUnavailable: nothing could be held, and the model was not asked.

        """
        key = StepKey(turn_id=f"side.{ULID()}", step=0)
        await self._hold(spender, key, asked)
        try:
            await read_whole(self.model, asked, seconds, into)
        finally:
            await self._count(spender, key, conversation_id, self._used(asked, into))

    async def _hold(self, spender: Spender, key: StepKey, asked: ModelRequest) -> None:
        most = self.prices.at_most(asked.model, input_tokens=_input(asked), output_tokens=asked.max_output_tokens)
        held = await self.ledger.reserve(spender, key, most, self.now().timestamp() + HOLD_SECONDS)
        await warn(self.publisher, spender.principal, (held,) if isinstance(held, Refusal) else held.notices)
        if isinstance(held, Refusal):
            raise (BudgetBusy if held.busy else BudgetExhausted)(held.message, after_ms=held.info().after_ms)

    def _used(self, asked: ModelRequest, got: WholeText) -> Usage:
        """Return what the call used; of one that broke off, by the estimate that was held."""
        if got.finish is not None:
            return self.prices.priced(got.usage, asked.model)
        if not got.text:
            return _NOTHING
        return self.prices.priced(Usage(input_tokens=_input(asked), output_tokens=text_tokens(got.text)), asked.model)

    async def _count(self, spender: Spender, key: StepKey, conversation_id: str, used: Usage) -> None:
        """Count it once; what cannot be counted now is lost, and what it held expires."""
        if used == _NOTHING:
            with suppress(StoreUnavailable):
                await self.ledger.release(spender, key)
            return
        try:
            notices = await self.ledger.record_turn(
                spender, key.turn_id, used, model=self.deployment, conversation_id=conversation_id
            )
        except StoreUnavailable:
            _log.warning("what %s used beside %s could not be counted", self.deployment, conversation_id)
            return
        await warn(self.publisher, spender.principal, notices)


def _input(asked: ModelRequest) -> int:
    return fixed_tokens(asked.instructions, asked.tools) + items_tokens(asked.items)
