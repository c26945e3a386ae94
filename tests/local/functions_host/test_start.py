import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from tests.local.functions_host.running import APPS, ROOT, RunningHost


def _start(app: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.functions_host", "start", "--app", str(app), *arguments]
    if "--port" not in arguments:
        command += ["--port", "0"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_an_app_that_does_not_index_ends_the_start_with_the_runtimes_message() -> None:
    ended = _start(APPS / "broken")
    assert ended.returncode == 1
    assert "FunctionLoadError: cannot load the bad function" in ended.stderr
    assert "Traceback" in ended.stderr
    assert "ready" not in ended.stdout


def test_an_unsupported_trigger_is_named_at_start() -> None:
    ended = _start(APPS / "unsupported")
    assert ended.returncode == 1
    assert "drain: serviceBusTrigger" in ended.stderr


def test_a_route_that_is_the_hosts_own_is_named_at_start() -> None:
    ended = _start(APPS / "reserved")
    assert ended.returncode == 1
    assert "begin with admin or runtime are the host's own: usage" in ended.stderr


def test_a_folder_without_host_json_is_refused(tmp_path: Path) -> None:
    ended = _start(tmp_path)
    assert ended.returncode == 1
    assert "no host.json" in ended.stderr


def test_a_setting_that_does_not_resolve_is_named() -> None:
    ended = _start(APPS / "basic", TASKHUB="T")
    assert ended.returncode == 1
    assert "'%TICK%' does not resolve" in ended.stderr


def test_a_busy_port_ends_the_start_with_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = _start(APPS / "basic", "--port", port, TASKHUB="T", TICK="0 0 1 1 1 *")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [f"port {port} is in use by another program; choose another --port"]


def test_the_function_table_is_printed_before_the_ready_line(host: RunningHost) -> None:
    text = "".join(host.output)
    hello, ready = text.index("hello: [GET] http://127.0.0.1:"), text.index("functions_host ready on ")
    assert hello < ready
    assert "\tthree: orchestrationTrigger" in text
    assert f"worker started pid={host.worker_pid()}" in text


def test_local_settings_reach_the_worker_unless_set_already_and_configure_cors(tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(APPS / "basic", app)
    values = {"FROM_FILE": "file", "FROM_BOTH": "file", "AzureWebJobs.tick.Disabled": "true"}
    document = {"Values": values, "Host": {"CORS": "http://web.test", "CORSCredentials": True}}
    (app / "local.settings.json").write_text(json.dumps(document))
    override = {"AzureFunctionsJobHost__extensions__http__routePrefix": "v2", "FROM_BOTH": "environment"}
    host = RunningHost(tmp_path, app, **override)
    try:
        assert host.get("/v2/settings").json == {"FROM_FILE": "file", "FROM_BOTH": "environment", "TASKHUB": "Tests"}
        assert "tick" not in {each["name"] for each in host.get("/admin/functions").json}
        answer = host.get("/v2/hello", Origin="http://web.test")
        assert answer.headers["Access-Control-Allow-Origin"] == "http://web.test"
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Access-Control-Allow-Origin" not in host.get("/v2/hello", Origin="http://other.test").headers
        asked = {"Origin": "http://web.test", "Access-Control-Request-Method": "POST"}
        preflight = host.request("OPTIONS", "/v2/echo", headers=asked)
        assert (preflight.status, preflight.headers["Access-Control-Allow-Methods"]) == (204, "POST")
    finally:
        host.stop()


def test_the_func_command_drives_the_host_from_the_folder_of_the_app(tmp_path: Path) -> None:
    command = [str(ROOT / "local" / "bin" / "func"), "start", "--port", "0", "--verbose"]
    environment = {"PATH": "/usr/bin:/bin", "TASKHUB": "T", "TICK": "0 0 1 1 1 *"}
    with subprocess.Popen(
        command, cwd=APPS / "basic", env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert any("functions_host ready on" in line for line in process.stdout)
        process.terminate()
        assert process.wait(timeout=10) == 0
