"""Who strikes during a chaos run: a killer of the worker, and a mischief-maker among the deliveries. Both by seed."""

import asyncio
import random
from collections import Counter, deque
from dataclasses import dataclass, field

from bench.chaos_stack import ChaosStack

MEASURED_RESTARTS = 4
SHORTEST_MEAN_S = 2.0
_MISCHIEF_MEAN_S = 1.5
_MISCHIEF: dict[str, dict[str, object]] = {
    "webhooks twice": {"duplicate_webhooks": 2},
    "webhooks reordered": {"reorder_webhooks": 2},
    "a webhook lost": {"fail_webhooks": 1},
    "sends twice": {"duplicate_sends": 4},
    "sends reordered": {"reorder_sends": 3},
    "a socket cut": {"drop_sockets": 1},
}


@dataclass(slots=True, kw_only=True)
class Struck:
    """What was done so far: kills, and disturbances by their name."""

    kills: int = 0
    mischief: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kills:
    """When to kill: at exponential intervals, so often at most.

    Their mean is the larger of two seconds and the last four restarts (`restarts` to begin with), kill to kill. With
    `mean_s` it is that instead, counted from when the worker is back.
    """

    mean_s: float | None = None
    restarts: tuple[float, ...] = ()
    most: int | None = None


def measured_restarts(chaos: ChaosStack) -> tuple[float, ...]:
    """Kill the worker four times and return the seconds until another served."""
    found: list[float] = []
    while len(found) < MEASURED_RESTARTS:
        killed = chaos.kill_worker()
        if killed is not None:
            found.append(chaos.seconds_until_back(killed))
    return tuple(found)


async def kill_at_random(chaos: ChaosStack, kills: Kills, seed: int, struck: Struck) -> None:
    """Kill the worker again and again until cancelled; one that is not back yet is waited for."""
    draw = random.Random(seed)  # noqa: S311 - repeatable, not a secret
    recent = deque(kills.restarts, maxlen=MEASURED_RESTARTS)
    passed = 0.0
    while kills.most is None or struck.kills < kills.most:
        mean = kills.mean_s or max(SHORTEST_MEAN_S, sum(recent))
        await asyncio.sleep(max(0.0, draw.expovariate(1 / mean) - passed))
        killed = await asyncio.to_thread(chaos.kill_worker)
        if killed is not None:
            struck.kills += 1
            recent.append(await asyncio.to_thread(chaos.seconds_until_back, killed))
            passed = 0.0 if kills.mean_s else recent[-1]


async def disturb_at_random(chaos: ChaosStack, seed: int, struck: Struck) -> None:
    """Duplicate, reorder and lose deliveries now and then, until cancelled; then everything is in order again."""
    draw = random.Random(seed)  # noqa: S311 - repeatable, not a secret
    try:
        while True:
            await asyncio.sleep(draw.expovariate(1 / _MISCHIEF_MEAN_S))
            name = draw.choice(tuple(_MISCHIEF))
            await asyncio.to_thread(chaos.disturb_deliveries, **_MISCHIEF[name])
            struck.mischief[name] += 1
    finally:
        chaos.disturb_deliveries(reset=True)
