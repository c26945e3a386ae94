"""Requests: the good one of each endpoint, which every bad one differs from in one thing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import azure.functions as func

from tests.bad_input.holding import Holding
from tests.bad_input.scene import Scene

PROBLEM = "application/problem+json"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to an endpoint; `body` is an object, or bytes as they are."""

    path: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Any = None

    def at(self, **path: str) -> "Request":
        return replace(self, path={**self.path, **path})

    def asking(self, **query: str) -> "Request":
        return replace(self, query={**self.query, **query})

    def under(self, headers: Mapping[str, str]) -> "Request":
        return replace(self, headers={**self.headers, **headers})

    def saying(self, **body: object) -> "Request":
        return replace(self, body={**(self.body or {}), **body})

    def without(self, name: str) -> "Request":
        if name in self.query:
            return replace(self, query={key: value for key, value in self.query.items() if key != name})
        return replace(self, body={key: value for key, value in self.body.items() if key != name})

    def raw(self, body: bytes) -> "Request":
        return replace(self, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        return json.loads(self.body)


def good_requests(scene: Scene, who: Holding) -> dict[str, Request]:
    """Return a request for each endpoint that it would answer with what was asked for."""
    session = {"session_id": who.session}
    day = scene.world.clock().date().isoformat()
    return {
        "list_sessions": Request(query={"limit": "5", "archived": "false"}),
        "create_session": Request(body={"temporary": False}, headers={"Idempotency-Key": "k"}),
        "read_session": Request(path=session),
        "change_session": Request(path=session, body={"title": "Contoso", "pinned": True}),
        "delete_session": Request(path=session),
        "read_events": Request(path=session, query={"after": "0", "limit": "5"}),
        "export_session": Request(path=session, query={"format": "json"}),
        "search_sessions": Request(query={"q": "pipeline"}),
        "answer_manifest": Request(path=session | {"message_id": who.answer}),
        "memory": Request(),
        "switch_memory": Request(body={"enabled": True}, headers={"If-Match": "*"}),
        "add_memory_entry": Request(body={"kind": "fact", "text": "I like tea."}, headers={"Idempotency-Key": "k"}),
        "change_memory_entry": Request(path={"entry_id": who.entry}, body={"kind": "fact", "text": "I like tea."}),
        "delete_memory_entry": Request(path={"entry_id": who.entry}),
        "empty_memory": Request(headers={"If-Match": "*"}),
        "list_connections": Request(),
        "forget_connection": Request(path={"server": "crm"}),
        "oauth_start": Request(query={"card": _link(scene, who)}),
        "oauth_client": Request(),
        "view_catalog": Request(query={"as": "Sales"}),
        "feedback": Request(query={"from": day, "to": day}),
        "tool_feedback": Request(query={"from": day, "to": day, "server": "crm", "tool": "find"}),
        "admin_prompts": Request(),
        "admin_usage": Request(query={"since": day, "until": day, "team": "North"}),
        "admin_security": Request(query={"day": day, "kind": "admin_access", "person": who.person, "limit": "5"}),
        "openapi": Request(),
    }


def _link(scene: Scene, who: Holding) -> str:
    url = scene.sign_in_url("crm", who.card.question_id, who.person, who.carded)
    return url.partition("card=")[2]


async def ask(scene: Scene, name: str, request: Request, who: Holding | None) -> Reply:
    """Send the request to the function that serves the endpoint, signed in as `who` unless it says otherwise."""
    endpoint = scene.endpoints[name]
    headers = {} if who is None else {"Authorization": scene.authorization(who)}
    content: bytes = request.body if isinstance(request.body, bytes) else b""
    if request.body is not None and not isinstance(request.body, bytes):
        content = json.dumps(request.body).encode()
        headers["Content-Type"] = JSON
    sent = func.HttpRequest(
        method=endpoint.method,
        url=f"https://coach.example/api/{endpoint.path}",
        headers={key: value for key, value in {**headers, **request.headers}.items() if value != LEFT_OUT},
        params=dict(request.query),
        route_params=dict(request.path),
        body=content,
    )
    call: Callable[..., Any] = scene.functions[f"api_{name}"]
    response = await (call(sent, durable="{}") if endpoint.moves_turns else call(sent))
    return Reply(
        status=response.status_code,
        media_type=response.mimetype or "",
        headers=dict(response.headers),
        body=response.get_body(),
    )


LEFT_OUT = "left out"
"""The value of a header that is not sent."""
