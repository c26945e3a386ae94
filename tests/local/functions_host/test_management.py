import pytest

from tests.local.functions_host.running import RunningHost, wait_until

pytestmark = pytest.mark.xdist_group("functions_host_shared")

_API = "/runtime/webhooks/durabletask"


def test_an_instance_is_started_and_read_over_http(host: RunningHost) -> None:
    started = host.request("POST", f"{_API}/orchestrators/three/by-http", 5)
    assert (started.status, started.json["id"]) == (202, "by-http")
    document = host.wait_for("by-http")
    assert (document["name"], document["input"], document["output"]) == ("three", 5, 8)
    assert host.get(f"{_API}/instances/by-http?showInput=false").json["input"] is None
    assert host.get(f"{_API}/instances/by-http").status == 200


def test_a_running_instance_answers_202_with_its_location(host: RunningHost) -> None:
    host.begin("two_events", "located")
    answer = host.get(f"{_API}/instances/located")
    assert answer.status == 202
    assert answer.headers["Location"].endswith("/instances/located")
    assert answer.headers["Retry-After"] == "10"


def test_an_event_can_be_raised_over_http(host: RunningHost) -> None:
    host.begin("two_events", "http-event")
    for value in (1, 2):
        path = f"{_API}/instances/http-event/raiseEvent/answer"
        assert host.request("POST", path, value).status == 202
    assert host.wait_for("http-event")["output"] == [1, 2]
    assert host.request("POST", f"{_API}/instances/http-event/raiseEvent/answer", 3).status == 410
    assert host.request("POST", f"{_API}/instances/none/raiseEvent/answer", 3).status == 404
    assert host.request("POST", f"{_API}/instances/none/raiseEvent/answer", b"{").status == 400


def test_a_terminated_instance_keeps_the_reason(host: RunningHost) -> None:
    host.begin("two_events", "ended")
    assert host.request("POST", f"{_API}/instances/ended/terminate?reason=enough").status == 202
    assert host.wait_for("ended", "Terminated")["output"] == "enough"
    assert host.request("POST", f"{_API}/instances/ended/terminate").status == 410


def test_a_suspended_instance_buffers_events_until_it_is_resumed(host: RunningHost) -> None:
    host.begin("two_events", "paused")
    host.wait_for("paused", "Running")
    assert host.request("POST", f"{_API}/instances/paused/suspend").status == 202
    host.wait_for("paused", "Suspended")
    for value in ("a", "b"):
        host.request("POST", "/api/raise/paused/answer", value)
    assert host.run("one", 1)["output"] == 2
    assert host.instance("paused")["runtimeStatus"] == "Suspended"
    assert host.request("POST", f"{_API}/instances/paused/resume").status == 202
    assert host.wait_for("paused")["output"] == ["a", "b"]


def test_only_finished_instances_are_purged(host: RunningHost) -> None:
    host.begin("one", "purged", 1)
    host.wait_for("purged")
    host.begin("two_events", "kept")
    assert host.request("DELETE", f"{_API}/instances/purged").json == {"instancesDeleted": 1}
    assert host.get(f"{_API}/instances/purged").status == 404
    assert host.request("DELETE", f"{_API}/instances/kept").status == 404
    assert host.get(f"{_API}/instances/kept").status == 202


def test_instances_are_listed_by_prefix_status_and_page(host: RunningHost) -> None:
    for n in range(3):
        host.begin("one", f"listed-{n}", n)
        host.wait_for(f"listed-{n}")
    path = f"{_API}/instances?instanceIdPrefix=listed-&runtimeStatus=Completed&top=2"
    first = host.get(path)
    token = first.headers["x-ms-continuation-token"]
    second = host.get(path, **{"x-ms-continuation-token": token})
    assert [each["instanceId"] for each in first.json + second.json] == ["listed-0", "listed-1", "listed-2"]
    assert host.get(f"{_API}/instances?instanceIdPrefix=listed-&runtimeStatus=Failed").json == []
    assert host.get(f"{_API}/instances?runtimeStatus=Odd").status == 400


