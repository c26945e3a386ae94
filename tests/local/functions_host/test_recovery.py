import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.local.functions_host.running import APPS, RunningHost, wait_until

pytestmark = pytest.mark.xdist_group("functions_host_recovery")


@pytest.fixture(scope="module")
def lasting_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    running = RunningHost(tmp_path_factory.mktemp("struck"))
    yield running
    running.stop()


@pytest.fixture
def struck_host(lasting_host: RunningHost) -> Iterator[RunningHost]:
    """A host whose worker may be killed and whose clock may jump; the fault plan is empty again afterwards."""
    yield lasting_host
    lasting_host.request("PUT", "/admin/chaos", {})


def _starts(host: RunningHost, instance_id: str) -> list[str]:
    return [line for line in host.notes() if line.startswith(f"work started {instance_id}.")]


def test_a_killed_worker_has_its_activity_delivered_again(struck_host: RunningHost) -> None:
    assert struck_host.begin("busy", "mid", {"n": 2, "s": 0.5}) == 202
    struck_host.wait_for_note("work started mid.0")
    dead = struck_host.kill_worker()
    done = struck_host.wait_for("mid")
    assert done["output"] == ["mid.0", "mid.1"]
    starts = _starts(struck_host, "mid")
    assert f"work started mid.0 {dead}" in starts
    assert len([line for line in starts if " mid.0 " in line]) == 2
    assert struck_host.notes().count("work done mid.0") == 1


def test_a_worker_killed_during_an_orchestrator_episode_replays_it(struck_host: RunningHost) -> None:
    plan = {"faults": [{"action": "kill_worker", "kind": "orchestrator", "name": "slow_orchestrator", "after_ms": 100}]}
    assert struck_host.request("PUT", "/admin/chaos", plan).status == 200
    dead = struck_host.worker_pid()
    assert struck_host.begin("slow_orchestrator", "episode", 1) == 202
    assert struck_host.wait_for("episode")["output"] == 2
    assert struck_host.worker_pid() != dead
    assert len([line for line in struck_host.notes() if line == f"episode {dead}"]) == 1


def test_no_turn_is_lost_over_many_kills(struck_host: RunningHost) -> None:
    def begin(instance_id: str) -> int:
        return struck_host.begin("busy", instance_id, {"n": 3, "s": 0.05})

    with ThreadPoolExecutor(8) as pool:
        ids = [f"turn-{n}" for n in range(24)]
        assert set(pool.map(begin, ids)) == {202}
        for _ in range(3):
            struck_host.kill_worker()
        for each in ids:
            assert struck_host.wait_for(each)["output"] == [f"{each}.{n}" for n in range(3)]


def test_an_http_caller_of_a_killed_worker_gets_502_with_the_reason(struck_host: RunningHost) -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(struck_host.get, "/api/slow?s=20")
        struck_host.wait_for_note("slow started")
        dead = struck_host.kill_worker()
        answer = call.result()
    assert answer.status == 502
    assert f"pid {dead}" in answer.body.decode()
    assert struck_host.get("/api/hello").status == 200


def test_a_killed_host_continues_timers_events_activities_and_delayed_starts(own_host: RunningHost) -> None:
    assert own_host.begin("busy", "running", {"n": 2, "s": 0.6}) == 202
    assert own_host.begin("sleeper", "timer", 1.5) == 202
    assert own_host.begin("two_events", "event") == 202
    assert own_host.request("POST", "/api/raise/event/answer", "before").status == 202
    assert own_host.request("POST", "/api/start/one?id=later&delay=3000", 1).status == 202
    assert own_host.begin("sleeper", "far", 9000) == 202
    own_host.wait_for_note("work started running.0")
    own_host.kill()
    own_host.start()
    assert own_host.begin("busy", "running", {"n": 1, "s": 0}) == 500, "a running id stays taken"
    assert own_host.request("POST", "/api/raise/event/answer", "after").status == 202
    assert own_host.wait_for("event")["output"] == ["before", "after"]
    assert own_host.wait_for("timer")["output"] == "woke"
    assert own_host.wait_for("running")["output"] == ["running.0", "running.1"]
    assert len([line for line in _starts(own_host, "running") if " running.0 " in line]) == 2
    assert own_host.instance("later")["runtimeStatus"] == "Pending"
    own_host.request("PUT", "/admin/chaos", {"clock_offset_s": 3600})
    assert own_host.wait_for("later")["output"] == 2
    assert own_host.instance("far")["runtimeStatus"] == "Running"


def test_a_terminated_host_exits_0_its_state_is_kept_and_timers_that_came_due_meanwhile_fire(
    own_host: RunningHost,
) -> None:
    assert own_host.begin("busy", "stopped", {"n": 2, "s": 0.4}) == 202
    assert own_host.run("count", "kept")["output"] == 7
    assert own_host.begin("sleeper", "overdue", 0.6) == 202
    own_host.wait_for("overdue", "Running")
    own_host.wait_for_note("work started stopped.0")
    worker = own_host.worker_pid()
    started = time.monotonic()
    assert own_host.stop() == 0
    assert time.monotonic() - started < 5
    assert not Path(f"/proc/{worker}").exists()
    time.sleep(0.6)  # the timer comes due while nothing runs
    own_host.start()
    assert own_host.wait_for("overdue")["output"] == "woke"
    assert own_host.run("read_counter", "kept")["output"] == 7
    assert own_host.wait_for("stopped")["output"] == ["stopped.0", "stopped.1"]


