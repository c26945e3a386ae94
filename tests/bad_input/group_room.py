"""What was said and done in a person's groups, over connections to the hub of groups."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from group_chat.commands import GroupCommands
from group_chat.dependencies import GroupDependencies
from group_chat.membership import leave
from group_chat.service import Deeds, GroupService
from shared import ids
from shared.event_log.head import OpenCard
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.cards import CardOpened
from shared.protocol.durable import MessageCompleted, ToolCallCompleted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH, SYSTEM, TextPart
from shared.upstream import Upstream
from tests.bad_input.holding import Holding
from tests.group_chat.room import ListeningEngine
from tests.support.client import Client, Told
from tests.support.doubles import ACCESS_KEY
from tests.support.world import World

FENCE = "f"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupClient:
    """A connection to the hub of groups."""

    client: Client
    upstream: Upstream

    async def connect(self) -> "GroupClient":
        reply = await self.upstream.handle("POST", self.headers("connect"), b"{}")
        assert reply.status == 204, reply
        self.client.state = reply.headers["ce-connectionState"]
        return self

    def headers(self, event: str = "command", **changes: str) -> dict[str, str]:
        return self.client.headers(event, **({"hub": "group_chat"} | changes))

    async def send(self, frame: object, **changes: str) -> Told:
        body = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        reply = await self.upstream.handle("POST", self.headers(**changes), body)
        assert reply.status == 200, (reply.status, reply.body)
        self.client.state = reply.headers.get("ce-connectionState", self.client.state)
        return Told(reply=reply, event=json.loads(reply.body))

    async def accepted(self, kind: str, **fields: Any) -> dict[str, Any]:
        told = await self.send({"type": kind, **fields})
        assert told.event["type"] == "command.accepted", told.event
        return told.event

    async def says(self, group: str, content: str, key: str) -> dict[str, Any]:
        return await self.accepted("group.message", group_id=group, content=content, client_message_id=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The group a person is a member of; `hidden` and `card_of_mate` are for the mate alone."""

    client: GroupClient
    group: str
    mine: str
    theirs: str
    gone: str
    watched: str
    private: str
    hidden: str
    answer: str
    call: str
    card: str
    card_of_mate: str
    turn: str
    also: str
    used_key: str = "mine"


def upstream_of(deps: GroupDependencies, engine: ListeningEngine) -> Upstream:
    """Return the webhook of the hub, put together as in the app."""

    async def nobody(authorization: str | None) -> None:
        raise AssertionError("signatures prove the sender here")

    deeds = Deeds(do=partial(GroupCommands(deps).run, engine), leave=partial(leave, deps))
    service = GroupService(deps, deeds)
    keys = (ACCESS_KEY.encode(),)
    return Upstream("group_chat", service, host="service.example", keys=keys, prover=nobody, now=deps.now)


async def room_of(world: World, upstream: Upstream, who: Holding) -> Room:
    groups = who.groups
    group = groups.joined
    await world.sign_in(groups.mate)
    me = await GroupClient(client=Client(world, who.person), upstream=upstream).connect()
    mate = await GroupClient(client=Client(world, groups.mate), upstream=upstream).connect()
    mine = (await me.says(group, "Good morning, all.", "mine"))["message_id"]
    theirs = (await mate.says(group, "Good morning.", "theirs"))["message_id"]
    gone = (await me.says(group, "I take this back.", "gone"))["message_id"]
    await me.accepted("message.delete", conversation_id=group, message_id=gone)
    watched = (await mate.says(groups.observed, "Somebody watches.", "watched"))["message_id"]
    turn = (await me.says(group, "@coach what is next?", "asked"))["turn_id"]
    also = (await mate.says(group, "@coach also look at Fabrikam.", "also"))["turn_id"]
    private, hidden, answer = (f"t_{name}.1" for name in ("private", "hidden", "open"))
    call, card, card_of_mate = "t_open.0.0", "t_card.0.0.q1", "t_mates.0.0.q1"
    events: dict[str, StoredEvent] = {
        ids.completed(private): _answer(private, who.person),
        ids.completed(hidden): _answer(hidden, groups.mate),
        ids.completed(answer): _answer(answer, None),
        ids.completed(call): _call(call),
        ids.opened(card): _card(card, who.person),
        ids.opened(card_of_mate): _card(card_of_mate, groups.mate),
    }
    await _happens(world, group, events)
    return Room(
        client=me,
        group=group,
        mine=mine,
        theirs=theirs,
        gone=gone,
        watched=watched,
        private=private,
        hidden=hidden,
        answer=answer,
        call=call,
        card=card,
        card_of_mate=card_of_mate,
        turn=turn,
        also=also,
    )


async def _happens(world: World, group: str, events: dict[str, StoredEvent]) -> None:
    """Append what a turn would, and what waits for a person."""
    new = tuple(NewEvent(id=event_id, event=event) for event_id, event in events.items())
    expires = world.clock().timestamp() + 3600
    cards = tuple(
        OpenCard(question_id=event.question_id, turn_id=event.turn_id, expires=expires)
        for event in events.values()
        if isinstance(event, CardOpened)
    )
    done = await world.log.append(
        group, lambda head: Draft(events=new, head=head.model_copy(update={"cards": (*head.cards, *cards)}))
    )
    assert done.status == "appended"


def _answer(message_id: str, only: str | None) -> MessageCompleted:
    return MessageCompleted(
        actor=COACH,
        author=COACH,
        message_id=message_id,
        turn_id=message_id.partition(".")[0],
        step=1,
        parts=(TextPart(text="It grows."),),
        finish="stop",
        audience=None if only is None else (only,),
    )


def _call(call_id: str) -> ToolCallCompleted:
    return ToolCallCompleted(
        actor=SYSTEM,
        call_id=call_id,
        turn_id="t_open",
        server="crm",
        tool="find",
        status="completed",
        preview="7",
        ms=5,
    )


def _card(question_id: str, owner: str) -> CardOpened:
    turn, _, _ = question_id.partition(".")
    return CardOpened(
        actor=COACH,
        question_id=question_id,
        turn_id=turn,
        call_id=f"{turn}.0.0",
        owner=owner,
        kind="approval",
        message="May I?",
        fence=FENCE,
        expires_at="2026-03-03T09:00:00.000Z",
        server="crm",
        tool="write",
        audience=(owner,),
        others_see="outline",
    )
