"""One run: clients ask what was planned while somebody strikes; then everything is judged."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import aiohttp

from bench.chaos_client import ChaosClient, Door
from bench.chaos_evidence import dump_of
from bench.chaos_kills import Kills, Struck, disturb_at_random, kill_at_random
from bench.chaos_load import Load
from bench.chaos_report import Figures, Wanted, resets
from bench.chaos_stack import ChaosStack
from bench.turn_client import PLAIN_CLIENT, WEB_CLIENT
from tests.support.checker import violations
from tests.support.checker_streams import turns_judged

STAGGER_S = 0.05
PROGRESS_S = 30.0
WEB_CLIENTS = 4
"""One client in so many shows what the web client does."""
PATIENCE_S = 180.0
"""How long a client waits for an answer; a writing tool's lease and a slow restart fit in."""


async def run(chaos: ChaosStack, name: str, load: Load, *, kills: Kills | None) -> Figures:
    """Ask everything; with `kills` the worker is killed and deliveries are disturbed meanwhile."""
    chaos.use_scenario(load.script())
    struck = Struck()
    began = time.monotonic()
    async with aiohttp.ClientSession() as http:
        door = await front_door(chaos, http)
        clients = [
            ChaosClient(
                name=f"{name}-{load.seed}-{n}",
                door=door,
                patience_s=PATIENCE_S,
                shows=PLAIN_CLIENT if n % WEB_CLIENTS else WEB_CLIENT,
            )
            for n in range(load.clients)
        ]
        async with _struck(chaos, load, kills, struck), _told(clients, load, struck, began):
            await asyncio.gather(*(_live(client, n, load) for n, client in enumerate(clients)))
    seconds = time.monotonic() - began
    histories = [client.history() for client in clients]
    dump = await dump_of(chaos, histories)
    asked = tuple(asked for client in clients for asked in client.notes.asked)
    return Figures(
        name=name,
        wanted=wanted_of(load, kills),
        asked=asked,
        seconds=seconds,
        kills=struck.kills,
        mischief=dict(struck.mischief),
        model_faults=sum((row["rule"] or "").startswith("fault-") for row in chaos.model_log()),
        effects=len(dump.effects),
        heard=turns_judged(histories, dump.conversations),
        resent=sum(each.tries > 1 for each in asked),
        reconnects=sum(client.notes.breaks for client in clients),
        syncs=sum(client.notes.syncs for client in clients),
        resets=resets(histories),
        repeated=len(dump.model_calls) - len({(call.question, call.step) for call in dump.model_calls}),
        violations=tuple(violations(histories, dump)),
    )


def wanted_of(load: Load, kills: Kills | None) -> Wanted:
    """Return what has to happen when this is asked, and killed this way."""
    return Wanted(
        turns=load.turns,
        kills=kills is not None,
        model_faults=load.asked("fault-"),
        effects=load.asked(" effect"),
    )


async def front_door(chaos: ChaosStack, http: aiohttp.ClientSession, user: str = "ada") -> Door:
    """Sign a person in; all their clients come in by this door."""
    token = await asyncio.to_thread(chaos.stack.token, user, {"lifetime_s": 24 * 3600})
    return Door(negotiate=chaos.host.url + "/api/chat/negotiate", token=token, http=http)


async def _live(client: ChaosClient, number: int, load: Load) -> None:
    await asyncio.sleep(number * STAGGER_S)
    await client.live(load.plan()[number])


@asynccontextmanager
async def _struck(chaos: ChaosStack, load: Load, kills: Kills | None, struck: Struck) -> AsyncGenerator[None]:
    """Strike while the block runs."""
    if kills is None:
        yield
        return
    tasks = [
        asyncio.create_task(kill_at_random(chaos, kills, load.seed, struck)),
        asyncio.create_task(disturb_at_random(chaos, load.seed, struck)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def _told(clients: list[ChaosClient], load: Load, struck: Struck, began: float) -> AsyncGenerator[None]:
    """Say on stderr how far it is, now and then, while the block runs."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(PROGRESS_S)
            settled = sum(asked.settled for client in clients for asked in client.notes.asked)
            passed = time.monotonic() - began
            line = f"  {passed:.0f} s: {settled} of {load.turns} turns, {struck.kills} kills"
            print(line, file=sys.stderr, flush=True)

    teller = asyncio.create_task(tell())
    try:
        yield
    finally:
        teller.cancel()
        with suppress(asyncio.CancelledError):
            await teller
