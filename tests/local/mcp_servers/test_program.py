import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.local.mcp_servers.mcp_calls import answer

ROOT = Path(__file__).parents[3]


@contextmanager
def program(*flags: str) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local.mcp_servers", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ready_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"mcp_servers ready on (http://127\.0\.0\.1:\d+)\n", line)
    assert match, line
    return match[1]


def test_the_program_answers_as_soon_as_it_says_that_it_is_ready() -> None:
    with program("--port", "0") as process:
        url = ready_url(process)
        assert httpx2.get(f"{url}/_calls").json() == []
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0


def test_a_signal_ends_it_with_success_even_during_a_hanging_call() -> None:
    with program("--port", "0") as process:
        url = ready_url(process)
        assert httpx2.put(f"{url}/_faults", json={"server": "crm", "fail": "hang"}).status_code == 204
        body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"forecast"}}'
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
            head = f"POST /crm/mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            _until_fault_taken(url)
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0


def _until_fault_taken(url: str) -> None:
    deadline = time.monotonic() + 5
    while httpx2.get(f"{url}/_faults").json():
        assert time.monotonic() < deadline, "the call did not arrive"


def test_a_busy_port_ends_it_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with program("--port", str(port)) as process:
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert err == f"port {port} is in use by another program; choose another --port\n"


def test_a_broken_state_file_ends_it_with_one_line(state_folder: Path) -> None:
    state_folder.mkdir()
    (state_folder / "crm.sqlite").write_text("no database " * 1000)
    with program("--port", "0", "--state", str(state_folder)) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert "remove it to start afresh" in err


async def test_a_logged_activity_survives_the_program_being_killed(state_folder: Path) -> None:
    with program("--port", "0", "--state", str(state_folder)) as process:
        logged = await answer(
            ready_url(process), "crm.log_activity", account="Contoso", kind="note", note="kept", action_id="once"
        )
        process.send_signal(signal.SIGKILL)
        process.wait(5)
    with program("--port", "0", "--state", str(state_folder)) as process:
        found = await answer(ready_url(process), "crm.list_activities", account="Contoso", limit=1)
    assert found["activities"] == [logged["activity"]]