def test_a_stopping_host_lets_running_requests_finish_even_if_its_worker_is_signalled_too(
    own_host: RunningHost,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(own_host.get, "/api/slow?s=1")
        own_host.wait_for_note("slow started")
        os.kill(own_host.worker_pid(), signal.SIGTERM)
        assert own_host.stop() == 0
        assert (call.result().status, call.result().body) == (200, b"done")


def test_duplicate_delivery_runs_an_activity_twice_and_counts_it_once(struck_host: RunningHost) -> None:
    struck_host.request("PUT", "/admin/chaos", {"duplicate_activities": True})
    assert struck_host.begin("busy", "twice", {"n": 2, "s": 0}) == 202
    assert struck_host.wait_for("twice")["output"] == ["twice.0", "twice.1"]
    assert len(_starts(struck_host, "twice")) == 4
    assert struck_host.get("/admin/chaos/struck").json == {"doubled": {"work": 2}}


def test_an_injected_failure_hits_the_chosen_call_only(struck_host: RunningHost) -> None:
    fault = {"action": "fail", "name": "add_one", "when": "after", "nth": 2, "message": "OSError: injected"}
    struck_host.request("PUT", "/admin/chaos", {"faults": [fault]})
    failed = struck_host.run("three", 1)
    assert failed["error"][1].endswith("Activity task #2 failed: injected")
    assert struck_host.run("three", 1)["output"] == 4


def test_a_plan_that_cannot_strike_is_refused(struck_host: RunningHost) -> None:
    refused = struck_host.request("PUT", "/admin/chaos", {"faults": [{"action": "fail"}]})
    assert refused.status == 400
    assert b"when" in refused.body
    assert struck_host.request("PUT", "/admin/chaos", {"surprise": 1}).status == 400
    assert struck_host.get("/admin/chaos").json["faults"] == []


def test_deliveries_can_be_delayed_all_or_one(struck_host: RunningHost) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        assert struck_host.run("one", 1)["output"] == 2
        return time.perf_counter() - started

    struck_host.request("PUT", "/admin/chaos", {"delay_ms": [150, 160]})
    assert seconds() > 0.45, "two episodes and one activity"
    assert struck_host.get("/admin/chaos/struck").json == {"delayed": {"one": 2, "add_one": 1}}
    fault = {"action": "delay", "name": "add_one", "nth": 1, "after_ms": 300}
    struck_host.request("PUT", "/admin/chaos", {"faults": [fault]})
    assert seconds() > 0.3
    assert seconds() < 0.3


def test_a_jump_of_the_clock_fires_timers(struck_host: RunningHost) -> None:
    assert struck_host.begin("sleeper", "far", 3000) == 202
    struck_host.wait_for("far", "Running")
    struck_host.request("PUT", "/admin/chaos", {"clock_offset_s": 3600})
    assert struck_host.wait_for("far")["output"] == "woke"


def test_a_parent_waits_for_a_child_however_long_it_takes(struck_host: RunningHost) -> None:
    assert struck_host.begin("parent", "patient", {"name": "sleeper", "input": 3000, "id": "slow-child"}) == 202
    struck_host.wait_for("slow-child", "Running")
    struck_host.request("PUT", "/admin/chaos", {"clock_offset_s": 3600})
    assert struck_host.wait_for("patient")["output"] == "woke"


def test_the_function_timeout_kills_the_worker_and_limits_bound_concurrency(tmp_path: Path) -> None:
    prefix = "AzureFunctionsJobHost__"
    override = {
        f"{prefix}functionTimeout": "00:00:01",
        f"{prefix}extensions__durableTask__maxConcurrentActivityFunctions": "1",
    }
    host = RunningHost(tmp_path, APPS / "basic", **override)
    try:
        for name in ("a", "b"):
            host.begin("busy", name, {"n": 1, "s": 0.3})
        host.wait_for("a")
        host.wait_for("b")
        assert [line.split()[1] for line in host.notes()] == ["started", "done", "started", "done"]
        assert host.get("/api/slow?s=20").status == 502
        host.wait_for_output("exceeded functionTimeout")
        assert host.get("/api/hello").status == 200
    finally:
        host.stop()


def test_two_hosts_cannot_share_one_state(host: RunningHost) -> None:
    with pytest.raises(AssertionError, match="does another host use it"):
        RunningHost(host.notes_file.parent)
    assert host.get("/api/hello").status == 200


def test_changed_code_is_loaded_with_reload(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "host.json").write_text('{"version": "2.0"}')
    source = (
        "import azure.functions as func\n"
        "app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)\n"
        "@app.route(route='v')\n"
        "def v(req: func.HttpRequest) -> str:\n    return 'one'\n"
    )
    (app / "function_app.py").write_text(source)
    host = RunningHost(tmp_path, app, "--reload")
    try:
        assert host.get("/api/v").body == b"one"
        (app / "function_app.py").write_text(source.replace("'one'", "'two'"))
        wait_until(lambda: host.get("/api/v").body == b"two", "the new code answers")
        (app / "function_app.py").write_text("import nothing_of_this_name\n")
        host.wait_for_output("nothing_of_this_name")
        (app / "function_app.py").write_text(source.replace("'one'", "'three'"))
        wait_until(lambda: host.get("/api/v").body == b"three", "the mended code answers")
    finally:
        host.stop()
