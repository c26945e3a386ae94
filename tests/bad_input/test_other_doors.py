"""The doors beside the API's table: negotiating, the webhook, a sign-in's pages, and the coach as an MCP server."""

import json
from typing import Any

import azure.functions as func
import pytest

from shared.errors import BROKEN
from tests.bad_input.asking import Request, ask, good_requests
from tests.bad_input.endpoint_state import NOBODYS
from tests.bad_input.scene import Scene
from tests.bad_input.tokens import bad_headers
from tests.bad_input.values import MALFORMED, NO_ID, NO_TEXT

pytestmark = pytest.mark.asyncio(loop_scope="session")
MCP_HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
JUNK = ["", "x", "..", "a.b.c", "A" * 9000, "\x00", "%00", "<script>alert(1)</script>", "\u202e", "\ud800", "é"]
COOKIES = [
    "",
    "=",
    ";;;",
    "salescoach_sign_in=",
    "salescoach_sign_in=x; a=b",
    "\x00",
    "a" * 9000,
    "$Version=1; x=\u00e9",
]
FUNCTIONS = {
    *(f"BuiltIn__Http{name}" for name in ("Activity", "PollOrchestrator")),
    "chat_negotiate",
    "chat_upstream",
    "group_chat_negotiate",
    "group_chat_upstream",
    "mcp_server",
    "mcp_protected_resource",
    "warmup",
}


def _post(url: str, headers: dict[str, str], body: bytes = b"", method: str = "POST") -> func.HttpRequest:
    return func.HttpRequest(method=method, url=url, headers=headers, body=body)


async def test_there_is_no_door_without_rows(scene: Scene) -> None:
    assert set(scene.functions) == {f"api_{name}" for name in scene.endpoints} | FUNCTIONS


@pytest.mark.parametrize("hub", ["chat", "group_chat"])
async def test_nobody_negotiates_with_a_bad_token(scene: Scene, hub: str) -> None:
    before = await scene.everything()
    for what, header, code in bad_headers(scene, scene.ada):
        headers = {} if header is None else {"authorization": header}
        reply = await scene.functions[f"{hub}_negotiate"](_post(f"https://coach.example/api/{hub}/negotiate", headers))
        told = json.loads(reply.get_body())
        assert (reply.status_code, told["code"], reply.headers["WWW-Authenticate"]) == (401, code, "Bearer"), what
    assert await scene.everything() == before


