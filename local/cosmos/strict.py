"""Rules under which the server is no kinder than Azure: what would be slow, dear or refused there fails here."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from local.cosmos.auth import Caller
from local.cosmos.clock import Clock
from local.cosmos.definition import Container
from local.cosmos.errors import NOT_FOR_ENTRA, THROTTLED, CosmosError, bad_request, throttled
from local.cosmos.faults import FaultSpec
from local.cosmos.query import Ask
from local.cosmos.selection import path_of
from local.cosmos.sql import tree
from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.parser import parse
from local.cosmos.values import Json, Path, dumps, parse_path
from local.cosmos.wire import Call

_MIN_RETRY_MS: Final = 1
_STUMBLES: Final = (
    FaultSpec(status=429, substatus=THROTTLED, retry_after_ms=5),
    FaultSpec(status=449),
    FaultSpec(status=408),
    FaultSpec(status=408, after=True),
)


def normalized(text: str) -> str:
    """One spelling for a query whatever its white space."""
    return " ".join(text.split())


@dataclass(slots=True)
class Rules:
    """`enabled` turns on every check; `allowed` are cross-partition queries that are meant to be.

    `budget` is request units a second (0: unlimited); `page` the most results a page holds (0: as asked); `flaky`
    the share of writes that fail although nothing is wrong with them, drawn from `dice`.
    """

    clock: Clock
    enabled: bool = False
    allowed: frozenset[str] = frozenset()
    budget: float = 0.0
    page: int = 0
    flaky: float = 0.0
    dice: Random = field(default_factory=Random)
    _spent: float = field(default=0.0, init=False)
    _second: int = field(default=0, init=False)

    def allow(self, queries: Iterable[str]) -> None:
        self.allowed = frozenset(normalized(query) for query in queries)

    def _settle(self) -> None:
        """Pay off what the seconds gone by allow; a request may overdraw, those after it pay."""
        elapsed = int(self.clock.now()) - self._second
        if elapsed:
            self._spent = max(0.0, self._spent - max(0, elapsed) * self.budget)
            self._second += elapsed

    def admit(self) -> None:
        """Let a request in while the current second's budget lasts.

        Raises:
            CosmosError: 429 with the time to wait.

        """
        if self.budget <= 0:
            return
        self._settle()
        if self._spent >= self.budget:
            wait = (self._second + 1 - self.clock.now()) * 1000
            raise throttled(max(_MIN_RETRY_MS, math.ceil(wait)))

    def spend(self, charge: float) -> None:
        if self.budget > 0:
            self._settle()
            self._spent += charge

    def check_caller(self, call: Call, caller: Caller) -> None:
        """Refuse Entra callers what only the key, or Azure's management plane, may do: change anything but items.

        Raises:
            CosmosError: 403 with substatus 5300.

        """
        if not self.enabled or caller is not Caller.ENTRA or call.method == "GET" or call.is_query:
            return
        if not {"docs", "operations"} & set(call.segments):
            raise CosmosError(
                403,
                f"Request blocked by Auth: the given request [{call.method} /{'/'.join(call.segments)}] cannot be "
                "authorized by AAD token in data plane.",
                substatus=NOT_FOR_ENTRA,
            )

    def stumble(self, call: Call) -> FaultSpec | None:
        """Return the transient failure a write is drawn to meet; a 408 may come before or after the write is done."""
        writes = call.method != "GET" and not call.is_query and "docs" in call.segments
        if not self.enabled or not writes or self.dice.random() >= self.flaky:
            return None
        return self.dice.choice(_STUMBLES)

    def check_query(self, container: Container, ask: Ask, *, single_partition: bool) -> Ask:
        """Return the question as it may be asked: with a shorter page, if so configured.

        Raises:
            CosmosError: 400, the query crosses partitions unannounced, or sorts by what is not indexed for it.

        """
        if not self.enabled:
            return ask
        if not single_partition and normalized(ask.text) not in self.allowed:
            raise bad_request(f"Strict: this cross-partition query is not on the allow-list: {ask.text}")
        try:
            query = parse(ask.text)
        except SqlError:
            # The evaluator reports what is wrong with the text.
            return ask
        self._check_order(container, query)
        if query.order and _ranks_vectors(query):
            _check_vectors(container, query)
        return replace(ask, size=min(ask.size, self.page)) if self.page > 0 else ask

    def _check_order(self, container: Container, query: tree.Query) -> None:
        if not query.order or not query.sources:
            return
        alias = query.sources[0].alias
        ordered = [(path_of(item.value, alias), item.descending) for item in query.order]
        paths = [path for path, _ in ordered if path is not None]
        if len(paths) != len(ordered):
            return
        policy = container.body.get("indexingPolicy")
        if len(paths) == 1 and not _indexed(policy, paths[0]):
            raise _no_index("Order-by item requires a range index to be defined on the corresponding index path.")
        if len(paths) > 1 and not _has_composite(policy, [(path, down) for path, down in ordered if path]):
            raise _no_index(
                "The order by query does not have a corresponding composite index that it can be served from."
            )


def _no_index(message: str) -> CosmosError:
    return bad_request(dumps({"errors": [{"severity": "Error", "code": "SC2104", "message": message}]}))


def _listed(policy: Json, name: str) -> list[Json]:
    found = policy.get(name) if isinstance(policy, dict) else None
    return found if isinstance(found, list) else []


def _depth(rule: Json, path: Path) -> int:
    """How specifically an included or excluded path speaks of `path`; -1 when it does not."""
    text = str(rule.get("path")) if isinstance(rule, dict) else ""
    try:
        names = parse_path(text)
    except ValueError:
        return -1
    if names[-1] == "?":
        return len(names) if names[:-1] == path else -1
    if names[-1] == "*":
        return len(names) - 1 if path[: len(names) - 1] == names[:-1] else -1
    return -1


def _indexed(policy: Json, path: Path) -> bool:
    """Whether the most specific rule that speaks of the path includes it."""
    if isinstance(policy, dict) and policy.get("indexingMode") == "none":
        return False
    included = max((_depth(rule, path) for rule in _listed(policy, "includedPaths")), default=-1)
    excluded = max((_depth(rule, path) for rule in _listed(policy, "excludedPaths")), default=-1)
    return included > excluded


def _has_composite(policy: Json, wanted: list[tuple[Path, bool]]) -> bool:
    """Whether a composite index lists exactly these paths, in these directions or all reversed."""
    reverse = [(path, not descending) for path, descending in wanted]
    for index in _listed(policy, "compositeIndexes"):
        parts = [part for part in index if isinstance(part, dict)] if isinstance(index, list) else []
        found = [(parse_path(str(part.get("path"))), part.get("order") == "descending") for part in parts]
        if found in (wanted, reverse):
            return True
    return False


def _ranks_vectors(query: tree.Query) -> bool:
    value = query.order[0].value
    return isinstance(value, tree.Call) and value.name == "VECTORDISTANCE"


def _check_vectors(container: Container, query: tree.Query) -> None:
    policy = container.body.get("vectorEmbeddingPolicy")
    if not _listed(policy, "vectorEmbeddings"):
        raise bad_request("Strict: VectorDistance needs a vector embedding policy on the container.")
    if query.top is None and query.limit is None:
        raise bad_request("Strict: ORDER BY VectorDistance needs TOP or OFFSET LIMIT.")
