"""`make emulators` prints the line with which Core Tools' `func start` runs the app, and that line is enough."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Generator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.e2e.client import PlainClient
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

PRINTED = re.compile(r"^Start the app yourself: (.+)$", re.MULTILINE)


@pytest.fixture
def emulators(tmp_path: Path) -> Generator[Stack]:
    running = Stack(state=tmp_path / "state", flags=("--without-host", "--token-ms", "5"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def func(emulators: Stack) -> Generator[subprocess.Popen[str]]:
    """Run the printed line in a shell that knows nothing but where `func` is: ours, which reads the same flags."""
    found = PRINTED.search(emulators.output)
    assert found is not None, emulators.output
    environment = {"PATH": f"{ROOT / 'local' / 'bin'}:{os.defpath}", "HOME": str(emulators.state)}
    process = subprocess.Popen(
        ["/bin/sh", "-c", found.group(1)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)


def _client_url(emulators: Stack) -> str:
    """Negotiate where the browser does: through the web client's address, which knows the printed port."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{emulators.url('web')}/api/chat/negotiate",
        method="POST",
        headers={"Authorization": f"Bearer {emulators.token()}"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
        return str(json.loads(reply.read())["url"])


def test_the_printed_line_starts_the_app_and_it_answers(emulators: Stack, func: subprocess.Popen[str]) -> None:
    assert func.stdout is not None
    assert any(line.startswith("functions_host ready on ") for line in func.stdout)
    with connect(_client_url(emulators), open_timeout=20) as socket:
        client = PlainClient(socket=socket)
        client.open_session()
        client.send({"type": "query", "content": "How is my pipeline for Contoso?"})
        assert client.wait_for("chat_response")["status"] == "completed"
    told = emulators.settings()
    assert told["AzureWebJobsStorage"].startswith("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1")
    assert told["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] == "AzureStorage"
