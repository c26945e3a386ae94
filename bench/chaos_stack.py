"""The stack a chaos run strikes: every emulator once, and a Functions host that can serve any copy of the app.

The host runs beside the stack, so that the same emulators see one version of the app after the other.
"""

import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.turn_stack import BUDGETS
from tests.e2e.stack import ROOT, Stack

CORE_TOOLS = "AzureFunctionsJobHost__"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
_POLL_S = 0.05


@dataclass(slots=True, kw_only=True)
class AppHost:
    """A running Functions host and the app folder it serves."""

    process: subprocess.Popen[str]
    url: str
    output: list[str] = field(default_factory=list[str])


@dataclass(slots=True, kw_only=True)
class ChaosStack:
    """Emulators that run all the time; `hosting` starts the app, each time with durable state of its own."""

    stack: Stack
    _host: AppHost | None = None
    _hosts: int = 0
    _token: str = ""

    @property
    def host(self) -> AppHost:
        assert self._host is not None, "no host runs"
        return self._host

    @contextmanager
    def hosting(self, app: Path = ROOT) -> Generator[AppHost]:
        """Serve the app in `app` until the block ends."""
        port = json.loads((self.stack.state / "ports.json").read_text(encoding="utf-8"))["functions_host"]
        self._hosts += 1
        state = self.stack.state / f"host-{self._hosts}"
        command = [sys.executable, "-m", "local.functions_host", "start", "--port", str(port)]
        settings = {name: value for name, value in self.stack.settings().items() if not name.startswith(CORE_TOOLS)}
        process = subprocess.Popen(
            [*command, "--app", str(app), "--state", str(state)],
            cwd=ROOT,
            env={**os.environ, **settings, "BUDGETS": json.dumps(BUDGETS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        host = AppHost(process=process, url=f"http://127.0.0.1:{port}")
        reader = _started(host)
        self._host = host
        try:
            yield host
        finally:
            self._host = None
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_TIMEOUT_S)
            reader.join(STOP_TIMEOUT_S)
            if process.stdout is not None:
                process.stdout.close()

    def worker(self) -> int | None:
        """Return the pid of the app's process once it serves, None while it does not."""
        status = self.stack.get(self.host.url + "/admin/host/status")
        return int(status["workerPid"]) if status["state"] == "Running" and status["workerPid"] else None

    def kill_worker(self) -> int | None:
        """Kill the app's process with SIGKILL and return its pid; None when it does not serve at the moment."""
        pid = self.worker()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid

    def seconds_until_back(self, killed: int) -> float:
        """Return the time until another process than the killed one answers a person's request."""
        began = time.monotonic()
        while self.worker() in {None, killed} or not self._answers():
            time.sleep(_POLL_S)
        return time.monotonic() - began

    def _answers(self) -> bool:
        """Tell whether the app does what a person asks, which loads far more than being there."""
        if not self._token:
            self._token = self.stack.token("ada", {"lifetime_s": 24 * 3600})
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.host.url + "/api/sessions?limit=1", headers={"Authorization": f"Bearer {self._token}"}
        )
        with suppress(OSError, http.client.HTTPException), urllib.request.urlopen(request, timeout=20):  # noqa: S310 - loopback
            return True
        return False

    def use_scenario(self, rules: Iterable[dict[str, Any]]) -> None:
        """Give the model its script and empty the records of model and tools."""
        self.use_script(rules)
        self.stack.send("DELETE", self.stack.url("openai") + "/_log", None)
        self.stack.send("DELETE", self.stack.url("mcp_servers") + "/_calls", None)
        self.stack.send("DELETE", self.stack.url("mcp_servers") + "/_faults", None)

    def use_script(self, rules: Iterable[dict[str, Any]]) -> None:
        """Give the model its script; what it and the tools did so far stays on record."""
        self.stack.send("PUT", self.stack.url("openai") + "/_scenario", list(rules))

    def disturb_deliveries(self, **switches: object) -> None:
        """Set chaos switches of Web PubSub (`docs/local/web-pubsub.md`)."""
        self.stack.send("POST", self.stack.admin_url("web_pubsub_admin") + "/chaos", switches)

    def fail_store(self, *faults: dict[str, object]) -> None:
        """Arm faults of the document store (`docs/local/cosmos.md`); none disarms all."""
        self.stack.send("POST", self.stack.admin_url("cosmos_admin") + "/faults", list(faults))

    def store_faults_left(self) -> int:
        return len(_rows(self.stack.get(self.stack.admin_url("cosmos_admin") + "/faults")))

    def slow_tool(self, server: str, tool: str, delay_ms: int) -> None:
        """Let the next call of a tool take this much longer."""
        fault = {"server": server, "tool": tool, "delay_ms": delay_ms, "count": 1}
        self.stack.send("PUT", self.stack.url("mcp_servers") + "/_faults", fault)

    def plan_host(self, plan: dict[str, object]) -> None:
        """Set the host's own chaos plan (`docs/local/functions-host.md`); an empty one ends it."""
        self.stack.send("PUT", self.host.url + "/admin/chaos", plan)

    def model_log(self) -> list[dict[str, Any]]:
        return _rows(self.stack.get(self.stack.url("openai") + "/_log"))

    def tool_log(self) -> list[dict[str, Any]]:
        return _rows(self.stack.get(self.stack.url("mcp_servers") + "/_calls"))


def _rows(answer: Any) -> list[dict[str, Any]]:
    assert isinstance(answer, list)
    return answer


def _started(host: AppHost) -> threading.Thread:
    """Wait until the host serves; its output is kept from then on."""
    ready: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def read() -> None:
        assert host.process.stdout is not None
        for line in host.process.stdout:
            host.output.append(line.rstrip())
            if line.startswith("functions_host ready on"):
                ready.put(True)
        ready.put(False)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    if not ready.get(timeout=START_TIMEOUT_S):
        raise RuntimeError("the host ended while starting:\n" + "\n".join(host.output[-30:]))
    return reader


@contextmanager
def chaos_stack(state: Path) -> Generator[ChaosStack]:
    """Start every emulator with its state in `state`; on leaving, stop them and keep their output there."""
    stack = Stack(state=state, flags=("--without-host",))
    stack.start()
    try:
        yield ChaosStack(stack=stack)
    finally:
        stack.stop()
        (state / "output.log").write_text(stack.output, encoding="utf-8")
