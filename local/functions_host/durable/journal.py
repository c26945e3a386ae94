"""The engine's state on disk: SQLite in WAL mode, one transaction per engine step.

`synchronous=OFF` leaves flushing to the operating system: a killed process loses nothing that was
committed; a power cut may.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import durabletask.internal.orchestrator_service_pb2 as pb

from local.functions_host.durable.model import Alarm, Entity, Instance, LockRequest, Message, Task

_SCHEMA = """
CREATE TABLE IF NOT EXISTS instances(id TEXT PRIMARY KEY, state BLOB NOT NULL, parent BLOB);
CREATE TABLE IF NOT EXISTS history(id TEXT, n INTEGER, event BLOB NOT NULL, PRIMARY KEY(id, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages(seq INTEGER PRIMARY KEY, id TEXT NOT NULL, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tasks(id TEXT, execution TEXT, task INTEGER, request BLOB NOT NULL,
  PRIMARY KEY(id, execution, task));
CREATE TABLE IF NOT EXISTS alarms(number INTEGER PRIMARY KEY, due REAL NOT NULL, kind TEXT NOT NULL,
  target TEXT NOT NULL, execution TEXT NOT NULL, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entities(id TEXT PRIMARY KEY, state TEXT, modified REAL NOT NULL,
  locked_by TEXT NOT NULL, lock_owner TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS locks(seq INTEGER PRIMARY KEY, section TEXT NOT NULL, owner TEXT NOT NULL,
  ids TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schedules(name TEXT PRIMARY KEY, status TEXT NOT NULL);
"""


class StateError(Exception):
    """The state file cannot be used."""


class Journal:
    """Writes go into the open transaction; `commit` ends it. Reads serve start-up and finished instances."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=1.0)
        self._open = False
        try:
            self._db.executescript(
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _SCHEMA
            )
        except sqlite3.OperationalError as error:
            self._db.close()
            raise StateError(
                f"the durable state in {path} cannot be opened ({error}): does another host use it?"
            ) from error

    def _write(self, statement: str, parameters: tuple[object, ...]) -> None:
        if not self._open:
            self._db.execute("BEGIN IMMEDIATE")
            self._open = True
        self._db.execute(statement, parameters)

    def commit(self) -> None:
        if self._open:
            self._open = False
            self._db.execute("COMMIT")

    def close(self) -> None:
        self.commit()
        self._db.close()

    def save_instance(self, instance: Instance) -> None:
        parent = instance.parent.SerializeToString() if instance.parent is not None else None
        self._write(
            "INSERT OR REPLACE INTO instances VALUES(?,?,?)",
            (instance.instance_id, instance.state.SerializeToString(), parent),
        )

    def forget_instance(self, instance_id: str) -> None:
        self._write("DELETE FROM instances WHERE id=?", (instance_id,))
        self.clear_history(instance_id)
        self._write("DELETE FROM messages WHERE id=?", (instance_id,))

    def add_history(self, instance_id: str, first: int, events: Iterable[bytes]) -> None:
        for number, event in enumerate(events, first):
            self._write("INSERT OR REPLACE INTO history VALUES(?,?,?)", (instance_id, number, event))

    def clear_history(self, instance_id: str) -> None:
        self._write("DELETE FROM history WHERE id=?", (instance_id,))

    def history(self, instance_id: str) -> list[bytes]:
        rows = self._db.execute("SELECT event FROM history WHERE id=? ORDER BY n", (instance_id,))
        return [row[0] for row in rows]

    def add_message(self, target: str, message: Message) -> None:
        self._write("INSERT INTO messages VALUES(?,?,?)", (message.seq, target, message.event))

    def delete_messages(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self._write("DELETE FROM messages WHERE seq=?", (message.seq,))

    def add_task(self, task: Task) -> None:
        self._write("INSERT OR REPLACE INTO tasks VALUES(?,?,?,?)", (*task.key, task.request.SerializeToString()))

    def delete_task(self, task: Task) -> None:
        self._write("DELETE FROM tasks WHERE id=? AND execution=? AND task=?", task.key)

    def add_alarm(self, alarm: Alarm) -> None:
        row = (alarm.number, alarm.due, alarm.kind, alarm.target, alarm.execution_id, alarm.event)
        self._write("INSERT INTO alarms VALUES(?,?,?,?,?,?)", row)

    def delete_alarm(self, alarm: Alarm) -> None:
        self._write("DELETE FROM alarms WHERE number=?", (alarm.number,))

    def save_entity(self, entity: Entity) -> None:
        row = (entity.entity_id, entity.state, entity.modified, entity.locked_by, entity.lock_owner)
        self._write("INSERT OR REPLACE INTO entities VALUES(?,?,?,?,?)", row)

    def delete_entity(self, entity: Entity) -> None:
        self._write("DELETE FROM entities WHERE id=?", (entity.entity_id,))

    def add_lock(self, lock: LockRequest) -> None:
        row = (lock.seq, lock.section, lock.owner, json.dumps(lock.entity_ids))
        self._write("INSERT INTO locks VALUES(?,?,?,?)", row)

    def delete_lock(self, lock: LockRequest) -> None:
        self._write("DELETE FROM locks WHERE seq=?", (lock.seq,))

    def save_schedule(self, name: str, status: str) -> None:
        self._write("INSERT OR REPLACE INTO schedules VALUES(?,?)", (name, status))
        self.commit()

    def schedule(self, name: str) -> str | None:
        row = self._db.execute("SELECT status FROM schedules WHERE name=?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def instances(self) -> list[Instance]:
        found: list[Instance] = []
        for state, parent in self._db.execute("SELECT state, parent FROM instances ORDER BY rowid"):
            info = None if parent is None else pb.ParentInstanceInfo.FromString(parent)
            found.append(Instance(pb.OrchestrationState.FromString(state), info))
        return found

    def messages(self) -> list[tuple[str, Message]]:
        rows = self._db.execute("SELECT id, seq, event FROM messages ORDER BY seq")
        return [(target, Message(seq, event)) for target, seq, event in rows]

    def tasks(self) -> list[Task]:
        rows = self._db.execute("SELECT id, execution, request FROM tasks ORDER BY rowid")
        return [
            Task(instance_id=row[0], execution_id=row[1], request=pb.ActivityRequest.FromString(row[2])) for row in rows
        ]

    def alarms(self) -> list[Alarm]:
        rows = self._db.execute("SELECT number, due, kind, target, execution, event FROM alarms")
        return [
            Alarm(number=row[0], due=row[1], kind=row[2], target=row[3], execution_id=row[4], event=row[5])
            for row in rows
        ]

    def entities(self) -> list[Entity]:
        rows = self._db.execute("SELECT id, state, modified, locked_by, lock_owner FROM entities")
        return [Entity(*row) for row in rows]

    def locks(self) -> list[LockRequest]:
        rows = self._db.execute("SELECT seq, section, owner, ids FROM locks ORDER BY seq")
        return [
            LockRequest(seq=row[0], section=row[1], owner=row[2], entity_ids=tuple(json.loads(row[3]))) for row in rows
        ]
