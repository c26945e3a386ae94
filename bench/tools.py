"""What SalesCoach adds to a tool call: `python -m bench.tools [--part NAME] [--rounds N] [--json FILE]`.

*calls*: one call through the adapter, beside a kept session of the MCP SDK and beside bare JSON-RPC over a kept
connection, in both eras of the protocol, with and without an output schema. *parallel*: eight calls of 50 ms at once,
against the slowest. *stack*: eight calls of one step of a turn on the whole stack.
"""

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.tools_calls import single_calls
from bench.tools_wave import on_the_stack, side_by_side
from bench.turn_figures import Table

PARTS = ("calls", "parallel", "stack")
_ROOT = Path(__file__).resolve().parents[1]
_STOP_S = 10


@contextmanager
def _server() -> Generator[str]:
    command = [sys.executable, "-m", "bench.tools_server", "--port", "0"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready, "the tool server did not start"
        try:
            yield ready[-1]
        finally:
            process.terminate()
            process.wait(_STOP_S)


def run(parts: list[str], rounds: int) -> list[Table]:
    """Measure the parts and print their tables."""
    tables: list[Table] = []
    with _server() as url:
        if "calls" in parts:
            tables += asyncio.run(single_calls(url, rounds))
        if "parallel" in parts:
            tables += asyncio.run(side_by_side(url, max(1, rounds // 5)))
    if "stack" in parts:
        tables.append(on_the_stack(max(1, rounds // 15)))
    for table in tables:
        print(table)
    return tables


def main() -> None:
    flags = argparse.ArgumentParser(
        prog="python -m bench.tools", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("--part", action="append", choices=PARTS, help="only this part; may be given again")
    flags.add_argument("--rounds", type=int, default=300, help="single calls of each kind; the others follow from it")
    flags.add_argument("--json", type=Path, help="write the figures to this file too")
    chosen = flags.parse_args()
    logging.disable(logging.INFO)  # as the product runs: its lines go to a collector, not to this terminal
    load = os.getloadavg()[0]
    tables = run(chosen.part or list(PARTS), chosen.rounds)
    missed = [f"{table.title}: {row.name.strip()}" for table in tables for row in table.missed]
    if chosen.json is not None:
        figures = {"cores": os.cpu_count(), "load_before": load, "tables": [table.as_json() for table in tables]}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\n{os.cpu_count()} cores, load average {load:.1f} before the start")
    print("\n".join(["goals missed:", *(f"  {each}" for each in missed)]) if missed else "all goals met")


if __name__ == "__main__":
    main()
