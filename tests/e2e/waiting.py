"""Waiting for what cannot be seen on the wire."""

import time
from collections.abc import Callable

from tests.e2e.stack import Stack


def until(done: Callable[[], bool], otherwise: str) -> None:
    ends = time.monotonic() + 30
    while not done():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.1)


def timers_of(stack: Stack, turn: str) -> int:
    """Return how many timers the turn's instance has set so far."""
    path = f"/runtime/webhooks/durabletask/instances/{turn}?showHistory=true"
    history = stack.get(stack.url("functions_host") + path)["historyEvents"]
    return sum(event["EventType"] == "TimerCreated" for event in history)
