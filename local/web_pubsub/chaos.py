"""Switches that make the service misbehave in the ways the real one may, for tests of what is built on it."""

import asyncio
from dataclasses import asdict, dataclass, field

from local.holds import Holds

_HOLD_SECONDS = 2.0
_SPACING_SECONDS = 0.03
_HOLD_WORDS = frozenset({"hub", "target", "type"})


class ReorderGate:
    """Holds the next `count` passers and lets them go last first; a held one waits 2 s at most."""

    def __init__(self) -> None:
        self._wanted = 0
        self._held: list[asyncio.Event] = []

    @property
    def waiting(self) -> int:
        return self._wanted

    def arm(self, count: int) -> None:
        self._wanted = count

    async def enter(self) -> None:
        if self._wanted == 0:
            return
        self._wanted -= 1
        own = asyncio.Event()
        self._held.append(own)
        if self._wanted == 0:
            await self._release()
        else:
            try:
                async with asyncio.timeout(_HOLD_SECONDS):
                    await own.wait()
            except TimeoutError:
                self._held.remove(own)

    async def _release(self) -> None:
        """Free the others, latest first, once the caller (the last to come) has gone ahead."""
        held, self._held = self._held[:-1], []
        loop = asyncio.get_running_loop()
        for position, event in enumerate(reversed(held), start=1):
            loop.call_later(position * _SPACING_SECONDS, event.set)


@dataclass(slots=True, kw_only=True)
class Switches:
    """Counts of coming deliveries to spoil; `event` limits the webhook switches to one event name."""

    event: str | None = None
    duplicate_webhooks: int = 0
    fail_webhooks: int = 0
    delay_webhooks: int = 0
    delay_seconds: float = 1.0
    duplicate_sends: int = 0
    fail_sends: int = 0
    send_status: int = 503
    lose_answers: int = 0


@dataclass(slots=True, kw_only=True)
class Chaos:
    """All switches and holds of one service; off to begin with."""

    switches: Switches = field(default_factory=Switches)
    webhook_order: ReorderGate = field(default_factory=ReorderGate)
    send_order: ReorderGate = field(default_factory=ReorderGate)
    holds: Holds = field(default_factory=lambda: Holds(_HOLD_WORDS))

    def state(self) -> dict[str, object]:
        return {
            **asdict(self.switches),
            "reorder_webhooks": self.webhook_order.waiting,
            "reorder_sends": self.send_order.waiting,
        }

    def _concerns(self, event: str) -> bool:
        return self.switches.event is None or self.switches.event == event

    async def before_webhook(self, event: str) -> None:
        """Delay or hold back one delivery if asked to."""
        if not self._concerns(event):
            return
        if self.switches.delay_webhooks > 0:
            self.switches.delay_webhooks -= 1
            await asyncio.sleep(self.switches.delay_seconds)
        await self.webhook_order.enter()

    def take_failure(self, event: str) -> bool:
        """Say whether this attempt is to be lost on the network."""
        if self.switches.fail_webhooks < 1 or not self._concerns(event):
            return False
        self.switches.fail_webhooks -= 1
        return True

    def take_duplicate(self, event: str) -> bool:
        """Say whether this delivery is to be made twice."""
        if self.switches.duplicate_webhooks < 1 or not self._concerns(event):
            return False
        self.switches.duplicate_webhooks -= 1
        return True

    def take_send_failure(self) -> int | None:
        """Return the status this REST send is to be refused with, if it is."""
        if self.switches.fail_sends < 1:
            return None
        self.switches.fail_sends -= 1
        return self.switches.send_status

    def take_lost_answer(self) -> bool:
        """Say whether this REST send is to be carried out and its answer lost."""
        if self.switches.lose_answers < 1:
            return False
        self.switches.lose_answers -= 1
        return True

    async def sends(self) -> int:
        """Return how often one REST send is to be carried out, after holding it back if asked to."""
        await self.send_order.enter()
        if self.switches.duplicate_sends < 1:
            return 1
        self.switches.duplicate_sends -= 1
        return 2
