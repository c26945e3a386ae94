"""The warm-up function runs once, before anybody is served; not again after a restart of the worker."""

import os
import subprocess
import sys
from pathlib import Path

from tests.local.functions_host.running import APPS, ROOT, RunningHost

WARM = APPS / "warm"


def test_it_has_run_when_the_host_is_ready_and_does_not_run_again_after_a_restart(tmp_path: Path) -> None:
    host = RunningHost(tmp_path, WARM)
    try:
        assert host.get("/api/notes").body == b"warm\n"
        host.kill_worker()
        assert host.get("/api/notes").body == b"warm\n"
    finally:
        host.stop()


def test_one_that_fails_keeps_nobody_from_being_served(tmp_path: Path) -> None:
    host = RunningHost(tmp_path, WARM, WARM_FAILS="1")
    try:
        assert host.get("/api/notes").status == 200
        host.wait_for_output("nothing to load")
    finally:
        host.stop()


def test_one_of_another_name_is_refused_as_the_platform_would_never_call_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.functions_host", "start", "--app", str(WARM), "--port", "0"]
    environment = {"PATH": os.defpath, "NOTES": str(tmp_path / "notes"), "WARM_NAME": "prepare"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert "named warmup: prepare" in ended.stderr
