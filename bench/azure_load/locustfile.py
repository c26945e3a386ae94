"""For Azure Load Testing and Locust: every Locust user is a process of `bench.load` with some people.

Locust's own event loop is not asyncio's, so the people live in a process of their own; what they report a line at a
time becomes Locust's requests, `first text` and `whole answer`. `docs/load.md` tells how to run it.
"""

import json
import os
import subprocess
import sys
from typing import Any

import locust  # pyright: ignore[reportMissingImports] - installed where load is made: requirements.txt beside this

PEOPLE = os.environ.get("PEOPLE_PER_USER", "50")
SECONDS = os.environ.get("SECONDS_PER_USER", "300")
THINK = os.environ.get("THINK_SECONDS", "20")


class People(locust.User):  # pyright: ignore[reportUntypedBaseClass] - as above
    """A process full of people; when they have gone, others come."""

    wait_time = locust.constant(1)

    @locust.task  # pyright: ignore[reportUntypedFunctionDecorator] - as above
    def ask(self) -> None:
        """Let them ask, and pass on what they report."""
        command = [sys.executable, "-m", "bench.load", "--url", str(self.host), "--people", PEOPLE]
        command += ["--seconds", SECONDS, "--think", THINK, "--ramp", "30"]
        if identity := os.environ.get("IDENTITY"):
            command += ["--identity", identity]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            try:
                for line in running.stdout or ():
                    self._report(json.loads(line))
            finally:
                running.terminate()

    def _report(self, told: dict[str, Any]) -> None:
        match told["type"]:
            case "turn":
                failed = None if told["status"] == "completed" else RuntimeError(told["status"])
                if "first_delta_ms" in told:
                    self._fire("first text", told["first_delta_ms"], 0, failed)
                self._fire("whole answer", told["answer_ms"], told["bytes"], failed)
            case "lost":
                self._fire("connection", 0, 0, ConnectionError(told["why"]))
            case _:
                pass

    def _fire(self, name: str, milliseconds: float, size: int, failed: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type="WS",
            name=name,
            response_time=milliseconds,
            response_length=size,
            exception=failed,
            context={},
        )
