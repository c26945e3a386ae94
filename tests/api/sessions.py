"""One person's use of the sessions API, by the functions the host would call."""

import json
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from api.functions import api_blueprint
from tests.support.client import Client
from tests.support.functions import NO_ENGINES, functions_of, runtime_of, signed_in
from tests.support.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str]
    media_type: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A signed-in person with a socket; `client` is the socket."""

    world: World
    id: str
    client: Client

    async def asks_for(
        self,
        name: str,
        session_id: str | None = None,
        *,
        body: object = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Call the function `api_<name>`; `body` is sent as JSON unless it is bytes."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = func.HttpRequest(
            method="GET",
            url="/api/x",
            headers={"Authorization": "Bearer good"} | (headers or {}),
            params=query or {},
            route_params={} if session_id is None else {"session_id": session_id},
            body=sent,
        )
        response = await functions_of(api_blueprint(runtime_of(self.world), NO_ENGINES))[f"api_{name}"](request)
        return Reply(
            status=response.status_code,
            body=response.get_body(),
            headers=dict(response.headers),
            media_type=response.mimetype or "",
        )

    async def titles(self, **query: str) -> list[str]:
        """Return the titles of the whole list, page by page."""
        found: list[str] = []
        before: str | None = None
        while True:
            place = {} if before is None else {"before": before}
            page = (await self.asks_for("list_sessions", query=query | place)).json
            found += [session["title"] for session in page["sessions"]]
            before = page["next"]
            if before is None:
                return found

    async def begins(self, *questions: str) -> list[str]:
        """Ask each question in a session of its own, a minute apart; returns their ids."""
        opened: list[str] = []
        for question in questions:
            self.world.clock.advance(60)
            opened.append(await self.client.open())
            await self.client.ask(question)
        return opened


async def person(world: World) -> Person:
    principal = signed_in(world)
    return Person(world=world, id=principal, client=await world.client(principal))
