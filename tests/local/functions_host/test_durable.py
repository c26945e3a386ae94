import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local.functions_host.running import RunningHost, wait_until

pytestmark = pytest.mark.xdist_group("functions_host_shared")

_LIMIT = 4 * 1024 * 1024


def test_activities_in_sequence_and_in_parallel_give_their_results(host: RunningHost) -> None:
    assert host.run("three", 1)["output"] == 4
    assert host.run("fan", 150)["output"] == 150 * 151 // 2


def test_a_fan_in_is_not_stalled(host: RunningHost) -> None:
    host.run("fan", 5)
    times: list[float] = []
    for _ in range(15):
        started = time.perf_counter()
        assert host.run("fan", 5)["output"] == 15
        times.append(time.perf_counter() - started)
    assert sorted(times)[7] < 0.09


def test_many_orchestrations_at_once_all_complete(host: RunningHost) -> None:
    def output(n: int) -> int:
        return host.run("three", n)["output"]

    with ThreadPoolExecutor(16) as pool:
        outputs = list(pool.map(output, range(60)))
    assert outputs == [n + 3 for n in range(60)]


def test_a_sub_orchestration_answers_its_parent(host: RunningHost) -> None:
    assert host.run("parent", {"name": "three", "input": 4})["output"] == 7
    failed = host.run("parent", {"name": "failing", "input": {"text": "inner"}})
    assert failed["status"] == "FAILED"
    assert "inner" in failed["error"][1]


def test_a_sub_orchestration_with_the_id_of_a_running_one_fails(host: RunningHost) -> None:
    assert host.begin("two_events", "taken") == 202
    failed = host.run("parent", {"name": "one", "input": 1, "id": "taken"})
    assert "already exists" in failed["error"][1]


def test_a_finished_id_is_replaced_and_a_running_one_refused(host: RunningHost) -> None:
    assert host.begin("one", "again", 1) == 202
    host.wait_for("again")
    assert host.begin("one", "again", 41) == 202
    wait_until(lambda: host.instance("again")["output"] == 42, "the second run is done")
    assert host.begin("two_events", "open") == 202
    assert host.begin("two_events", "open") == 500
    host.wait_for_output("StatusCode.ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("spec", "message"),
    [({"text": "first: second\nthird"}, "first: second"), ({"text": ""}, "RuntimeError"), ({}, "ValueError")],
)
def test_a_failed_activity_carries_the_first_line_of_its_message(
    host: RunningHost, spec: dict[str, str], message: str
) -> None:
    failed = host.run("failing", spec)
    assert failed["status"] == "FAILED"
    assert failed["error"][1].endswith(f"Activity task #1 failed: {message}")


def test_a_retry_policy_calls_the_activity_again(host: RunningHost) -> None:
    before = host.notes().count("fail called")
    assert host.run("failing", {"text": "x", "attempts": 3})["status"] == "FAILED"
    assert host.notes().count("fail called") - before == 3


def test_an_activity_without_input_fails_loudly(host: RunningHost) -> None:
    assert host.run("none_input")["status"] == "FAILED"
    host.wait_for_output("pass a value that is not None")


def test_an_unknown_activity_or_orchestrator_fails_by_name(host: RunningHost) -> None:
    assert "The activity function 'missing' doesn't exist" in host.run("unknown_activity")["error"][1]
    failed = host.run("nowhere")
    assert failed["error"][0] == "InvalidOperationException"
    assert "The orchestrator function 'nowhere' doesn't exist" in failed["error"][1]


def test_a_payload_just_within_the_limit_passes(host: RunningHost) -> None:
    assert host.run("big", _LIMIT - 100)["output"] == _LIMIT - 100


@pytest.mark.parametrize("name", ["big", "big_input", "big_output"])
def test_an_oversize_payload_fails_instead_of_hanging(host: RunningHost, name: str) -> None:
    failed = host.run(name, _LIMIT + 1)
    assert failed["status"] == "FAILED"
    assert "the limit is 4194304" in failed["error"][1]


def test_an_oversize_event_is_refused(host: RunningHost) -> None:
    assert host.begin("two_events", "big-event") == 202
    assert host.request("POST", "/api/raise/big-event/answer", "x" * (_LIMIT + 1)).status == 500


def test_events_are_kept_in_order_and_before_they_are_awaited(host: RunningHost) -> None:
    assert host.begin("two_events", "ordered") == 202
    for value in ("one", "two"):
        assert host.request("POST", "/api/raise/ordered/Answer", value).status == 202
    done = host.wait_for("ordered")
    assert done["output"] == ["one", "two"]
    assert done["customStatus"] == {"first": "one"}


def test_an_event_wins_against_a_timer_and_a_timer_against_silence(host: RunningHost) -> None:
    assert host.begin("approval", "answered", {"s": 60}) == 202
    host.request("POST", "/api/raise/answered/answer", {"ok": True})
    assert host.wait_for("answered")["output"] == {"answer": {"ok": True}}
    assert host.run("approval", {"s": 0.2})["output"] == "late"


def test_an_event_for_a_finished_or_unknown_instance_is_refused(host: RunningHost) -> None:
    host.begin("one", "over", 1)
    host.wait_for("over")
    assert host.request("POST", "/api/raise/over/answer", 1).status == 500
    assert host.request("POST", "/api/raise/never/answer", 1).status == 500
    host.wait_for_output("StatusCode.FAILED_PRECONDITION")
    host.wait_for_output("StatusCode.NOT_FOUND")


def test_timers_of_an_earlier_generation_are_dropped(host: RunningHost) -> None:
    assert host.begin("generations", "generations", {"left": 3, "s": 0.3}) == 202
    host.run("sleeper", 0.8)
    assert host.instance("generations")["runtimeStatus"] == "Running"
    host.request("POST", "/api/raise/generations/go", 1)
    assert host.wait_for("generations")["output"] == "event"


def test_parked_waiters_do_not_stall_others(host: RunningHost) -> None:
    for n in range(40):
        assert host.begin("two_events", f"parked-{n}") == 202
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(host.request, "GET", f"/api/wait/parked-{n}") for n in range(40)]
        started = time.perf_counter()
        assert host.run("one", 1)["output"] == 2
        assert time.perf_counter() - started < 5
        for n in range(40):
            assert host.request("POST", f"/runtime/webhooks/durabletask/instances/parked-{n}/terminate").status == 202
        assert {each.result().body for each in waiting} == {b"TERMINATED"}


def test_an_activity_may_use_a_durable_client(host: RunningHost) -> None:
    assert host.run("starts_other", {"id": "from-activity"})["output"] == "from-activity"
    assert host.wait_for("from-activity")["output"] == 2


def test_blocking_activities_leave_http_alive(host: RunningHost) -> None:
    with ThreadPoolExecutor(2) as pool:
        blocked: list[Any] = [pool.submit(host.run, "blocking", {"s": 1.0}) for _ in range(2)]
        assert host.get("/api/hello").status == 200
        assert not any(each.done() for each in blocked)
        assert [each.result()["output"] for each in blocked] == ["blocked", "blocked"]


def test_entity_operations_of_one_orchestration_keep_their_order(host: RunningHost) -> None:
    assert host.run("count", "order")["output"] == 7


def test_a_critical_section_keeps_other_operations_out(host: RunningHost) -> None:
    def status(_: int) -> str:
        return host.run("locked_increment", "shared")["status"]

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(status, range(8)))
    assert done == ["COMPLETED"] * 8
    assert host.run("read_counter", "shared")["output"] == 8
