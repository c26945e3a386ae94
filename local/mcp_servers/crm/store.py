"""The CRM's SQLite database: opening, seeding, rows in and out."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from local.mcp_servers.crm.seed import seed

logger = logging.getLogger(__name__)

FILE_NAME = "crm.sqlite"
VERSION = 1

SCHEMA = """
CREATE TABLE accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, industry TEXT NOT NULL, country TEXT NOT NULL,
    segment TEXT NOT NULL, employees INTEGER NOT NULL, currency TEXT NOT NULL, owner TEXT NOT NULL,
    customer_since TEXT
) STRICT;
CREATE TABLE contacts (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, name TEXT NOT NULL, title TEXT NOT NULL,
    email TEXT NOT NULL, role TEXT NOT NULL
) STRICT;
CREATE TABLE opportunities (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, name TEXT NOT NULL, stage TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0), currency TEXT NOT NULL, close_date TEXT NOT NULL,
    owner TEXT NOT NULL, next_step TEXT NOT NULL, risk TEXT
) STRICT;
CREATE TABLE activities (
    number INTEGER PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, date TEXT NOT NULL,
    kind TEXT NOT NULL, note TEXT NOT NULL, by TEXT NOT NULL, action_id TEXT UNIQUE
) STRICT;
CREATE INDEX contacts_of ON contacts (account_id);
CREATE INDEX opportunities_of ON opportunities (account_id);
CREATE INDEX activities_of ON activities (account_id, date);
"""


class StateError(RuntimeError):
    """The database file cannot be used; the message says what to do."""


def local_today() -> date:
    return datetime.now().astimezone().date()


class CrmStore:
    """One connection. Statements take a fraction of a millisecond, so they run on the event loop."""

    def __init__(self, connection: sqlite3.Connection, today: Callable[[], date]) -> None:
        self._connection = connection
        self.today = today

    @classmethod
    def open(cls, folder: Path | None, today: Callable[[], date] = local_today) -> "CrmStore":
        """Open the database in `folder`, seeding it when absent; without a folder make one in memory.

        Raises:
            StateError: the file is not a CRM database of this version.

        """
        if folder is None:
            connection = sqlite3.connect(":memory:")
            _create(connection, today())
        else:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / FILE_NAME
            if not path.exists():
                _create_file(path, today())
            connection = sqlite3.connect(path)
            _check(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return cls(connection, today)

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, parameters: Sequence[str | int | None] = ()) -> list[sqlite3.Row]:
        return self._connection.execute(statement, parameters).fetchall()

    def insert_activity(
        self, *, account_id: str, day: date, kind: str, note: str, by: str, action_id: str | None
    ) -> int | None:
        """Append an activity and return its number, or None when `action_id` was used before."""
        with self._connection:
            cursor = self._connection.execute(
                "INSERT INTO activities (account_id, date, kind, note, by, action_id) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (action_id) DO NOTHING RETURNING number",
                (account_id, day.isoformat(), kind, note, by, action_id),
            )
            row = cursor.fetchone()
        return None if row is None else int(row["number"])


def _create(connection: sqlite3.Connection, as_of: date) -> None:
    connection.executescript(SCHEMA)
    with connection:
        for table, rows in seed(as_of).items():
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own table names
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _create_file(path: Path, as_of: date) -> None:
    """Seed beside the final name and rename, so that a crash in between leaves no half database."""
    fresh = path.with_suffix(".seeding")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh)) as connection:
        _create(connection, as_of)
    fresh.rename(path)
    logger.info("seeded %s as of %s", path, as_of)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StateError(f"{path} is not a database; remove it to start afresh") from error
    if version != VERSION:
        connection.close()
        raise StateError(f"{path} has version {version}, this program needs {VERSION}; remove it to start afresh")