def test_history_tells_what_happened_in_order(host: RunningHost) -> None:
    host.begin("one", "told", 1)
    host.wait_for("told")
    history = host.get(f"{_API}/instances/told?showHistory=true&showHistoryOutput=true").json["historyEvents"]
    assert [each["EventType"] for each in history] == ["ExecutionStarted", "TaskCompleted", "ExecutionCompleted"]
    started, task, ended = history
    assert (started["FunctionName"], started["Input"]) == ("one", 1)
    assert (task["FunctionName"], task["Result"]) == ("add_one", 2)
    assert started["Timestamp"] <= task["ScheduledTime"] <= task["Timestamp"] <= ended["Timestamp"]
    assert (ended["OrchestrationStatus"], ended["Result"]) == ("Completed", 2)
    bare = host.get(f"{_API}/instances/told?showHistory=true").json["historyEvents"]
    assert not any("Result" in each or "Input" in each for each in bare)


def test_history_shows_failures_children_timers_and_what_is_still_under_way(host: RunningHost) -> None:
    host.begin("parent", "story", {"name": "failing", "input": {"text": "why"}, "id": "story-child"})
    host.wait_for("story", "Failed")
    history = host.get(f"{_API}/instances/story?showHistory=true").json["historyEvents"]
    assert [each["EventType"] for each in history][1:] == ["SubOrchestrationInstanceFailed", "ExecutionCompleted"]
    assert (history[1]["FunctionName"], history[2]["OrchestrationStatus"]) == ("failing", "Failed")
    assert "why" in history[1]["Reason"]
    host.begin("sleeper", "dozing", 3000)
    host.wait_for("dozing", "Running")
    waiting = host.get(f"{_API}/instances/dozing?showHistory=true").json["historyEvents"]
    assert [each["EventType"] for each in waiting] == ["ExecutionStarted", "TimerCreated"]


def test_a_finished_instance_is_restarted_with_its_input(host: RunningHost) -> None:
    host.begin("three", "rerun", 10)
    host.wait_for("rerun")
    again = host.request("POST", f"{_API}/instances/rerun/restart").json["id"]
    assert again != "rerun"
    assert host.wait_for(again)["output"] == 13


def test_forbidden_ids_are_refused(host: RunningHost) -> None:
    for instance_id in ("%40bad", "a%23b", "a%0Ab"):
        assert host.request("POST", f"{_API}/orchestrators/one/{instance_id}", 1).status == 400


def test_a_terminated_child_fails_its_parent(host: RunningHost) -> None:
    host.begin("parent", "family", {"name": "two_events", "input": None, "id": "family-child"})
    host.wait_for("family-child", "Running")
    host.request("POST", f"{_API}/instances/family-child/terminate?reason=stop")
    failed = host.wait_for("family", "Failed")
    assert "stop" in failed["output"]


def test_unknown_paths_are_not_found(host: RunningHost) -> None:
    assert host.get(f"{_API}/nothing").status == 404
    assert host.request("POST", f"{_API}/instances/any/nothing").status == 404


def test_a_failed_instance_is_rewound_over_http(host: RunningHost) -> None:
    assert host.begin("fails_once", "rewound", "rewound") == 202
    host.wait_for("rewound", "Failed")
    assert host.request("POST", f"{_API}/instances/rewound/rewind?reason=fixed").status == 202
    assert host.wait_for("rewound")["output"] == ["rewound", "rewound"]
    assert host.notes().count("first rewound") == 1
    assert host.request("POST", f"{_API}/instances/rewound/rewind").status == 410
    assert host.request("POST", f"{_API}/instances/nobody/rewind").status == 404


def test_entities_are_signalled_read_and_listed_over_http(host: RunningHost) -> None:
    entity = f"{_API}/entities/Counter/over http"
    path = entity.replace(" ", "%20")
    assert host.get(path).status == 404
    headers = {"Content-Type": "application/json"}
    assert host.request("POST", f"{path}?op=add", 3, headers).status == 202
    assert host.request("POST", f"{path}?op=add", 4, headers).status == 202
    wait_until(lambda: host.get(path).body == b"7", "both operations are done")
    listed = host.get(f"{_API}/entities/counter?fetchState=true&lastOperationTimeFrom=2020-01-01").json
    (found,) = [each for each in listed if each["entityId"]["key"] == "over http"]
    assert (found["entityId"]["name"], found["state"]) == ("counter", 7)
    assert host.get(f"{_API}/entities?lastOperationTimeTo=2020-01-01T00:00:00Z").json == []
    first = host.get(f"{_API}/entities?top=1")
    assert len(first.json) == 1
    assert "state" not in first.json[0]
    assert host.request("PUT", path).status == 405
    assert host.get(f"{_API}/entities?lastOperationTimeTo=never").status == 400
