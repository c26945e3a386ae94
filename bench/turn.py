"""What SalesCoach adds to a turn, beside a plain server: `python -m bench.turn [--quick] [--markdown FILE]`.

Starts the whole stack with new state on free ports, and beside it the plain server on the same model and tools. The
scripted model takes 100 ms to its first token and then writes 50 tokens at 20 ms; a turn with a tool calls one fast
tool of the CRM first. The same client, a plain WebSocket, asks both. Prints a table for each part: one person, 20 and
100 people asking, a hundred turns in one session, tools side by side, a long answer, idle connections.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.turn_client import PLAIN_CLIENT, WEB_CLIENT, Subject, Variant
from bench.turn_durable import histories
from bench.turn_figures import Table
from bench.turn_found import Found, client_table
from bench.turn_idle import idle_connections
from bench.turn_load import Measured, Plan, ask_in_turn, measure
from bench.turn_markdown import markdown
from bench.turn_repeated import Repeated
from bench.turn_report import load_table
from bench.turn_shapes import SUBJECTS, long_answer, long_session, parallel_tools
from bench.turn_stack import MeasuredStack, Script, measured_stack
from bench.turn_timeline import timeline

type Part = Callable[[MeasuredStack, aiohttp.ClientSession], Awaitable[Table]]

OTHER_PARTS: Mapping[str, Part] = {
    "session": long_session,
    "tools": parallel_tools,
    "answer": long_answer,
    "idle": idle_connections,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One kind of load, each time for a while of `seconds`."""

    people: int
    variant: Variant
    seconds: float

    def plan(self, subject: Subject, shows: tuple[str, ...]) -> Plan:
        return Plan(subject=subject, variant=self.variant, people=self.people, seconds=self.seconds, shows=shows)


VARIANTS: tuple[Variant, ...] = ("bare", "tool")
REPETITIONS = 3
ALONE_S = 4
"""How long the client asks with nothing in between."""
LOADS: Mapping[str, tuple[Load, ...]] = {
    "1": tuple(Load(people=1, variant=variant, seconds=8.5) for variant in VARIANTS),
    "20": tuple(Load(people=20, variant=variant, seconds=5) for variant in VARIANTS),
    "100": (Load(people=100, variant="bare", seconds=5), Load(people=100, variant="tool", seconds=6)),
}


@dataclass(slots=True)
class Results:
    """What the parts found; tables of loads wait for the durable history, which only a stopped host shows."""

    pairs: list[tuple[Repeated, Repeated]] = field(default_factory=list[tuple[Repeated, Repeated]])
    client: list[Measured] = field(default_factory=list[Measured])
    tables: list[Table] = field(default_factory=list[Table])


async def _loads(
    bench: MeasuredStack, http: aiohttp.ClientSession, loads: tuple[Load, ...], shows: tuple[str, ...]
) -> list[tuple[Repeated, Repeated]]:
    """Measure each load; SalesCoach and the plain server take turns, so that both see the same machine."""
    bench.play(Script())
    found: dict[tuple[Load, Subject], list[Measured]] = {}
    for _ in range(REPETITIONS):
        for load in loads:
            for subject in SUBJECTS:
                measured = await measure(bench, http, load.plan(subject, shows))
                found.setdefault((load, subject), []).append(measured)
    sides = [[Repeated(repetitions=tuple(found[load, subject])) for subject in SUBJECTS] for load in loads]
    return [(product, plain) for product, plain in sides]


async def _client(bench: MeasuredStack, http: aiohttp.ClientSession, people: int) -> list[Measured]:
    """Let as many people ask with nothing in between."""
    plans = [Plan(subject="null", variant=variant, people=people, seconds=ALONE_S) for variant in VARIANTS]
    return [await measure(bench, http, plan) for plan in plans]


async def _warm_up(bench: MeasuredStack, http: aiohttp.ClientSession) -> None:
    """Let both answer what they will be asked; SalesCoach's first turns have to read its prompt."""
    before = bench.blob_reads()
    bench.play(Script(first_token_ms=20, token_ms=1))
    for subject in SUBJECTS:
        await ask_in_turn(bench, http, subject, ["bare", "tool", "five"] * 3)
    bench.blob_reads().since(before).must_have_been_seen()


async def _run(bench: MeasuredStack, parts: list[str], shows: tuple[str, ...]) -> Results:
    results = Results()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        await _warm_up(bench, http)
        for part in parts:
            begun = time.monotonic()
            if part in LOADS:
                results.pairs += await _loads(bench, http, LOADS[part], shows)
                results.client += await _client(bench, http, LOADS[part][0].people)
            else:
                results.tables.append(await OTHER_PARTS[part](bench, http))
            print(f"part {part}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return results


def run(parts: list[str], shows: tuple[str, ...], *, moments: bool) -> Found:
    """Measure the parts and print their tables."""
    with measured_stack() as bench:
        results = asyncio.run(_run(bench, parts, shows))
        bench.stack.stop()
        durable = histories(bench.durable_state)
    found = Found(
        loads=[load_table(product, plain, durable) for product, plain in results.pairs],
        client=client_table(results.client) if results.client else None,
        others=results.tables,
    )
    for table in found.tables:
        print(table)
    # With more people, requests for their rights could not be told apart.
    alone = [product for product, _ in results.pairs if product.plan.people == 1]
    for product in alone if moments else ():
        print(timeline(product.accounts))
    return found


def _flags(names: list[str]) -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(
        prog="python -m bench.turn", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--quick", action="store_true", help="one person asking, nothing else")
    flags.add_argument("--part", action="append", choices=names, help="only this part; may be given again")
    flags.add_argument(
        "--timeline", action="store_true", help="also show the median turns of one person moment by moment"
    )
    flags.add_argument(
        "--suggestions", action="store_true", help="people ask over connections that show what to ask next"
    )
    flags.add_argument("--markdown", type=Path, help="write the tables of docs/measurements.md to this file")
    flags.add_argument("--json", type=Path, help="write the figures to this file too")
    return flags


def main() -> None:
    names = [*LOADS, *OTHER_PARTS]
    chosen = _flags(names).parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    begun, load = time.monotonic(), os.getloadavg()[0]
    shows = WEB_CLIENT if chosen.suggestions else PLAIN_CLIENT
    parts = ["1"] if chosen.quick else chosen.part or names
    found = run(parts, shows, moments=chosen.timeline)
    seconds = time.monotonic() - begun
    if chosen.json is not None:
        tables = [table.as_json() for table in found.tables]
        figures = {"cores": os.cpu_count(), "load_before": load, "disturbed": found.disturbed, "tables": tables}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if chosen.markdown is not None:
        what = "one full run" if set(parts) == set(names) else f"only the parts {', '.join(parts)}"
        asked = ", people shown what to ask next" if chosen.suggestions else ""
        chosen.markdown.write_text(markdown(found, f"{what}{asked}, {seconds:.0f} s"), encoding="utf-8")
    print(f"\n{os.cpu_count()} cores, load average {load:.1f} before the start; {seconds:.0f} s in all")
    for line in found.disturbed:
        print(f"DISTURBED {line}")
    print("\n".join(["goals missed:", *(f"  {each}" for each in found.missed)]) if found.missed else "all goals met")


if __name__ == "__main__":
    main()
