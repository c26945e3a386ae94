"""The SQLite file: schema, durable transactions, and the log sequence number."""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS databases (id TEXT PRIMARY KEY, rid TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS containers (
    rid TEXT PRIMARY KEY, database TEXT NOT NULL REFERENCES databases(id) ON DELETE CASCADE,
    id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (database, id));
CREATE TABLE IF NOT EXISTS offers (
    rid TEXT PRIMARY KEY REFERENCES containers(rid) ON DELETE CASCADE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY, container TEXT NOT NULL REFERENCES containers(rid) ON DELETE CASCADE,
    pk TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, etag TEXT NOT NULL, ts INTEGER NOT NULL,
    lsn INTEGER NOT NULL, epk TEXT NOT NULL, expires INTEGER, UNIQUE (container, pk, id));
CREATE INDEX IF NOT EXISTS items_by_lsn ON items (container, lsn);
CREATE INDEX IF NOT EXISTS items_by_expiry ON items (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS unique_keys (
    container TEXT NOT NULL, pk TEXT NOT NULL, value TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES items(seq) ON DELETE CASCADE,
    PRIMARY KEY (container, pk, value)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unique_keys_by_item ON unique_keys (seq);
"""
MEMORY = ":memory:"


class Database:
    """One connection used by one event loop; no caller awaits inside a transaction, so none interleave."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._on_commit: list[Callable[[], None]] = []
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        if self._path != MEMORY:
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, cached_statements=256)
        connection.execute("PRAGMA journal_mode = WAL")
        # With a write-ahead log this keeps every committed transaction when the process is killed; only a power
        # cut could lose the last ones, which a development database may.
        connection.execute("PRAGMA synchronous = NORMAL")
        # Copying the log back waits for the disk, and every request with it: rarely, then.
        connection.execute("PRAGMA wal_autocheckpoint = 8000")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_SCHEMA)
        return connection

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[tuple[object, ...]]:
        return iter(self._connection.execute(sql, parameters))

    def row(self, sql: str, parameters: Sequence[object] = ()) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        self._connection.execute(sql, parameters)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit everything the block wrote, or nothing; afterwards run what `after_commit` collected."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._on_commit = []
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise
        for action in self._on_commit:
            action()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the current transaction is durable; never when it is rolled back."""
        self._on_commit.append(action)

    def next(self, counter: str) -> int:
        """Return the next number of a named sequence; needs a transaction."""
        row = self.row(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter,),
        )
        return integer(row[0] if row else None)

    def current(self, counter: str) -> int:
        row = self.row("SELECT value FROM counters WHERE name = ?", (counter,))
        return integer(row[0]) if row else 0

    def snapshot(self) -> bytes:
        return self._connection.serialize()

    def restore(self, image: bytes) -> None:
        """Replace all content by a snapshot's.

        Raises:
            sqlite3.DatabaseError: the bytes are no database.

        """
        source = sqlite3.connect(MEMORY)
        try:
            source.deserialize(image)
            source.execute("SELECT count(*) FROM items").fetchone()
            source.backup(self._connection)
        finally:
            source.close()

    def clear(self) -> None:
        with self.transaction():
            self.run("DELETE FROM databases")


def text(value: object) -> str:
    """Narrow a TEXT column."""
    if not isinstance(value, str):
        raise TypeError(f"expected text in the database, got {type(value).__name__}")
    return value


def integer(value: object) -> int:
    """Narrow an INTEGER column."""
    if not isinstance(value, int):
        raise TypeError(f"expected an integer in the database, got {type(value).__name__}")
    return value
