"""Figures of the local Functions host: start time, HTTP, orchestrations, fan-out, memory.

Run `python -m bench.host` on an idle machine. Each figure is printed beside its goal; the exit code is 1 when
one misses it. The load generator shares the machine with the host, so the numbers are lower bounds.
"""

import argparse
import asyncio
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

_ROOT = Path(__file__).resolve().parents[1]
_LIMIT_SECONDS = 180.0
_APP = _ROOT / "tests" / "local" / "functions_host" / "apps" / "basic"


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        if self.goal is None:
            return True
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def line(self) -> str:
        goal = "" if self.goal is None else f"  goal {'>=' if self.at_least else '<='} {self.goal:g}"
        return f"{self.name:44s} {self.value:9.1f} {self.unit:6s}{goal}{'' if self.met else '  MISSED'}"


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


async def _raw_request(host: str, port: int, count: int) -> None:
    """Send keep-alive requests by hand: a client library would be the bottleneck on the same cores."""
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET /api/hello HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readexactly(5)
    writer.close()
    await writer.wait_closed()


async def _http(port: int, connections: int, each: int) -> float:
    await asyncio.gather(*(_raw_request("127.0.0.1", port, 50) for _ in range(connections)))
    started = time.perf_counter()
    await asyncio.gather(*(_raw_request("127.0.0.1", port, each) for _ in range(connections)))
    return connections * each / (time.perf_counter() - started)


class Orchestrations:
    """Starts orchestrations over the management API and times them by the engine's own clock."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = f"{base}/runtime/webhooks/durabletask"

    async def milliseconds(self, name: str, value: str, pause: float = 0.02) -> float:
        """Return from creation to completion; `pause` (s) between two looks at it."""
        async with self._session.post(f"{self._base}/orchestrators/{name}", data=value) as answer:
            instance_id = (await answer.json())["id"]
        while True:
            async with self._session.get(f"{self._base}/instances/{instance_id}") as answer:
                document = await answer.json()
            if answer.status == 200:
                break
            await asyncio.sleep(pause)
        assert document["runtimeStatus"] == "Completed", document
        return (_seconds(document["lastUpdatedTime"]) - _seconds(document["createdTime"])) * 1000

    async def median(self, name: str, value: str, count: int) -> float:
        await self.milliseconds(name, value)
        return statistics.median([await self.milliseconds(name, value) for _ in range(count)])

    async def per_second(self, name: str, value: str, count: int) -> float:
        started = time.perf_counter()
        # Seldom looks: hundreds of pollers would be most of what is measured.
        await asyncio.gather(*(self.milliseconds(name, value, 0.5) for _ in range(count)))
        return count / (time.perf_counter() - started)


def _seconds(text: str) -> float:
    hours, minutes, seconds = text.split("T")[1].rstrip("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


async def _start(state: Path) -> tuple[asyncio.subprocess.Process, int, float]:
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.functions_host", "start", "--port", "0", "--app", str(_APP)),
        *("--state", str(state), "--log-level", "WARNING"),
        cwd=_ROOT,
        env={"TASKHUB": "Bench", "TICK": "0 0 1 1 1 *", "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        found = re.search(rb"ready on http://127\.0\.0\.1:(\d+)", line)
        if found:
            await _raw_request("127.0.0.1", int(found[1]), 1)
            return process, int(found[1]), time.perf_counter() - started
    raise RuntimeError("the host did not start")


async def _measure(scale: int) -> list[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="bench-host-"))
    process, port, start_seconds = await _start(folder)
    try:
        async with aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{port}"
            async with session.get(f"{base}/admin/host/status") as answer:
                worker_pid = int((await answer.json())["workerPid"])
            runs = Orchestrations(session, base)
            return [
                Figure("start to first 200", start_seconds, "s", 1.0),
                Figure("HTTP, 16 connections", await _http(port, 16, 60 * scale), "req/s", 3000, at_least=True),
                Figure("orchestration without activities", await runs.median("big_output", "1", 2 * scale), "ms"),
                Figure("3 sequential activities, median", await runs.median("three", "1", 3 * scale), "ms", 10),
                Figure("fan-out of 100", await runs.median("fan", "100", scale), "ms", 60),
                Figure("fan-out of 1000", await runs.median("fan", "1000", 2), "ms"),
                Figure("concurrent 3-activity orchestrations", await runs.per_second("three", "1", 20 * scale), "/s"),
                Figure("host memory", _resident_mb(process.pid), "MB"),
                Figure("worker memory", _resident_mb(worker_pid), "MB"),
            ]
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(folder)


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--scale", type=int, default=20, help="how much work to measure")
    figures = asyncio.run(asyncio.wait_for(_measure(flags.parse_args().scale), _LIMIT_SECONDS))
    for figure in figures:
        print(figure.line())
    sys.exit(0 if all(each.met for each in figures) else 1)


if __name__ == "__main__":
    main()
