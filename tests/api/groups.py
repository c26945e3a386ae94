"""Several people's use of the groups API, by the functions the host would call."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import azure.functions as func

from api.functions import api_blueprint
from shared.event_log.documents import MemberDocument
from shared.identity import Principal
from tests.api.sessions import Reply
from tests.support.functions import NO_ENGINES, Handler, functions_of, runtime_of
from tests.support.world import World


@dataclass(eq=False)
class Room:
    """A world with the functions over it."""

    world: World

    @cached_property
    def functions(self) -> dict[str, Handler]:
        return functions_of(api_blueprint(runtime_of(self.world), NO_ENGINES))

    def person(self, name: str = "Ada", *roles: str) -> "Somebody":
        """Return a signed-in person nobody else in the store is."""
        principal = self.world.person(f"tenant.{name.lower()}")
        self.world.tokens.known[principal] = Principal(
            id=principal,
            tenant="tenant",
            name=name,
            email=None,
            roles=frozenset(roles or {"Sales"}),
            groups=(),
            expires_at=self.world.clock(),
        )
        return Somebody(room=self, id=principal, name=name)

    async def member(self, group_id: str, person: "Somebody") -> MemberDocument | None:
        epoch = (await self.world.head(group_id)).epoch
        return await self.world.members.one(group_id, person.id, epoch)

    async def standing(self, group_id: str, person: "Somebody") -> str | None:
        """Return state and role in one; None for who never was there."""
        member = await self.member(group_id, person)
        return None if member is None else f"{member.state} {member.role}"

    async def group(self, owner: "Somebody", *members: "Somebody", role: str = "member", title: str = "Deals") -> str:
        """Return a new group to which everybody named belongs."""
        invited = [{"principal": member.id, "role": role} for member in members]
        made = await owner.asks_for("create_group", body={"title": title, "members": invited})
        assert made.status == 201, made.json
        group_id: str = made.json["group_id"]
        for member in members:
            assert (await member.asks_for("accept_invitation", group_id)).status == 200
        return group_id


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A signed-in person."""

    room: Room
    id: str
    name: str

    async def asks_for(
        self,
        name: str,
        group_id: str | None = None,
        *,
        body: object = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        path: dict[str, str] | None = None,
        **named: str,
    ) -> Reply:
        """Call the function `api_<name>`; `body` is sent as JSON unless it is bytes. `named` are in its path."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = func.HttpRequest(
            method="GET",
            url="/api/x",
            headers={"Authorization": f"Bearer {self.id}"} | (headers or {}),
            params=query or {},
            route_params=(path or {}) | named | ({} if group_id is None else {"group_id": group_id}),
            body=sent,
        )
        response = await self.room.functions[f"api_{name}"](request)
        return Reply(
            status=response.status_code,
            body=response.get_body(),
            headers=dict(response.headers),
            media_type=response.mimetype or "",
        )

    async def groups(self, **query: str) -> list[dict[str, Any]]:
        """Return the whole list, page by page."""
        found: list[dict[str, Any]] = []
        before: str | None = None
        while True:
            place = {} if before is None else {"before": before}
            page = (await self.asks_for("list_groups", query=query | place)).json
            found += page["groups"]
            before = page["next"]
            if before is None:
                return found

    async def titles(self, **query: str) -> list[str]:
        return [group["title"] for group in await self.groups(**query)]

    async def removes(self, group_id: str, person: "Somebody") -> Reply:
        return await self.asks_for("remove_member", group_id, principal=person.id)

    async def makes_link(self, group_id: str, **link: object) -> str:
        """Return the token of a new link."""
        made = await self.asks_for("invite_to_group", group_id, body={"link": link})
        assert made.status == 201, made.json
        return made.json["token"]

    async def joins(self, token: str) -> Reply:
        return await self.asks_for("join_group", body={"token": token})
