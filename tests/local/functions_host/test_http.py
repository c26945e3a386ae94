import pytest

from tests.local.functions_host.running import RunningHost

pytestmark = pytest.mark.xdist_group("functions_host_shared")

_MEGABYTE = 1024 * 1024


def test_a_route_answers_under_the_prefix_whatever_its_case(host: RunningHost) -> None:
    assert host.get("/api/hello").body == b"hello"
    assert host.get("/API/Hello/").body == b"hello"
    assert host.get("/hello").status == 404
    assert host.get("/apihello").status == 404


def test_parameters_query_and_headers_reach_the_function(host: RunningHost) -> None:
    seen = host.get("/api/items/7/a%20b?x=1&x=2&empty=", **{"X-Probe": "p"}).json
    assert seen["params"] == {"id": "7", "part": "a b"}
    assert seen["query"] == {"x": "1,2"}
    assert seen["header"] == "p"
    assert seen["url"] == f"http://127.0.0.1:{host.port}/api/items/7/a%20b?x=1&x=2&empty="


def test_an_optional_part_may_be_missing_and_a_constraint_must_hold(host: RunningHost) -> None:
    assert host.get("/api/items/7").json["params"] == {"id": "7"}
    assert host.get("/api/items/seven").status == 404
    assert host.get("/api/items/99999999999").status == 404


def test_a_literal_segment_wins_over_a_parameter(host: RunningHost) -> None:
    assert host.get("/api/items/special").body == b"special"


def test_a_catch_all_takes_the_rest_of_the_path(host: RunningHost) -> None:
    assert host.get("/api/files/a/b/c.txt").body == b"a/b/c.txt"


def test_a_method_that_is_not_listed_is_not_found(host: RunningHost) -> None:
    assert host.request("DELETE", "/api/hello").status == 404
    assert host.request("HEAD", "/api/hello").status == 404


def test_the_webhook_validation_reaches_the_function(host: RunningHost) -> None:
    answer = host.request("OPTIONS", "/api/echo", headers={"WebHook-Request-Origin": "example.test"})
    assert (answer.status, answer.headers["WebHook-Allowed-Origin"]) == (200, "example.test")


def test_binary_bodies_survive_both_ways(host: RunningHost) -> None:
    body = bytes(range(256)) * 300
    answer = host.request("POST", "/api/echo", body)
    assert answer.body == body
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_bodies_up_to_100_megabytes_pass_and_larger_ones_are_refused(host: RunningHost) -> None:
    assert host.request("POST", "/api/size", b"x" * (100 * _MEGABYTE)).body == str(100 * _MEGABYTE).encode()
    assert host.request("POST", "/api/size", b"x" * (100 * _MEGABYTE + 1)).status == 413


def test_a_chunked_body_does_not_reach_the_function(host: RunningHost) -> None:
    answer = host.request("POST", "/api/size", b"4\r\nabcd\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})
    assert (answer.status, answer.body) == (200, b"0")


def test_cookies_become_separate_header_lines(host: RunningHost) -> None:
    answer = host.get("/api/cookies")
    assert answer.status == 201
    assert answer.headers.get_all("Set-Cookie") == [
        "a=1; Path=/; HttpOnly; SameSite=Lax",
        "b=2; Max-Age=60; Expires=Wed, 21 Oct 2065 07:28:00 GMT; Secure",
    ]


def test_a_plain_string_is_an_answer(host: RunningHost) -> None:
    answer = host.get("/api/text")
    assert (answer.status, answer.body, answer.headers.get_content_type()) == (200, b"plain", "text/plain")


def test_a_function_that_raises_answers_500_and_leaves_its_stack_in_the_log(host: RunningHost) -> None:
    assert host.get("/api/boom").status == 500
    host.wait_for_output("ValueError: boom")


def test_without_configured_origins_no_cors_header_is_added(host: RunningHost) -> None:
    assert "Access-Control-Allow-Origin" not in host.get("/api/hello", Origin="http://web.test").headers


def test_status_and_functions_are_listed(host: RunningHost) -> None:
    status = host.get("/admin/host/status").json
    assert status["state"] == "Running"
    assert status["workerPid"] > 0
    names = {each["name"] for each in host.get("/admin/functions").json}
    assert {"hello", "three", "tick"} <= names
    assert host.get("/admin/functions/hello").json["name"] == "hello"
    assert host.get("/admin/functions/nothing").status == 404


def test_a_timer_function_can_be_started_by_hand(host: RunningHost) -> None:
    assert host.request("POST", "/admin/functions/tick", {"input": ""}).status == 202
    host.wait_for_note("tick end")


@pytest.mark.parametrize("name", ["hello", "three"])
def test_other_functions_cannot_be_started_by_hand(host: RunningHost, name: str) -> None:
    assert host.request("POST", f"/admin/functions/{name}", {"input": ""}).status == 400
