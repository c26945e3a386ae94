"""The whole stack as a person starts it, on free ports, with its state in a folder of its own."""

import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
START_TIMEOUT_S = 90
STOP_TIMEOUT_S = 60


@dataclass(slots=True)
class Stack:
    """One run of `python -m local`; `restart` keeps state and ports."""

    state: Path
    flags: tuple[str, ...] = ()
    _process: subprocess.Popen[str] | None = None
    _output: list[str] = field(default_factory=list[str])
    _reader: threading.Thread = field(default_factory=threading.Thread)

    def start(self) -> None:
        command = [sys.executable, "-m", "local", "--free-ports", "--state", str(self.state), *self.flags]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self._process, lines), daemon=True)
        self._reader.start()
        while True:
            line = lines.get(timeout=START_TIMEOUT_S)
            if line is None:
                self.wait()
                raise AssertionError("the stack ended while starting:\n" + "\n".join(self._output[-40:]))
            if line.startswith("SalesCoach is ready on "):
                return

    def _read(self, process: subprocess.Popen[str], lines: "queue.SimpleQueue[str | None]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._output.append(line.rstrip())
            lines.put(line)
        lines.put(None)

    def stop(self) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends and return its exit status."""
        process, self._process = self._process, None
        assert process is not None
        status = process.wait(STOP_TIMEOUT_S)
        self._reader.join(STOP_TIMEOUT_S)
        if process.stdout is not None:
            process.stdout.close()
        return status

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def output(self) -> str:
        return "\n".join(self._output)

    def url(self, service: str) -> str:
        return str(self._document()["services"][service]["url"])

    def admin_url(self, service: str) -> str:
        return str(self._document()["admin"][service])

    def pid(self, service: str) -> int:
        return int(self._document()["services"][service]["pid"])

    def _document(self) -> dict[str, Any]:
        return json.loads((self.state / "stack.json").read_text(encoding="utf-8"))

    def settings(self) -> dict[str, str]:
        """Return the environment the app runs with."""
        lines = (self.state / "environment.sh").read_text(encoding="utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines)
        return {name: "".join(shlex.split(value)) for name, value in pairs}

    def worker_pid(self) -> int:
        status = self.get(self.url("functions_host") + "/admin/host/status")
        return int(status["workerPid"])

    def kill_worker(self) -> int:
        """Kill the process that runs the app's code, the way an out-of-memory kill would."""
        pid = self.worker_pid()
        os.kill(pid, signal.SIGKILL)
        return pid

    def token(self, user: str = "ada", wishes: Mapping[str, object] | None = None) -> str:
        answer = self.send("POST", self.url("identity") + "/_token", {"user": user, **(wishes or {})})
        return str(answer["access_token"])

    def get(self, url: str) -> dict[str, Any]:
        return self.send("GET", url, None)

    def send(self, method: str, url: str, body: object) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            url, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
            text = reply.read()
        return json.loads(text) if text else {}
