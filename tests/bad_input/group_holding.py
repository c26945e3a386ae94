"""The groups a person has to do with before somebody sends nonsense, made the way people would make them."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from group_chat.dependencies import GroupDependencies
from group_chat.group_state import group_of
from group_chat.invitations import MOST_LINKS, WantedLink, make_link
from shared.containers import GROUPS, PEOPLE
from shared.event_log.head import Head
from shared.event_log.shapes import Draft
from shared.members import MAX_MEMBERS
from shared.protocol.shapes import Participant
from tests.bad_input.signing import authorization
from tests.shared.issuer import TENANT, Issuer
from tests.support.functions import Handler
from tests.support.world import World

TITLE = "Deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Tokens of links that do not let the person in, but the first."""

    good: str
    revoked: str
    expired: str
    used_up: str
    powerless: str
    removed: str
    archived: str
    full: str
    deleted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHolding:
    """Groups by what the person is in them; `mate` belongs to each, `guest` is invited to those the person owns."""

    mate: str
    guest: str
    owned: str
    led: str
    joined: str
    observed: str
    invited: str
    left: str
    removed: str
    joinable: str
    archived: str
    invited_to_archived: str
    full: str
    deleted: str
    copied: str
    link_id: str
    links: Links

    @property
    def partitions(self) -> tuple[tuple[str, str], ...]:
        groups = (self.owned, self.led, self.joined, self.observed, self.invited, self.left, self.removed)
        others = (self.joinable, self.archived, self.invited_to_archived, self.full, self.deleted, self.copied)
        people = ((PEOPLE, person) for person in (self.mate, self.guest))
        return (*((GROUPS, group) for group in (*groups, *others)), *people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person who uses the API as it is meant."""

    functions: dict[str, Handler]
    id: str
    header: str

    async def asks_for(
        self, name: str, group: str = "", body: object = None, key: str | None = None, **path: str
    ) -> dict[str, Any]:
        headers = {"authorization": self.header} | ({"idempotency-key": key} if key else {})
        sent = b"" if body is None else json.dumps(body).encode()
        where = {"group_id": group} | path if group else path
        request = func.HttpRequest(method="POST", url="/api/x", headers=headers, route_params=where, body=sent)
        response = await self.functions[f"api_{name}"](request)
        assert response.status_code in {200, 201, 204}, (name, response.get_body())
        return json.loads(response.get_body() or b"{}")

    async def begins(self, *invited: tuple[str, str], key: str | None = None) -> str:
        """Begin a group to which these people are invited in these roles."""
        members = [{"principal": person, "role": role} for person, role in invited]
        made = await self.asks_for("create_group", body={"title": TITLE, "members": members}, key=key)
        return made["group_id"]

    async def links(self, group: str, **link: object) -> tuple[str, str]:
        """Make a link and return its id and its token."""
        made = await self.asks_for("invite_to_group", group, {"link": link})
        return made["link"]["invitation_id"], made["token"]

    async def copies(self, session: str, key: str) -> str:
        """Begin a group with a part of a session."""
        part = {"title": TITLE, "from_seq": 1, "to_seq": 100}
        made = await self.asks_for("copy_session_to_group", body=part, key=key, session_id=session)
        return made["group"]["group_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes somebody's groups; the mate owns those in which the person is something less."""

    world: World
    deps: GroupDependencies
    me: Somebody
    mate: Somebody
    guest: str

    async def owned(self, key: str | None = None) -> str:
        group = await self.me.begins((self.mate.id, "member"), (self.guest, "member"), key=key)
        await self.mate.asks_for("accept_invitation", group)
        return group

    async def belonging(self, role: str) -> str:
        group = await self.mate.begins((self.me.id, role))
        await self.me.asks_for("accept_invitation", group)
        return group

    async def left(self) -> str:
        group = await self.belonging("member")
        await self.me.asks_for("remove_member", group, principal="me")
        return group

    async def removed(self) -> tuple[str, str]:
        """Return a group that removed the person, and a link to it."""
        group = await self.belonging("member")
        _, link = await self.mate.links(group)
        await self.mate.asks_for("remove_member", group, principal=self.me.id)
        return group, link

    async def archived(self, group: str, owner: Somebody) -> str:
        await owner.asks_for("change_group", group, {"archived": True})
        return group

    async def deleted(self, key: str) -> tuple[str, str]:
        group = await self.me.begins(key=key)
        _, link = await self.me.links(group)
        await self.me.asks_for("delete_group", group)
        return group, link

    async def fill(self, group: str) -> str:
        """Let there be no room for another person, and return the group."""

        def decide(head: Head) -> Draft:
            full = group_of(head).model_copy(update={"invited": MAX_MEMBERS - group_of(head).people})
            return Draft(events=(), head=head.model_copy(update={"group": full}))

        assert (await self.world.log.append(group, decide)).status == "appended"
        return group

    async def revoked(self, group: str) -> str:
        link_id, token = await self.mate.links(group)
        await self.mate.asks_for("revoke_invitation", group, invitation_id=link_id)
        return token

    async def expired(self, group: str) -> str:
        by = Participant(kind="person", id=self.mate.id, name="Mate")
        wanted = WantedLink(role="member", hours=0, max_uses=1)
        return (await make_link(self.deps, by, group, wanted, "expired")).token or ""

    async def used_up(self, group: str, user: Somebody) -> str:
        _, token = await self.mate.links(group, max_uses=1)
        await user.asks_for("join_group", body={"token": token})
        return token

    async def powerless(self, group: str, maker: Somebody) -> str:
        """Return a link of somebody who was a facilitator when they made it."""
        await self.mate.asks_for("change_member", group, {"role": "facilitator"}, principal=maker.id)
        _, token = await maker.links(group)
        await self.mate.asks_for("change_member", group, {"role": "member"}, principal=maker.id)
        return token

    async def links(self, third: Somebody, group: str, to_archived: str, *, removed: str, deleted: str) -> Links:
        """Return links of the mate's to `group`, which `third` joins, and to others."""
        full = await self.mate.begins()
        link_to_full = await self.mate.links(full)
        await self.fill(full)
        return Links(
            good=(await self.mate.links(group))[1],
            revoked=await self.revoked(group),
            expired=await self.expired(group),
            used_up=await self.used_up(group, third),
            powerless=await self.powerless(group, third),
            removed=removed,
            archived=(await self.mate.links(to_archived))[1],
            full=link_to_full[1],
            deleted=deleted,
        )

    async def full(self) -> str:
        """Return a group with no room for people, and none for links."""
        group = await self.owned()
        for _ in range(MOST_LINKS):
            await self.me.links(group)
        return await self.fill(group)


async def group_holding_of(
    world: World,
    deps: GroupDependencies,
    issuer: Issuer,
    functions: dict[str, Handler],
    object_id: str,
    session: str,
) -> GroupHolding:
    """Make a person's groups. The keys `first`, `copied` and `deleted` are used for `owned` and so on."""

    def somebody(who: str) -> Somebody:
        return Somebody(functions=functions, id=f"{TENANT}.{who}", header=authorization(issuer, world, who))

    me, mate, third = (somebody(who) for who in (object_id, str(uuid.uuid4()), str(uuid.uuid4())))
    maker = Maker(world=world, deps=deps, me=me, mate=mate, guest=f"{TENANT}.{uuid.uuid4()}")
    owned, joinable, to_archived = await maker.owned("first"), await mate.begins(), await mate.begins((me.id, "member"))
    removed, link_of_removed = await maker.removed()
    deleted, link_of_deleted = await maker.deleted("deleted")
    links = await maker.links(third, joinable, to_archived, removed=link_of_removed, deleted=link_of_deleted)
    return GroupHolding(
        mate=mate.id,
        guest=maker.guest,
        owned=owned,
        led=await maker.belonging("facilitator"),
        joined=await maker.belonging("member"),
        observed=await maker.belonging("observer"),
        invited=await mate.begins((me.id, "member")),
        left=await maker.left(),
        removed=removed,
        joinable=joinable,
        archived=await maker.archived(await maker.owned(), me),
        invited_to_archived=await maker.archived(to_archived, mate),
        full=await maker.full(),
        deleted=deleted,
        copied=await me.copies(session, "copied"),
        link_id=(await me.links(owned))[0],
        links=links,
    )