async def test_what_breaks_at_a_door_is_told_in_the_one_form_and_logged(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(scene.world.memories, "of", broken)
    monkeypatch.setattr(scene.world.people, "remember", broken)
    reply = await ask(scene, "memory", Request(), scene.ada)
    headers = {"authorization": scene.authorization(scene.ada)}
    negotiated = await scene.functions["chat_negotiate"](_post("https://coach.example/api/chat/negotiate", headers))
    for status, body in ((reply.status, reply.body), (negotiated.status_code, negotiated.get_body())):
        told = json.loads(body)
        assert (status, told["code"], told["fault"], told["title"]) == (500, "internal", "app", BROKEN)
    assert caplog.text.count("RuntimeError: the password is swordfish") == 2


@pytest.mark.parametrize("name", ["oauth_start", "oauth_callback"])
async def test_a_page_of_a_sign_in_refuses_junk_in_words(scene: Scene, name: str) -> None:
    before = await scene.everything()
    link = good_requests(scene, scene.ada)["oauth_start"].query["card"]
    rows = [{field: value} for field in ("card", "state", "code", "iss", "error") for value in JUNK]
    rows += [{"card": link[:-4]}, {"card": link[::-1]}, {"state": link, "code": "x"}, {}]
    if name == "oauth_start":
        rows += [{"card": link, "go": value} for value in JUNK if value and len(value) < 9000]
    for query in rows:
        for cookie in COOKIES:
            reply = await ask(scene, name, Request(query=query, headers={"Cookie": cookie}), None)
            assert (reply.status, reply.media_type.partition(";")[0]) == (400, "text/html"), (query, reply.body[:300])
            assert b"<script>" not in reply.body
            assert b"Traceback" not in reply.body
    assert await scene.everything() == before


@pytest.mark.parametrize(
    ("method", "changes", "status"),
    [
        ("OPTIONS", {}, 403),
        ("OPTIONS", {"webhook-request-origin": "*"}, 403),
        ("OPTIONS", {"webhook-request-origin": "evil.example"}, 403),
        ("OPTIONS", {"webhook-request-origin": "service.example.evil.example"}, 403),
        ("POST", {"ce-signature": ""}, 401),
        ("POST", {"ce-signature": "sha256="}, 401),
        ("POST", {"ce-signature": "sha256=" + "0" * 64}, 401),
        ("POST", {"ce-signature": "sha1=" + "0" * 40}, 401),
        ("POST", {"ce-signature": "\u00e9" * 64}, 401),
        ("POST", {"ce-connectionid": ""}, 401),
        ("POST", {"ce-connectionid": "another"}, 401),
        ("POST", {"ce-connectionid": "\u00e9"}, 401),
        ("POST", {"ce-hub": ""}, 400),
        ("POST", {"ce-hub": "group_chat"}, 400),
        ("POST", {"ce-type": ""}, 400),
        ("POST", {"ce-type": "azure.webpubsub.sys.connect.x"}, 400),
        ("POST", {"ce-type": "azure.webpubsub.sys.connect", "ce-userid": ""}, 401),
    ],
)
async def test_the_webhook_refuses_who_cannot_be_the_service(
    scene: Scene, method: str, changes: dict[str, str], status: int
) -> None:
    before = await scene.everything()
    group = scene.room.client
    foreign = {"ce-hub": "chat"} if changes.get("ce-hub") == "group_chat" else {}
    for upstream, headers in (
        (scene.world.upstream, scene.ada.client.headers() | changes),
        (group.upstream, group.headers() | changes | foreign),
    ):
        reply = await upstream.handle(method, headers, b'{"type": "query", "content": "x"}')
        assert reply.status == status
        assert "*" not in reply.headers.values()
    assert await scene.everything() == before


@pytest.mark.parametrize("time", ["", "x", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "2026-03-02T09:00:00"])
async def test_a_webhook_with_a_strange_time_is_answered(scene: Scene, time: str) -> None:
    """Also when something is away, which is when the time decides whether it is delivered again."""
    scene.world.engine.down = True
    try:
        frame = {"type": "turn.stop", "conversation_id": scene.ada.session, "turn_id": scene.ada.turn}
        headers = scene.ada.client.headers(time=time)
        reply = await scene.world.upstream.handle("POST", headers, json.dumps(frame).encode())
        assert reply.status in {200, 503}
    finally:
        scene.world.engine.down = False


async def _mcp(scene: Scene, body: bytes, method: str = "POST", **headers: str) -> func.HttpResponse:
    sent = MCP_HEADERS | {"authorization": scene.authorization(scene.ada)} | headers
    handle: Any = scene.functions["mcp_server"]
    return await handle(_post("https://coach.example/api/mcp", sent, body, method), durable="{}")


async def _conversations(scene: Scene) -> dict[str, Any]:
    """Return everything but the sign-ins: each request of a good token is one."""
    found = await scene.everything()
    found["written"] = [each for each in found["written"] if not each.startswith("credentials/")]
    return {place: held for place, held in found.items() if not place.startswith("credentials/")}


async def test_the_mcp_server_refuses_who_it_does_not_know_and_what_it_does_not_speak(scene: Scene) -> None:
    before = await _conversations(scene)
    for what, header, code in bad_headers(scene, scene.ada):
        reply = await _mcp(scene, b"{}", authorization=header or "")
        assert (reply.status_code, json.loads(reply.get_body())["code"]) == (401, code), what
        assert reply.headers["WWW-Authenticate"].startswith("Bearer resource_metadata="), what
    for what, body in MALFORMED.items():
        reply = await _mcp(scene, body)
        assert 400 <= reply.status_code < 500, (what, reply.get_body())
        assert b"Traceback" not in reply.get_body()
    assert (await _mcp(scene, b"x" * 300_000)).status_code == 413
    for method in ("GET", "DELETE"):
        assert (await _mcp(scene, b"", method)).status_code == 405
    assert await _conversations(scene) == before


BAD_ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, list[object]]]] = {
    "ask_coach": (
        {"question": "How is it?"},
        {"question": [*NO_TEXT, None, "", " ", "\u200b\ufeff", "x" * 32_001], "session_id": [*NO_ID, NOBODYS, "g_1"]},
    ),
    "get_answer": (
        {"session_id": NOBODYS, "turn_id": "t_1"},
        {"session_id": [*NO_ID, None], "turn_id": [*NO_ID, None]},
    ),
    "list_conversations": ({}, {"limit": [0, 51, -1, "two", None, {}, 1.5], "before": [*NO_TEXT, "", "x" * 201]}),
    "read_conversation": (
        {"session_id": NOBODYS},
        {"session_id": [*NO_ID, None, "head"], "after": ["two", "", -1, 1.5, {}, [], None, 2**53]},
    ),
}


@pytest.mark.parametrize("tool", BAD_ARGUMENTS)
async def test_a_tool_of_the_coach_refuses_bad_arguments_in_words(scene: Scene, tool: str) -> None:
    before = await _conversations(scene)
    good, fields = BAD_ARGUMENTS[tool]
    rows = [good | {name: value} for name, values in fields.items() for value in values]
    rows += [good | {"owner": "x"}, good | {"__class__": "x"}, good | {"session_id": scene.bob.session}]
    for arguments in rows:
        call = {"name": tool, "arguments": arguments}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()
        reply = await _mcp(scene, body)
        told = reply.get_body().decode()
        assert reply.status_code == 200, (arguments, told)
        result = json.loads(next(line for line in told.splitlines() if line.startswith("data: "))[6:])
        assert result["result"]["isError"] is True, (arguments, told)
        (said,) = result["result"]["content"]
        assert 10 < len(said["text"]) < 500, said
    assert await _conversations(scene) == before
