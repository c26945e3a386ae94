"""A real host in its own process, for tests."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
APPS = Path(__file__).resolve().parent / "apps"
_READY = re.compile(r"functions_host ready on http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.02)


class RunningHost:
    """Starts at construction. `notes` is the file the sample app appends to."""

    def __init__(self, folder: Path, app: Path = APPS / "basic", *arguments: str, **environment: str) -> None:
        self.notes_file = folder / "notes"
        self._environment = {
            "PATH": os.defpath,
            "NOTES": str(self.notes_file),
            "TASKHUB": "Tests",
            "TICK": "0 0 1 1 1 *",
            **environment,
        }
        self._command = [sys.executable, "-m", "local.functions_host", "start", "--port", "0", "--app", str(app)]
        self._command += ["--state", str(folder / "state"), *arguments]
        self.port = 0
        self.output: list[str] = []
        self.start()

    def start(self) -> None:
        self.output.clear()
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        wait_until(lambda: self.port_line() is not None or self.process.poll() is not None, "the host is ready")
        line = self.port_line()
        assert line is not None, "".join(self.output)
        self.port = int(line)

    def port_line(self) -> str | None:
        return next((found[1] for line in tuple(self.output) if (found := _READY.search(line))), None)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            self.output.extend(stream)

    def kill(self) -> None:
        """End the host as a power switch would, and wait until its worker is gone too."""
        worker = self.worker_pid()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the orphaned worker has left")
        self._reader.join()

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(timeout=10)
        self._reader.join()
        return code

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request; anything but bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, data, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def run(self, name: str, value: Any = None) -> Any:
        """Run an orchestration to its end; return status, output, custom, error."""
        document = self.request("POST", f"/api/run/{name}", value).json
        if document.get("output") is not None:
            document["output"] = json.loads(document["output"])
        return document

    def begin(self, name: str, instance_id: str, value: Any = None) -> int:
        return self.request("POST", f"/api/start/{name}?id={instance_id}", value).status

    def instance(self, instance_id: str) -> Any:
        """Return the status document; an unknown instance has the status None."""
        answer = self.get(f"/runtime/webhooks/durabletask/instances/{instance_id}")
        return {"runtimeStatus": None} if answer.status == 404 else answer.json

    def wait_for(self, instance_id: str, status: str = "Completed") -> Any:
        wait_until(lambda: self.instance(instance_id)["runtimeStatus"] == status, f"{instance_id} is {status}")
        return self.instance(instance_id)

    def worker_pid(self) -> int:
        return int(self.get("/admin/host/status").json["workerPid"])

    def kill_worker(self) -> int:
        """Kill the worker and wait until another one runs; return the dead one's pid."""
        pid = self.worker_pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.worker_pid() != pid, "another worker runs")
        return pid

    def notes(self) -> list[str]:
        return self.notes_file.read_text(encoding="utf-8").splitlines() if self.notes_file.exists() else []

    def wait_for_output(self, text: str) -> None:
        """Wait for a piece of a line: output passes through a pipe and may come after the answer it belongs to."""
        wait_until(lambda: any(text in line for line in tuple(self.output)), f"the host prints {text!r}")

    def wait_for_note(self, text: str, count: int = 1) -> None:
        def seen() -> bool:
            return sum(text in line for line in self.notes()) >= count

        wait_until(seen, f"the app notes {text!r} {count} times")
