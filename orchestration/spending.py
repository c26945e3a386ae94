"""What a model call may cost: held on the budgets before it, counted after it."""

import logging
from contextlib import suppress
from dataclasses import dataclass

from orchestration.messages import FinishRequest, StepRequest
from shared.errors import BudgetBusy, BudgetExhausted, StoreUnavailable
from shared.event_log.head import TurnParked
from shared.model import ModelRequest
from shared.model_tokens import fixed_tokens, items_tokens, text_tokens
from shared.protocol.shapes import Usage
from shared.publisher import Publisher
from shared.usage.account import StepKey
from shared.usage.decisions import Refusal
from shared.usage.ledger import Ledger, Spender
from shared.usage.prices import PriceList
from shared.usage.warning import warn

HOLD_SECONDS = 300.0
"""How long a model call may hold what it reserved: longer than any turn runs, so that only a crash lets it expire."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What a model call that was given so many tokens uses, with its price."""

    prices: PriceList
    model: str
    input_tokens: int

    def counted(self, usage: Usage) -> Usage:
        return self.prices.priced(usage, self.model)

    def estimated(self, text: str) -> Usage:
        """Return what it used to come to `text`, where the service did not say: by the estimate that was held."""
        return self.counted(Usage(input_tokens=self.input_tokens, output_tokens=text_tokens(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The budgets of people and teams, for model calls with `model`."""

    ledger: Ledger
    prices: PriceList
    model: str
    publisher: Publisher

    def meter(self, asked: ModelRequest) -> Meter:
        return Meter(prices=self.prices, model=self.model, input_tokens=_input_tokens(asked))

    async def hold(self, step: StepRequest, asked: ModelRequest, now: float, used: Usage | None) -> None:
        """Hold the most that the call may use, and count what the turn's step before it `used`.

        Raises:
            BudgetExhausted: it does not fit; the message says when it will.
            BudgetBusy: it will once calls that are running now have ended.
            StoreUnavailable: run it again.

        """
        most = self.prices.at_most(self.model, input_tokens=_input_tokens(asked), output_tokens=asked.max_output_tokens)
        held = await self.ledger.reserve(_spender(step), _key(step), most, now + HOLD_SECONDS, used=used)
        await warn(self.publisher, step.asker, (held,) if isinstance(held, Refusal) else held.notices)
        if isinstance(held, Refusal):
            info = held.info()
            refusal = BudgetBusy if held.busy else BudgetExhausted
            raise refusal(info.message, after_ms=info.after_ms)

    async def count(self, step: StepRequest, usage: Usage | None) -> None:
        """Count what a call used whose turn was over before it, in case nobody writes that down any more."""
        if usage is not None:
            await self._settle(_spender(step), _key(step), usage)

    async def count_parked(self, turn: TurnParked, step: int, usage: Usage) -> None:
        """Count the step whose calls the turn now waits for; what cannot be counted now is counted after the wait."""
        await self._settle(_spender(turn), StepKey(turn_id=turn.turn_id, step=step), usage)

    async def _settle(self, spender: Spender, key: StepKey, usage: Usage) -> None:
        try:
            notices = await self.ledger.settle(spender, key, usage)
        except StoreUnavailable:
            _LOG.warning("usage of %s could not be counted yet", key.turn_id)
            return
        await warn(self.publisher, spender.principal, notices)

    async def give_back(self, step: StepRequest) -> None:
        """Give back what is held for a call that came to nothing; if that fails it expires."""
        with suppress(StoreUnavailable):
            await self.ledger.release(_spender(step), _key(step))

    async def record(self, turn: FinishRequest, usage: Usage) -> None:
        """Write down what an ended turn used, however often this runs.

        Raises:
            StoreUnavailable: run it again.

        """
        notices = await self.ledger.record_turn(
            _spender(turn), turn.turn_id, usage, model=self.model, conversation_id=turn.conversation_id
        )
        await warn(self.publisher, turn.asker, notices)


def _spender(request: StepRequest | FinishRequest | TurnParked) -> Spender:
    return Spender(principal=request.asker, team=request.team)


def _key(step: StepRequest) -> StepKey:
    return StepKey(turn_id=step.turn_id, step=step.step)


def _input_tokens(asked: ModelRequest) -> int:
    return fixed_tokens(asked.instructions, asked.tools) + items_tokens(asked.items)
