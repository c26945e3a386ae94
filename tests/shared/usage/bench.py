"""Ledgers as several processes of the app would have them, over one store that counts requests and fails on demand."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from local.cosmos.faults import FaultSpec
from local.cosmos.server import Cosmos as Emulator
from local.provision import provision
from shared.cosmos import BatchFailed, Cosmos, Document, Operation
from shared.protocol.shapes import Usage
from shared.settings import ServiceAddress
from shared.usage.account import Account, StepKey, at
from shared.usage.amounts import Amount
from shared.usage.budgets import Budgets
from shared.usage.documents import ACCOUNT, account_from, person_account, team_account
from shared.usage.ledger import Ledger, Reserved, Spender
from tests.conftest import DATABASE
from tests.support.doubles import Clock

ADA = Spender(principal="tenant.ada", team="North")
BEN = Spender(principal="tenant.ben", team="North")
FIRST = StepKey(turn_id="t_one", step=0)
MINUTE = 60.0


def budgets(**parts: object) -> Budgets:
    return Budgets.model_validate(parts)


DAY_OF_1000 = budgets(person={"day": {"tokens": 1_000}}, team={"day": {"tokens": 10_000}})


def tokens(count: int) -> Amount:
    return Amount(tokens=count)


def used(count: int, *, cost: int = 0) -> Usage:
    """Return a use of that many tokens, a fifth of them written."""
    return Usage(input_tokens=count - count // 5, output_tokens=count // 5, cost_micros=cost)


class CountingStore(Cosmos):
    """The real store; says what was asked of it, and lets a test in before a batch."""

    def __init__(self, address: ServiceAddress) -> None:
        super().__init__(address, cast("Any", None), DATABASE)
        self.requests: list[str] = []
        self.lost: int = 0
        self.before_batch: Callable[[], Awaitable[object]] | None = None

    async def read(self, container: str, partition: str, document_id: str) -> Document | None:
        self.requests.append(f"read {partition}")
        return await super().read(container, partition, document_id)

    async def batch(
        self, container: str, partition: str, operations: Sequence[Operation]
    ) -> list[Document] | BatchFailed:
        hook, self.before_batch = self.before_batch, None
        if hook is not None:
            await hook()
        self.requests.append(f"batch {partition}")
        result = await super().batch(container, partition, operations)
        self.lost += isinstance(result, BatchFailed)
        return result


class Bench:
    """One store, any number of processes."""

    def __init__(self, emulator: Emulator, address: ServiceAddress) -> None:
        self.emulator = emulator
        self.address = address
        self.clock = Clock()
        self.stores: list[CountingStore] = []

    def process(self, limits: Budgets = DAY_OF_1000) -> tuple[Ledger, CountingStore]:
        """Return the ledger of a process that has seen nothing yet, and its store."""
        store = CountingStore(self.address)
        self.stores.append(store)
        return Ledger(store, limits, "USD", self.clock), store

    def ledger(self, limits: Budgets = DAY_OF_1000) -> Ledger:
        """Return the ledger of a process that has seen nothing yet; it shares a connection, which is cheaper."""
        return Ledger(self._store(), limits, "USD", self.clock)

    @property
    def expires(self) -> float:
        return self.clock().timestamp() + MINUTE

    async def hold(self, ledger: Ledger, count: int, spender: Spender = ADA, key: StepKey = FIRST) -> None:
        assert isinstance(await ledger.reserve(spender, key, tokens(count), self.expires), Reserved)

    async def record(self, ledger: Ledger, turn_id: str, count: int, spender: Spender = ADA) -> None:
        await ledger.record_turn(spender, turn_id, used(count), model="m", conversation_id="s_1")

    async def account(self, owner: str) -> Account:
        """Return an account as the next writer will see it."""
        document = await self._store().read("people", owner, ACCOUNT)
        return at(account_from(document).account if document else Account(day="2026-03-02"), self.clock()).account

    async def documents(self, spender: Spender = ADA) -> list[Document]:
        """Return all that was written for the two, without what differs from writing to writing."""
        found: list[Document] = []
        for owner in (person_account(spender.principal), team_account(spender.team)):
            rows = await self._store().query("people", "SELECT * FROM c ORDER BY c.id", {}, owner)
            found += [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
        return found

    async def provision(self) -> None:
        await provision(self.address.connection_string, DATABASE, None)

    def fail(self, number: int, *, after: bool) -> None:
        """Let the store fail the request of that number (from 0), before or after it took effect."""
        # 403 stands for every failure: it is one the SDK does not try to get over by itself.
        ahead = [FaultSpec(match="/docs", count=number)] if number else []
        self.emulator.faults.arm([*ahead, FaultSpec(match="/docs", status=403, after=after)])

    def unfailed(self) -> bool:
        """Return whether the failure asked for was never met, and forget it."""
        left = any(spec.status for spec in self.emulator.faults.left())
        self.emulator.faults.arm([])
        return left

    def _store(self) -> CountingStore:
        if not self.stores:
            self.stores.append(CountingStore(self.address))
        return self.stores[0]

    async def close(self) -> None:
        for store in self.stores:
            await store.close()
