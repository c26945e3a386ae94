"""What the service adds to a turn: `python -m bench.turn [--turns N] [--concurrency C]`.

Starts the whole stack with new state on free ports; the scripted model takes 100 ms to its first token and then
writes 50 tokens at 20 ms; a turn with a tool calls one fast tool of the CRM first. A real client over a plain
WebSocket with the capability `streaming` asks. Prints the added times with their parts, the requests at the log's
store, and what the durable engine keeps, beside the goals. Exits 1 when a goal is missed.
"""

import argparse
import asyncio
import os
from dataclasses import dataclass

import aiohttp

from bench.turn_account import Account, accounts
from bench.turn_client import Asked, Asker, Variant, connected
from bench.turn_cpu import Cpu
from bench.turn_durable import Durable, histories
from bench.turn_report import processor, report, timeline
from bench.turn_stack import MeasuredStack, measured_stack

VARIANTS: tuple[Variant, ...] = ("plain", "tool")
STAGGER_S = 0.13


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much to ask: `turns` of each variant, in sessions of `session_turns`, after `warm_up` unmeasured ones."""

    turns: int
    warm_up: int
    session_turns: int
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All measured turns, the durable history of every turn by its id, and the processor time by variant."""

    accounts: list[Account]
    durable: dict[str, Durable]
    used: dict[Variant, Cpu]


async def _conversation(asker: Asker, names: list[str], variant: Variant, session_turns: int) -> list[Asked]:
    found: list[Asked] = []
    for number, name in enumerate(names):
        if number % session_turns == 0:
            await asker.open_session()
        found.append(await asker.ask(name, variant))
    return found


async def _ask_all(measured: MeasuredStack, http: aiohttp.ClientSession, variant: Variant, load: Load) -> list[Asked]:
    """Let `concurrency` people ask side by side, each waiting for an answer before the next question."""

    async def person(number: int) -> list[Asked]:
        await asyncio.sleep(number * STAGGER_S)
        async with connected(measured.stack, http) as asker:
            warm_up = [f"bench-{variant}-w{number}x{turn}" for turn in range(load.warm_up)]
            await _conversation(asker, warm_up, variant, load.session_turns)
            share = range(number, load.turns, load.concurrency)
            names = [f"bench-{variant}-{turn}" for turn in share]
            return await _conversation(asker, names, variant, load.session_turns)

    people = await asyncio.gather(*(person(number) for number in range(load.concurrency)))
    return [asked for found in people for asked in found]


async def _measure(measured: MeasuredStack, load: Load) -> tuple[list[Asked], dict[Variant, Cpu]]:
    found: list[Asked] = []
    used: dict[Variant, Cpu] = {}
    async with aiohttp.ClientSession() as http:
        for variant in VARIANTS:
            before = Cpu.now(measured.pids())
            found += await _ask_all(measured, http, variant, load)
            used[variant] = Cpu.now(measured.pids()).since(before)
    return found, used


def run(load: Load) -> Outcome:
    with measured_stack() as measured:
        measured.use_scenario()
        asked, used = asyncio.run(_measure(measured, load))
        found = accounts(asked, measured.model_calls(), measured.tool_calls(), measured.log_requests())
        measured.stack.stop()
        return Outcome(accounts=found, durable=histories(measured.durable_state), used=used)


def main() -> None:
    flags = argparse.ArgumentParser(
        prog="python -m bench.turn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--turns", type=int, default=30, help="measured turns of each variant")
    flags.add_argument("--warm-up", type=int, default=5, help="turns of each person before the measured ones")
    flags.add_argument("--session-turns", type=int, default=5, help="turns asked in one session")
    flags.add_argument("--concurrency", type=int, default=1, help="people who ask side by side")
    flags.add_argument("--timeline", action="store_true", help="also show the median turns moment by moment")
    chosen = flags.parse_args()
    load = Load(
        turns=chosen.turns,
        warm_up=chosen.warm_up,
        session_turns=chosen.session_turns,
        concurrency=chosen.concurrency,
    )
    before = os.getloadavg()[0]
    outcome = run(load)
    print(f"concurrency {load.concurrency}, {load.turns} turns each, sessions of {load.session_turns}")
    print(f"{os.cpu_count()} cores; load average {before:.1f} before the start, {os.getloadavg()[0]:.1f} at the end")
    for variant in VARIANTS:
        mine = [account for account in outcome.accounts if account.asked.variant == variant]
        report(variant, mine, outcome.durable, alone=load.concurrency == 1)
        processor(outcome.used[variant], load.turns + load.warm_up * load.concurrency)
        if chosen.timeline:
            timeline(mine)


if __name__ == "__main__":
    main()
