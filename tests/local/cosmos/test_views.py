"""What queries see through cached views, against a dictionary, whatever is written in whatever order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cosmos.batch import BatchFailedError, run_batch
from local.cosmos.definition import Container
from local.cosmos.errors import CosmosError
from local.cosmos.items import UNCONDITIONAL, Place, WriteMode
from local.cosmos.query import Ask, run
from local.cosmos.store import Range, Store
from local.cosmos.values import Document
from local.cosmos.views import ViewCache

PARTITIONS = ("p", "q")
NAMES = ("a", "b", "c")
LIFE = 100
place_of = st.tuples(st.sampled_from(PARTITIONS), st.sampled_from(NAMES))
steps = st.one_of(
    st.tuples(st.just("upsert"), place_of, st.integers(0, 9), st.sampled_from([-1, LIFE])),
    st.tuples(st.just("create"), place_of, st.integers(0, 9), st.sampled_from([-1, LIFE])),
    st.tuples(st.just("delete"), place_of),
    st.tuples(st.just("delete partition"), st.sampled_from(PARTITIONS)),
    st.tuples(st.just("failing batch"), st.sampled_from(PARTITIONS)),
    st.tuples(st.just("batch"), st.sampled_from(PARTITIONS), st.integers(0, 9)),
    st.tuples(st.just("age")),
    st.tuples(st.just("ask"), st.sampled_from([*PARTITIONS, None])),
    st.tuples(st.just("restart")),
)


class World:
    """The store, and what it should hold: (partition, name) -> (number, when it dies)."""

    def __init__(self, limit: int) -> None:
        self.store = Store(views=ViewCache(limit))
        self.store.catalog.create_database({"id": "d"})
        body: Document = {"id": "c", "partitionKey": {"paths": ["/pk"]}, "defaultTtl": -1}
        self.container: Container = self.store.catalog.create_container("d", body, None)
        self.held: dict[tuple[str, str], tuple[int, float]] = {}

    def place(self, partition: str) -> Place:
        return Place(container=self.container, key=(partition,))

    def expected(self, partition: str | None) -> list[tuple[str, str, int]]:
        now = self.store.clock.offset
        living = ((key, number) for key, (number, end) in self.held.items() if end > now)
        return sorted((*key, number) for key, number in living if partition in (None, key[0]))

    def alive(self, key: tuple[str, str]) -> bool:
        return key in self.held and self.held[key][1] > self.store.clock.offset

    def write(self, mode: WriteMode, key: tuple[str, str], number: int, ttl: int) -> None:
        document: Document = {"id": key[1], "pk": key[0], "n": number, "ttl": ttl}
        if mode is WriteMode.CREATE and self.alive(key):
            with pytest.raises(CosmosError, match="already exists"), self.store.database.transaction():
                self.store.items.write(self.place(key[0]), document, mode, UNCONDITIONAL)
            return
        with self.store.database.transaction():
            self.store.items.write(self.place(key[0]), document, mode, UNCONDITIONAL)
        self.held[key] = (number, float("inf") if ttl == -1 else self.store.clock.offset + ttl)

    def delete(self, key: tuple[str, str]) -> None:
        if not self.alive(key):
            with pytest.raises(CosmosError, match="does not exist"), self.store.database.transaction():
                self.store.items.delete(self.place(key[0]), key[1], UNCONDITIONAL)
            return
        with self.store.database.transaction():
            self.store.items.delete(self.place(key[0]), key[1], UNCONDITIONAL)
        del self.held[key]

    def batch(self, partition: str, number: int) -> None:
        upserts: list[Document] = [
            {"operationType": "Upsert", "resourceBody": {"id": name, "pk": partition, "n": number}} for name in NAMES
        ]
        with self.store.database.transaction():
            run_batch(self.store.items, self.place(partition), [*upserts, {"operationType": "Delete", "id": "a"}])
        self.held |= {(partition, name): (number, float("inf")) for name in NAMES}
        del self.held[partition, "a"]

    def failing_batch(self, partition: str) -> None:
        operations: list[Document] = [
            {"operationType": "Upsert", "resourceBody": {"id": "c", "pk": partition, "n": 99}},
            {"operationType": "Read", "id": "never"},
        ]
        with pytest.raises(BatchFailedError) as failed, self.store.database.transaction():
            run_batch(self.store.items, self.place(partition), operations)
        assert (failed.value.place, failed.value.error.status) == (1, 404)

    def ask(self, partition: str | None) -> None:
        asked = Range(container=self.container, key=None if partition is None else (partition,))
        view = self.store.view(asked)
        query = "SELECT c.pk, c.id, c.n FROM c WHERE c.n >= 0 ORDER BY c.n"
        rows: list[Any] = run(view, Ask(text=query), self.store.wanted(asked, view)).results
        assert sorted((row["pk"], row["id"], row["n"]) for row in rows) == self.expected(partition)

    def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("upsert" | "create" as kind, key, number, ttl):
                self.write(WriteMode(kind), key, number, ttl)
            case ("delete", key):
                self.delete(key)
            case ("delete partition", partition):
                with self.store.database.transaction():
                    self.store.items.delete_partition(self.place(partition))
                self.held = {key: value for key, value in self.held.items() if key[0] != partition}
            case ("batch", partition, number):
                self.batch(partition, number)
            case ("failing batch", partition):
                self.failing_batch(partition)
            case ("age",):
                self.store.clock.offset += LIFE + 5
            case ("ask", partition):
                self.ask(partition)
            case _:
                self.store.forget()


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=30), st.sampled_from([1, 2000, 2**20]))
def test_queries_see_exactly_what_was_written(taken: list[tuple[Any, ...]], limit: int) -> None:
    world = World(limit)
    try:
        for step in taken:
            world.take(step)
        for partition in (*PARTITIONS, None):
            world.ask(partition)
    finally:
        world.store.close()
