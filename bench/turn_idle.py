"""What idle connections cost: the memory of the app and its host with none and with a thousand."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from bench.turn_client import Subject
from bench.turn_cpu import Cpu
from bench.turn_figures import Row, Table
from bench.turn_load import AT_ONCE, opened
from bench.turn_stack import PROGRAMS, MeasuredStack

CONNECTIONS = 1000
GROWTH_KB = 1024
"""What a thousand may add: no more than measuring again would."""
_QUIET = 0.03
"""The share of a core below which a program counts as having come to rest."""
_LOOK_S = 0.5
_PATIENCE_S = 30
SOCKETS = "web_pubsub"


async def idle_connections(bench: MeasuredStack, http: aiohttp.ClientSession) -> Table:
    """Compare resident memory before, after a thousand connections that came and went, and with a thousand that stay.

    Each has an open session. What those that went leave behind is the price of their requests, not of staying.
    """
    product, plain = [await _grown(bench, http, subject) for subject in ("product", "plain")]
    mine, other = _kb(product, "product"), _kb(plain, "plain")
    sockets = product[2][SOCKETS] - product[1][SOCKETS]
    return Table(
        title=f"{CONNECTIONS} idle connections (resident memory of app and host)",
        rows=[
            Row(name="before", unit="kB", product=mine[:1], plain=other[:1]),
            Row(
                name=f"more after {CONNECTIONS} came and went than before",
                unit="kB",
                product=(mine[1] - mine[0],),
                plain=(other[1] - other[0],),
            ),
            Row(
                name=f"more with {CONNECTIONS} that stay than after those",
                unit="kB",
                product=(mine[2] - mine[1],),
                plain=(other[2] - other[1],),
                most=(GROWTH_KB,),
            ),
            Row(
                name=f"in all, with {CONNECTIONS} that stay than before",
                unit="kB",
                product=(mine[2] - mine[0],),
                plain=(other[2] - other[0],),
            ),
        ],
        notes=[f"the sockets are Web PubSub's: its emulator grew by {sockets:.0f} kB for those that stay"],
    )


async def _grown(bench: MeasuredStack, http: aiohttp.ClientSession, subject: Subject) -> list[dict[str, float]]:
    """Return kB by program before, after connections that came and went, and with connections that stay."""
    pids = bench.pids()
    url = await asyncio.to_thread(bench.client_url, subject)
    await _at_rest(pids)
    found = [_resident(pids)]
    for _ in range(CONNECTIONS // AT_ONCE):
        async with AsyncExitStack() as stack:
            await opened(stack, [url] * AT_ONCE, http)
    await _at_rest(pids)
    found.append(_resident(pids))
    async with AsyncExitStack() as stack:
        await opened(stack, [url] * CONNECTIONS, http)
        await _at_rest(pids)
        found.append(_resident(pids))
    return found


def _kb(found: list[dict[str, float]], subject: Subject) -> tuple[float, ...]:
    return tuple(sum(kb[name] for name in PROGRAMS[subject]) for kb in found)


async def _at_rest(pids: Mapping[str, int]) -> None:
    """Wait until nobody works any more.

    Raises:
        TimeoutError: somebody still did after half a minute.

    """
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            before = Cpu.now(pids)
            await asyncio.sleep(_LOOK_S)
            shares = Cpu.now(pids).since(before).shares
            if all(share < _QUIET for name, share in shares.items() if pids[name] != os.getpid()):
                return


def _resident(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: _rss_kb(pid) for name, pid in pids.items()}


def _rss_kb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])
