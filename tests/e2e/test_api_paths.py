"""Requests as no client library would send them: paths that lead elsewhere, methods nobody serves, bodies too large."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
SERVED = {path: {method.upper() for method in methods} for path, methods in DOCUMENT["paths"].items()}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"}
ELSEWHERE = [
    "/api/sessions/..%2f..%2fhead",
    "/api/sessions/%2e%2e/%2e%2e/admin/host/status",
    "/api/sessions/../../admin/host/status",
    "/api/sessions/..\\..\\head",
    "/api/sessions/s_1%00",
    "/api/sessions/s_1%0d%0aX-Injected:%20yes",
    "/api/sessions/%ff%fe",
    "/api/sessions/%ed%a0%80",
    "/api/sessions/%c0%ae%c0%ae",
    "/api/sessions/%",
    "/api/sessions/%u0073",
    "/api/sessions/s_1;a=b",
    "/api/sessions/%E2%80%AE",
    "/api/sessions/" + "a" * 5000,
    "//api/sessions",
    "/api//sessions/s_1",
    "/api/sessions/s_1/events/1",
    "/api/memory/entries/a%2Fb",
    "/api/connections/..%2fcrm",
]


class _Raw:
    """One person's requests, sent as they are written."""

    def __init__(self, stack: Stack) -> None:
        self._host = urlsplit(stack.url("functions_host")).netloc
        self._token = stack.token("chi")

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._host, timeout=20)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            sent = {"Authorization": f"Bearer {self._token}", **headers}
            if body is not None:
                sent |= {"Content-Length": str(len(body))}
            for name, value in sent.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture
def raw(stack: Stack) -> Iterator[_Raw]:
    asked = _Raw(stack)
    before = asked.ask("GET", "/api/memory"), asked.ask("GET", "/api/sessions")[2]
    yield asked
    assert (asked.ask("GET", "/api/memory")[2], asked.ask("GET", "/api/sessions")[2]) == (before[0][2], before[1])


@pytest.mark.parametrize("path", SERVED)
def test_a_method_nobody_serves_is_refused(raw: _Raw, path: str) -> None:
    where = "/api" + path.replace("{session_id}", "s_1").replace("{message_id}", "t_1.1").replace("{", "").replace(
        "}", ""
    )
    for method in sorted(METHODS - SERVED[path] - {"HEAD"}):
        status, _, body = raw.ask(method, where)
        assert status in {400, 404, 405, 501}, (method, status, body[:200])
        assert b"Traceback" not in body


@pytest.mark.parametrize("path", ELSEWHERE)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_a_path_that_leads_elsewhere_leads_nowhere(raw: _Raw, method: str, path: str) -> None:
    body = b'{"title": "x"}' if method == "PATCH" else None
    status, headers, told = raw.ask(method, path.replace("\\", "%5c"), body, Content_Type="application/json")
    assert 400 <= status < 500, (status, told[:200])
    assert "x-injected" not in headers
    assert b"Traceback" not in told
    assert b"workerPid" not in told


@pytest.mark.parametrize("path", ["/api/sessions", "/api/memory/entries", "/api/chat/negotiate", "/api/mcp"])
def test_a_body_of_megabytes_is_refused_or_ignored(raw: _Raw, path: str) -> None:
    status, _, told = raw.ask("POST", path, b" " * 5_000_000, Content_Type="application/json")
    assert status == (200 if path.endswith("negotiate") else 413), told[:200]


def test_the_answer_to_another_origin_lets_it_read_nothing(raw: _Raw) -> None:
    for method in ("GET", "OPTIONS"):
        _, headers, _ = raw.ask(
            method, "/api/sessions", Origin="https://evil.example", Access_Control_Request_Method="GET"
        )
        assert headers.get("access-control-allow-origin") in {None, ""}
