"""The utility model's work beside a turn, on somebody's account: held before, counted after, as a turn of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from shared.protocol.shapes import Usage
from shared.usage.account import StepKey
from shared.usage.decisions import Refusal
from shared.usage.ledger import Ledger, Spender
from shared.usage.prices import PriceList

HOLD_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SideWork:
    """Accounts of what the deployment `model` does beside the answers."""

    ledger: Ledger
    prices: PriceList
    model: str
    now: Callable[[], datetime]

    async def on_account(
        self,
        spender: Spender,
        work_id: str,
        conversation_id: str,
        most: tuple[int, int],
        work: Callable[[], Awaitable[Usage]],
    ) -> Refusal | None:
        """Do the work and count what it used, or return why it does not fit. `most`: tokens read and written.

        Raises:
            StoreUnavailable: the accounts could not be read or written.

        """
        key = StepKey(turn_id=work_id, step=0)
        wanted = self.prices.at_most(self.model, input_tokens=most[0], output_tokens=most[1])
        held = await self.ledger.reserve(spender, key, wanted, self.now().timestamp() + HOLD_SECONDS)
        if isinstance(held, Refusal):
            return held
        usage = self.prices.priced(await work(), self.model)
        if usage == Usage():
            await self.ledger.release(spender, key)
        else:
            await self.ledger.record_turn(spender, work_id, usage, model=self.model, conversation_id=conversation_id)
        return None
