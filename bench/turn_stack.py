"""The stack a turn is measured on: all of `python -m local`, on free ports, with a Cosmos DB that counts.

Beside it runs the plain server, against the same model and the same tool servers.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.blob_reads import BlobReads
from bench.counted_cosmos import NOTES_PATH, Note
from bench.turn_client import Subject
from bench.turn_null import NullPeer, null_peer
from local.cosmos.auth import EMULATOR_KEY
from local.stack.settings import UTILITY_MODEL
from tests.e2e.client import negotiate
from tests.e2e.stack import ROOT, Stack

TOOL_SERVER = "crm"
TOOL = "find_accounts"
"""A read-only tool; its query begins with the turn's name, so that every call can be told apart."""
STOP_TIMEOUT_S = 20
_AMPLE = {"day": {"tokens": 10**12}, "month": {"tokens": 10**12}}
BUDGETS = {"person": _AMPLE, "team": _AMPLE}
"""Limits that are checked and never reached."""
PROGRAMS: Mapping[Subject, tuple[str, ...]] = {
    "product": ("worker (the app)", "functions_host"),
    "plain": ("plain",),
    "null": ("the asking client",),
}
"""Which programs are the measured subject itself; all others are emulators or the asking client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How the model answers: milliseconds to the first token and between tokens, and how many tokens.

    `bench-tool-*` has it call the tool first, `bench-five-*` five and `bench-eight-*` eight times side by side,
    `bench-bare-*` not at all.
    """

    first_token_ms: float = 100
    token_ms: float = 20
    tokens: int = 50
    stamped: bool = True

    def rules(self) -> list[dict[str, Any]]:
        pace = {"first_token_ms": self.first_token_ms, "token_ms": self.token_ms}
        call, *more = [
            {"name": f"{TOOL_SERVER}__{TOOL}", "arguments": {"query": query}}
            for query in ("{{1}}", *(f"{{{{1}}}} {n}" for n in range(8)))
        ]
        answer = {"tokens": self.tokens, "stamp": self.stamped, **pace}
        # Titles and summaries quote the questions; asked for a call, they would fail and be asked for again.
        beside = {"text": "What was asked, and what was found.", **pace}
        return [
            {"match": {"model": UTILITY_MODEL}, "respond": beside},
            {"match": {"text": r"(bench-tool-\w+)", "step": 0}, "respond": {"calls": [call], **pace}},
            {"match": {"text": r"(bench-five-\w+)", "step": 0}, "respond": {"calls": more[:5], **pace}},
            {"match": {"text": r"(bench-eight-\w+)", "step": 0}, "respond": {"calls": more, **pace}},
            {"match": {"text": "bench-"}, "respond": answer},
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """What the emulators noted since the last time they were asked."""

    model_calls: list[dict[str, Any]]
    tool_calls: list[dict[str, Any]]
    log_requests: list[Note]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredStack:
    """The running programs; the durable history can be read once the stack has stopped."""

    stack: Stack
    cosmos_url: str
    cosmos_pid: int
    plain_url: str
    plain_pid: int

    def play(self, script: Script) -> None:
        self.stack.send("PUT", self.stack.url("openai") + "/_scenario", script.rules())

    def slow_tool(self, delay_ms: int) -> None:
        """Let every further call of the tool take so long; 0 for no delay."""
        url = self.stack.url("mcp_servers") + "/_faults"
        self.stack.send("DELETE", url, None)
        if delay_ms:
            fault = {"server": TOOL_SERVER, "tool": TOOL, "delay_ms": delay_ms, "count": 1_000_000}
            self.stack.send("PUT", url, fault)

    def client_url(self, subject: Subject, person: int = 0) -> str:
        """Sign a seller in where that is needed, as the browser does; any number of connections may use the URL.

        All are called Ada Winter, so that all get the same prompt, but each number is a principal of its own.
        """
        if subject == "plain":
            return f"{self.plain_url}/ws/chat"
        assert subject == "product", subject
        claims = {"oid": f"be0c0000-0000-4000-8000-{person:012d}"}
        status, body = negotiate(self.stack, self.stack.token("ada", {"claims": claims}))
        assert status == 200, body
        return str(body["url"])

    def null_peer(self) -> AbstractAsyncContextManager[NullPeer]:
        return null_peer(self.stack.url("openai"), self.stack.url("mcp_servers"), TOOL_SERVER, TOOL)

    def take_logs(self) -> Logs:
        model, tools = self.stack.url("openai") + "/_log", self.stack.url("mcp_servers") + "/_calls"
        notes = self.cosmos_url + NOTES_PATH
        logs = Logs(
            model_calls=_rows(self.stack.get(model)),
            tool_calls=_rows(self.stack.get(tools)),
            log_requests=[Note.model_validate(row) for row in _rows(self.stack.get(notes))],
        )
        for url in (model, tools, notes):
            self.stack.send("DELETE", url, None)
        return logs

    def blob_reads(self) -> BlobReads:
        return BlobReads.of(self.stack.output)

    def pids(self) -> dict[str, int]:
        """Return every process of ours: what a turn passes through, what relays their logs, and the one that asks."""
        services = ("functions_host", "web_pubsub", "openai", "mcp_servers", "identity", "azurite")
        named = {name: self.stack.pid(name) for name in services}
        return {
            "worker (the app)": self.stack.worker_pid(),
            **named,
            "cosmos": self.cosmos_pid,
            "plain": self.plain_pid,
            "supervisor (relays logs)": _parent(named["functions_host"]),
            "the asking client": os.getpid(),
        }

    @property
    def durable_state(self) -> Path:
        return self.stack.state / "functions_host"


def _rows(answer: Any) -> list[dict[str, Any]]:
    assert isinstance(answer, list)
    return answer


def _parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("PPid:")).split()[1])


