"""What a turn leaves in the durable engine, read from the stopped host's journal."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import durabletask.internal.orchestrator_service_pb2 as pb

_ACTIONS = {
    "executionStarted": 1,
    "taskScheduled": 1,
    "taskCompleted": 1,
    "taskFailed": 1,
    "timerCreated": 1,
    "eventRaised": 1,
}
"""What the Durable Task Scheduler bills: one per start, timer and event, two per activity (scheduled, ended)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Durable:
    """One turn's history: its size, billed actions, and the number of activities and orchestrator episodes."""

    bytes: int
    actions: int
    activities: int
    episodes: int


def histories(state: Path) -> dict[str, Durable]:
    """Return what is kept of each turn, by its id; the host must have stopped."""
    files = [path for path in state.rglob("*") if path.is_file() and _has_history(path)]
    assert len(files) == 1, f"one durable journal expected in {state}, found {files}"
    with sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT id, event FROM history ORDER BY id, n").fetchall()
    database.close()
    by_turn: dict[str, list[bytes]] = {}
    for turn_id, event in rows:
        by_turn.setdefault(str(turn_id), []).append(bytes(event))
    return {turn_id: _durable(found) for turn_id, found in by_turn.items()}


def _has_history(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(15) != b"SQLite format 3":
            return False
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'history'").fetchall())
    finally:
        database.close()


def _durable(found: list[bytes]) -> Durable:
    kinds = Counter(str(pb.HistoryEvent.FromString(event).WhichOneof("eventType")) for event in found)
    return Durable(
        bytes=sum(len(event) for event in found),
        actions=sum(_ACTIONS.get(kind, 0) * count for kind, count in kinds.items()),
        activities=kinds["taskScheduled"],
        episodes=kinds["orchestratorStarted"],
    )
