"""Speed and size of the local Web PubSub: `python -m bench.web_pubsub`; exits 1 when a goal is missed.

Three measurements against a server in its own process, without event handler:

- memory of one idle connection (reliable subprotocol), over 5,000 of them: at most 25 kB
- deliveries per second in a group of 50 members: at least 4,000
- time from a REST send to its delivery at 500 sends per second: 99th percentile at most 20 ms

Times hold for a quiet machine: the share of it that other programs used meanwhile is printed beside them.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import aiohttp

from local.web_pubsub.settings import DEV_ACCESS_KEY
from local.web_pubsub.tokens import Tokens

JSON = "json.webpubsub.azure.v1"
RELIABLE = "json.reliable.webpubsub.azure.v1"
MAX_KB_PER_CONNECTION = 25.0
MIN_DELIVERIES = 4000.0
MAX_P99_MS = 20.0
SENDS_PER_SECOND = 500
MEMBERS = 50
ROLES = ["webpubsub.sendToGroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    url: str
    pid: int

    def client_url(self, groups: list[str], user: str | None = None) -> str:
        audience = f"{self.url}/client/hubs/bench"
        token = Tokens(DEV_ACCESS_KEY).make_client(audience, user, ROLES, groups, 60)
        return f"{audience}?access_token={token}"

    def rss_kb(self) -> float:
        """Return the server's resident memory in kB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return float(line.split()[1])


@asynccontextmanager
async def server_running() -> AsyncGenerator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "local.web_pubsub", "--port", "0", "--log-level", "WARNING"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    try:
        yield Server(url=line.rpartition(" ")[2], pid=process.pid)
    finally:
        process.terminate()
        await process.wait()


async def connect(
    session: aiohttp.ClientSession, server: Server, protocol: str, groups: list[str]
) -> aiohttp.ClientWebSocketResponse:
    """Return a client that has read its `connected` frame."""
    socket = await session.ws_connect(server.client_url(groups), protocols=[protocol], autoclose=False)
    await socket.receive_json()
    return socket


async def idle_memory(session: aiohttp.ClientSession, count: int) -> float:
    """Return kB of server memory per idle connection."""
    async with server_running() as server, AsyncExitStack() as stack:
        for _ in range(50):  # what the first connections load and cache is not theirs
            stack.push_async_callback((await connect(session, server, RELIABLE, [])).close)
        before = server.rss_kb()
        for start in range(0, count, 50):
            batch = [connect(session, server, RELIABLE, ["everyone"]) for _ in range(min(50, count - start))]
            for socket in await asyncio.gather(*batch):
                stack.callback(_cut, socket)
        return (server.rss_kb() - before) / count


def _cut(socket: aiohttp.ClientWebSocketResponse) -> None:
    transport = socket.get_extra_info("socket")
    if transport is not None:
        transport.shutdown(2)


async def group_deliveries(session: aiohttp.ClientSession, seconds: float) -> float:
    """Return deliveries per second to the members of one group, published by one client."""
    received = 0
    stop = perf_counter() + seconds

    async def read(socket: aiohttp.ClientWebSocketResponse) -> None:
        nonlocal received
        async for _ in socket:
            received += 1

    async with server_running() as server:
        members = [await connect(session, server, JSON, ["room"]) for _ in range(MEMBERS)]
        readers = [asyncio.create_task(read(member)) for member in members]
        sender = await connect(session, server, JSON, [])
        begun = perf_counter()
        number = 0
        frame = {"type": "sendToGroup", "group": "room", "dataType": "text", "data": "x" * 200}
        while perf_counter() < stop:
            for _ in range(4):
                number += 1
                await sender.send_str(json.dumps({**frame, "ackId": number}))
            for _ in range(4):
                await sender.receive()
        while received < number * MEMBERS:  # noqa: ASYNC110 - an event per delivery would distort the rate
            await asyncio.sleep(0.001)
        rate = received / (perf_counter() - begun)
        for reader in readers:
            reader.cancel()
        for socket in [*members, sender]:
            await socket.close()
        return rate


async def send_latencies(session: aiohttp.ClientSession, seconds: float) -> list[float]:
    """Return the sorted times in ms from a REST send to its arrival at a reliable client."""
    async with server_running() as server:
        socket = await connect(session, server, RELIABLE, ["one"])
        url = f"{server.url}/api/hubs/bench/groups/one/:send?api-version=2024-12-01"
        token = Tokens(DEV_ACCESS_KEY).make_client(url, None, [], [], 60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        total = int(seconds * SENDS_PER_SECOND)
        times: list[float] = []

        async def read() -> None:
            while len(times) < total:
                frame = await socket.receive_json()
                times.append((perf_counter() - frame["data"]["at"]) * 1000)
                if len(times) % 100 == 0:
                    await socket.send_json({"type": "sequenceAck", "sequenceId": frame["sequenceId"]})

        async def send() -> None:
            body = json.dumps({"at": perf_counter(), "text": "x" * 200})
            async with session.post(url, data=body, headers=headers) as response:
                assert response.status == 202

        reader = asyncio.create_task(read())
        sends: list[asyncio.Task[None]] = []
        begun = perf_counter()
        for number in range(total):
            await asyncio.sleep(max(0.0, begun + number / SENDS_PER_SECOND - perf_counter()))
            sends.append(asyncio.create_task(send()))
        await asyncio.gather(*sends)
        await reader
        await socket.close()
        return sorted(times)


def busy_seconds() -> float:
    """Return the processor time of all programs since the machine started."""
    user, nice, system, _, _, irq, soft_irq, *_ = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, soft_irq))) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Return the processor time of this program and of the servers that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


class Others:
    """The share of the machine that other programs use, from now on."""

    def __init__(self) -> None:
        self._at, self._foreign = perf_counter(), busy_seconds() - own_seconds()

    def share(self) -> float:
        foreign = busy_seconds() - own_seconds() - self._foreign
        return max(0.0, foreign / (perf_counter() - self._at) / (os.cpu_count() or 1))


async def measure(connections: int, seconds: float) -> bool:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        others = Others()
        times = await send_latencies(session, seconds)
        median, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(
            f"REST send to delivery at {SENDS_PER_SECOND}/s: median {median:.1f} ms, "
            f"p99 {p99:.1f} ms (goal <= {MAX_P99_MS:g}); other programs used {others.share():.0%} of the machine"
        )
        rate = await group_deliveries(session, seconds)
        print(f"group of {MEMBERS}: {rate:,.0f} deliveries/s (goal >= {MIN_DELIVERIES:,.0f})")
        size = await idle_memory(session, connections)
        print(f"idle connection: {size:.1f} kB each over {connections} (goal <= {MAX_KB_PER_CONNECTION:g})")
    return size <= MAX_KB_PER_CONNECTION and rate >= MIN_DELIVERIES and p99 <= MAX_P99_MS


def main() -> int:
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--connections", type=int, default=5000)
    flags.add_argument("--seconds", type=float, default=10.0)
    chosen = flags.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return 0 if asyncio.run(measure(chosen.connections, chosen.seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