@contextmanager
def measured_stack() -> Generator[MeasuredStack]:
    """Start everything with new state; on leaving, stop it. The folder goes with the process that made it."""
    with tempfile.TemporaryDirectory(prefix="bench-turn-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        with _server("counted_cosmos", "--db", str(state / "cosmos.sqlite")) as (cosmos_url, cosmos_pid):
            stack = _prepared(state, cosmos_url)
            stack.start()
            try:
                addresses = ("--model", stack.url("openai"), "--tools", stack.url("mcp_servers"))
                with _server("plain_server", *addresses, "--log-level", "WARNING") as (plain_url, plain_pid):
                    yield MeasuredStack(
                        stack=stack,
                        cosmos_url=cosmos_url,
                        cosmos_pid=cosmos_pid,
                        plain_url=plain_url,
                        plain_pid=plain_pid,
                    )
            finally:
                stack.stop()


def _prepared(state: Path, cosmos_url: str) -> Stack:
    """Create the containers, which the supervisor leaves alone for a Cosmos DB it did not start."""
    connection = f"AccountEndpoint={cosmos_url}/;AccountKey={EMULATOR_KEY};"
    settings = state / "settings.json"
    values = {"COSMOS": connection, "BUDGETS": json.dumps(BUDGETS)}
    settings.write_text(json.dumps({"Values": values}), encoding="utf-8")
    command = [sys.executable, "-m", "local.provision"]
    environment = {**os.environ, "COSMOS": connection, "COSMOS_DATABASE": "salescoach"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return Stack(state=state / "stack", flags=("--settings", str(settings)))


@contextmanager
def _server(name: str, *flags: str) -> Generator[tuple[str, int]]:
    """Run one of the bench's own servers; gives its URL and process id."""
    command = [sys.executable, "-m", f"bench.{name}", "--port", "0", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready, f"{name} did not start"
        try:
            yield ready[-1], process.pid
        finally:
            process.terminate()
            process.wait(STOP_TIMEOUT_S)
