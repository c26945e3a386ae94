"""The stack a turn is measured on: all of `python -m local`, on free ports, with a Cosmos DB that counts."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.counted_cosmos import NOTES_PATH, Note
from local.cosmos.auth import EMULATOR_KEY
from tests.e2e.stack import ROOT, Stack

TOOL = "crm__find_accounts"
"""A read-only tool; its query carries the turn's name, so that every call can be told apart."""
FIRST_TOKEN_MS = 100
TOKENS = 50
TOKEN_MS = 20
STOP_TIMEOUT_S = 20


def scenario() -> list[dict[str, Any]]:
    """Return the model's script: `bench-tool-*` calls the tool before it answers, `bench-plain-*` answers."""
    pace = {"first_token_ms": FIRST_TOKEN_MS, "token_ms": TOKEN_MS}
    call = {"name": TOOL, "arguments": {"query": "{{1}}"}}
    answer = {"tokens": TOKENS, "stamp": True, **pace}
    return [
        {"name": "call", "match": {"text": r"(bench-tool-\w+)", "step": 0}, "respond": {"calls": [call], **pace}},
        {"name": "answer", "match": {"text": "bench-"}, "respond": answer},
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredStack:
    """A running stack; the durable history can be read once it has stopped."""

    stack: Stack
    cosmos_url: str
    cosmos_pid: int

    def use_scenario(self) -> None:
        self.stack.send("PUT", self.stack.url("openai") + "/_scenario", scenario())

    def model_calls(self) -> list[dict[str, Any]]:
        return _rows(self.stack.get(self.stack.url("openai") + "/_log"))

    def tool_calls(self) -> list[dict[str, Any]]:
        return _rows(self.stack.get(self.stack.url("mcp_servers") + "/_calls"))

    def log_requests(self) -> list[Note]:
        return [Note.model_validate(row) for row in _rows(self.stack.get(self.cosmos_url + NOTES_PATH))]

    def pids(self) -> dict[str, int]:
        """Return the processes a turn passes through, and the one that asks."""
        emulators = ("functions_host", "web_pubsub", "openai", "mcp_servers", "identity", "azurite")
        named = {name: self.stack.pid(name) for name in emulators}
        return {
            "worker (the app)": self.stack.worker_pid(),
            **named,
            "cosmos": self.cosmos_pid,
            "the asking client": os.getpid(),
        }

    @property
    def durable_state(self) -> Path:
        return self.stack.state / "functions_host"


def _rows(answer: Any) -> list[dict[str, Any]]:
    assert isinstance(answer, list)
    return answer


@contextmanager
def measured_stack() -> Generator[MeasuredStack]:
    """Start everything with new state; on leaving, stop it. The folder goes with the process that made it."""
    with tempfile.TemporaryDirectory(prefix="bench-turn-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        with _counted_cosmos(state) as (url, pid):
            stack = _prepared(state, url)
            stack.start()
            try:
                yield MeasuredStack(stack=stack, cosmos_url=url, cosmos_pid=pid)
            finally:
                stack.stop()


def _prepared(state: Path, cosmos_url: str) -> Stack:
    """Create the containers, which the supervisor leaves alone for a Cosmos DB it did not start."""
    connection = f"AccountEndpoint={cosmos_url}/;AccountKey={EMULATOR_KEY};"
    settings = state / "settings.json"
    settings.write_text(json.dumps({"Values": {"COSMOS": connection}}), encoding="utf-8")
    command = [sys.executable, "-m", "local.provision"]
    environment = {**os.environ, "COSMOS": connection, "COSMOS_DATABASE": "salescoach"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return Stack(state=state / "stack", flags=("--settings", str(settings)))


@contextmanager
def _counted_cosmos(state: Path) -> Generator[tuple[str, int]]:
    command = [sys.executable, "-m", "bench.counted_cosmos", "--port", "0", "--db", str(state / "cosmos.sqlite")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready, "the counting Cosmos DB did not start"
        try:
            yield ready[-1], process.pid
        finally:
            process.terminate()
            process.wait(STOP_TIMEOUT_S)
