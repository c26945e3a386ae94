"""Where a defect is provoked: clients against a running app, and the checker's verdict on what they saw."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bench.chaos_client import ChaosClient, GaveUpError
from bench.chaos_evidence import dump_of
from bench.chaos_load import script
from bench.chaos_run import front_door
from bench.chaos_stack import ChaosStack
from tests.support.checker import violations
from tests.support.violation import Violation

TOKENS = 30
PACE = {"first_token_ms": 50, "token_ms": 20}


@dataclass(slots=True, kw_only=True)
class Arena:
    """One provocation; `tag` makes its names unlike those of every other one on the same stack."""

    chaos: ChaosStack
    tag: str
    patience_s: float
    _http: aiohttp.ClientSession
    _clients: list[ChaosClient] = field(default_factory=list[ChaosClient])

    async def client(self, user: str = "ada") -> ChaosClient:
        """Return a client with a new session open; it is closed when the arena is."""
        client = ChaosClient(
            name=f"{self.tag}-{len(self._clients)}",
            door=await front_door(self.chaos, self._http, user),
            patience_s=self.patience_s,
            quiet_s=5.0,
            settle_s=5.0,
        )
        self._clients.append(client)
        await client.open()
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def verdict(self) -> list[Violation]:
        histories = [client.history() for client in self._clients]
        return violations(histories, await dump_of(self.chaos, histories))


type Provocation = Callable[[Arena], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was wrong; `gave_up` when the provocation waited in vain for one of its own steps."""

    found: tuple[Violation, ...]
    gave_up: bool


async def provoke(chaos: ChaosStack, provocation: Provocation, tag: str, patience_s: float) -> Outcome:
    """Run a provocation against the app that is served now, and judge it."""
    chaos.use_scenario(script(TOKENS, **PACE))
    gave_up = False
    async with _arena(chaos, tag, patience_s) as arena:
        try:
            await provocation(arena)
        except GaveUpError:
            gave_up = True
    return Outcome(found=tuple(await arena.verdict()), gave_up=gave_up)


@asynccontextmanager
async def _arena(chaos: ChaosStack, tag: str, patience_s: float) -> AsyncGenerator[Arena]:
    """Open an arena; on leaving, clients are gone and nothing is disturbed any more."""
    async with aiohttp.ClientSession() as http:
        arena = Arena(chaos=chaos, tag=tag, patience_s=patience_s, _http=http)
        try:
            yield arena
        finally:
            await arena.close()
            chaos.disturb_deliveries(reset=True)
            chaos.fail_store()
            chaos.plan_host({})
