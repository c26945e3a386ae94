"""`python -m bench.cold_start [PACKAGE]`: how long a new instance takes until the app is loaded.

Imports `function_app` in a fresh process again and again, as the Functions worker does before the first request: from
the package `scripts/build_package.py` made (default `build/app`), with that package's own dependencies and compiled
modules, nothing of this environment's; then asks it something no other service is needed for. The goal is a median of
1.2 s.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.deployed_settings import DEPLOYED
from scripts.build_package import DEPENDENCIES

GOAL_S = 1.2
RUNS = 11
_PROGRAM = """
import asyncio, json, resource, sys, time
begun = time.perf_counter()
import function_app
took = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_SELF)
modules = len(sys.modules)
import azure.functions as func
built = {each.get_function_name(): each.get_user_function() for each in function_app.app.get_functions()}

async def ask():
    begun = time.perf_counter()
    request = func.HttpRequest(method="POST", url="https://x/api/chat/negotiate", body=b"")
    answer = await built["chat_negotiate"](request)
    assert answer.status_code == 401, answer.status_code
    return time.perf_counter() - begun

async def twice():
    return [await ask(), await ask()]

print(json.dumps([took, used.ru_utime + used.ru_stime, used.ru_maxrss, modules, *asyncio.run(twice())]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One process: seconds until loaded, processor seconds, kB of memory, modules; seconds of its first requests."""

    took: float
    processor: float
    memory: int
    modules: int
    first: float
    second: float


def load(package: Path) -> Loaded:
    """Load the app in a process of its own, and ask it something no other service is needed for, twice."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= DEPLOYED | {"PYTHONPATH": f"{package}{os.pathsep}{package / DEPENDENCIES}"}
    # Without the site module, so that nothing but the package is found.
    ran = subprocess.run(
        [sys.executable, "-S", "-c", _PROGRAM], cwd=package, env=environment, capture_output=True, text=True, check=True
    )
    took, processor, memory, modules, first, second = json.loads(ran.stdout)
    return Loaded(took=took, processor=processor, memory=memory, modules=modules, first=first, second=second)


def main() -> int:
    """Print the figures; the status says whether the goal was met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", nargs="?", type=Path, default=Path("build/app"))
    package = parser.parse_args().package.resolve()
    if not (package / DEPENDENCIES).exists():
        print(f"{package} holds no package: run `python -m scripts.build_package {package}`", file=sys.stderr)
        return 2
    load(package)  # the first run fills the disk's cache
    runs = [load(package) for _ in range(RUNS)]
    times = sorted(run.took for run in runs)
    median = statistics.median(times)
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {RUNS} runs")
    print(f"function_app loaded in {median:.2f} s (fastest {times[0]:.2f}, slowest {times[-1]:.2f})")
    processor, least = statistics.median(run.processor for run in runs), min(run.processor for run in runs)
    print(f"processor time of the whole process {processor:.2f} s (least {least:.2f}), {runs[0].memory / 1000:.0f} MB")
    first, second = (
        statistics.median(times) * 1000 for times in zip(*((r.first, r.second) for r in runs), strict=True)
    )
    print(f"the first request took {first:.1f} ms, the second {second:.1f} ms")
    print(f"{runs[0].modules} modules; goal {GOAL_S} s: {'met' if median <= GOAL_S else 'missed'}")
    return int(median > GOAL_S)


if __name__ == "__main__":
    sys.exit(main())
