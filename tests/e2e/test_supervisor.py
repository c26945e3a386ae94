"""One command starts all of it; one part that dies ends all of it."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(240)]

SERVICES = ("cosmos", "azurite", "identity", "openai", "mcp_servers", "web_pubsub", "functions_host", "web")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_stops_everything_cleanly(tmp_path: Path) -> None:
    stack = Stack(state=tmp_path / "state")
    stack.start()
    pids = [stack.pid(name) for name in SERVICES]
    pids.append(stack.worker_pid())

    status = stack.stop()

    assert status == 0
    assert [pid for pid in pids if is_running(pid)] == []


def test_a_service_that_dies_stops_everything_and_says_which(tmp_path: Path) -> None:
    stack = Stack(state=tmp_path / "state")
    stack.start()
    pids = [stack.pid(name) for name in SERVICES]

    os.kill(stack.pid("cosmos"), signal.SIGKILL)
    status = stack.wait()

    assert status == 1
    assert "cosmos ended with status -9; stopping everything" in stack.output
    assert [pid for pid in pids if is_running(pid)] == []
