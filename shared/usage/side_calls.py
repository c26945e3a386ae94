"""Model calls that belong to no turn, for side products: held on the budgets before, counted after, as no turn."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ulid import ULID

from shared.errors import BudgetBusy, BudgetExhausted, StoreUnavailable
from shared.model import Embedder, Model, ModelRequest
from shared.model_text import WholeText, read_whole
from shared.model_tokens import fixed_tokens, items_tokens, text_tokens
from shared.protocol.shapes import Usage
from shared.publisher import Publisher
from shared.usage.account import StepKey
from shared.usage.amounts import Amount
from shared.usage.decisions import Refusal
from shared.usage.ledger import THE_APP, Ledger, Spender
from shared.usage.prices import PriceList
from shared.usage.warning import warn

HOLD_SECONDS = 120.0
"""How long a call may hold what it reserved; longer than any is waited for, so that only a crash lets it expire."""
_NOTHING = Usage()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """On whose account a call is, and for which conversation, if for one.

    `unasked`: the person did not ask for it, and is not told when it does not fit their budget.
    """

    spender: Spender
    conversation_id: str = ""
    unasked: bool = False


FOR_THE_APP = Bill(spender=THE_APP)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCalls:
    """The models with the budgets; `deployment` is the utility model's, which requests name."""

    ledger: Ledger
    prices: PriceList
    model: Model
    embedder: Embedder
    deployment: str
    publisher: Publisher
    now: Callable[[], datetime]

    async def read(self, bill: Bill, asked: ModelRequest, seconds: float, into: WholeText) -> None:
        """Read the model's answer `into`.

        Raises:
            BudgetExhausted, BudgetBusy: it does not fit, and the model was not asked.
            ModelFailed, ModelUnavailable: as `read_whole` does; what the call used by then is counted.
            StoreUnavailable: nothing could be held, and the model was not asked.

        """
        most = self.prices.at_most(asked.model, input_tokens=_input(asked), output_tokens=asked.max_output_tokens)
        key = await self._hold(bill, most)
        try:
            await read_whole(self.model, asked, seconds, into)
        finally:
            await self._count(bill, key, asked.model, _used(asked, into))

    async def embed(self, bill: Bill, deployment: str, texts: Sequence[str], dimensions: int) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            BudgetExhausted, BudgetBusy: it does not fit, and the model was not asked.
            ModelFailed, ModelUnavailable: as `Embedder.embed` does; that counts nothing.
            StoreUnavailable: nothing could be held, and the model was not asked.

        """
        most = self.prices.at_most(deployment, input_tokens=sum(map(text_tokens, texts)), output_tokens=0)
        key = await self._hold(bill, most)
        used = _NOTHING
        try:
            made = await self.embedder.embed(deployment, texts, dimensions)
            used = made.usage
        finally:
            await self._count(bill, key, deployment, used)
        return made.vectors

    async def _hold(self, bill: Bill, most: Amount) -> StepKey:
        spender, key = bill.spender, StepKey(turn_id=f"side.{ULID()}", step=0)
        held = await self.ledger.reserve(spender, key, most, self.now().timestamp() + HOLD_SECONDS)
        if not isinstance(held, Refusal):
            await warn(self.publisher, spender.principal, held.notices)
            return key
        if not bill.unasked:
            await warn(self.publisher, spender.principal, (held,))
        raise (BudgetBusy if held.busy else BudgetExhausted)(held.message, after_ms=held.info().after_ms)

    async def _count(self, bill: Bill, key: StepKey, deployment: str, usage: Usage) -> None:
        """Count it once; what cannot be counted now is lost, and what it held expires."""
        spender, used = bill.spender, self.prices.priced(usage, deployment)
        if used == _NOTHING:
            with suppress(StoreUnavailable):
                await self.ledger.release(spender, key)
            return
        try:
            notices = await self.ledger.record_call(
                spender, key.turn_id, used, model=deployment, conversation_id=bill.conversation_id
            )
        except StoreUnavailable:
            _log.warning("what %s used beside turns could not be counted", deployment)
            return
        await warn(self.publisher, spender.principal, notices)


def _used(asked: ModelRequest, got: WholeText) -> Usage:
    """Return what the call used; of one that broke off, by the estimate that was held."""
    if got.finish is not None:
        return got.usage
    return Usage(input_tokens=_input(asked), output_tokens=text_tokens(got.text)) if got.text else _NOTHING


def _input(asked: ModelRequest) -> int:
    return fixed_tokens(asked.instructions, asked.tools) + items_tokens(asked.items)
