"""A group that begins with a part of a private session: what was said, never what only the asker may see."""

from dataclasses import dataclass
from typing import Any

import pytest

from group_chat import copying
from shared.errors import StoreUnavailable
from shared.event_log.shapes import Draft, NewEvent
from shared.protocol.durable import MessageCreated, ToolCallCompleted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import SYSTEM, Participant, TextPart
from tests.api.groups import Room, Somebody
from tests.orchestration.turns import Turn
from tests.support.client import Client
from tests.support.doubles import answer, asks


@dataclass(frozen=True, kw_only=True)
class Private:
    """Somebody's session."""

    ada: Somebody
    client: Client
    session_id: str

    async def asks(self, question: str, text: str) -> Turn:
        accepted = await self.client.ask(question)
        turn = Turn(self.client.world, self.client, self.session_id, accepted["turn_id"], accepted["seq"])
        await turn.step(0, *answer(text))
        await turn.finish()
        return turn

    async def happens(self, event_id: str, event: StoredEvent) -> None:
        new = NewEvent(id=event_id, event=event)
        await self.client.world.log.append(self.session_id, lambda head: Draft(events=(new,), head=head))

    async def seq(self) -> int:
        return (await self.client.world.head(self.session_id)).seq


async def _private(room: Room) -> Private:
    ada = room.person("Ada")
    client = await room.world.client(ada.id)
    return Private(ada=ada, client=client, session_id=await client.open())


async def _said(room: Room, group_id: str) -> list[MessageCreated]:
    return [event for event in await room.world.events(group_id) if isinstance(event, MessageCreated)]


async def _copied(room: Room, group_id: str) -> list[tuple[str, str]]:
    said = await _said(room, group_id)
    return [(event.author.name, "".join(p.text for p in event.parts if isinstance(p, TextPart))) for event in said]


async def test_a_part_of_a_session_is_copied_with_who_said_it_and_when_and_the_session_stays(room: Room) -> None:
    private = await _private(room)
    await private.asks("Not this", "Nor this")
    first = await private.seq() + 1
    room.world.clock.advance(60)
    turn = await private.asks("How is Contoso?", "It grows.")
    last = await private.seq()
    await private.asks("Nor that", "Nor that")
    before = await room.world.events(private.session_id)
    made = await private.ada.asks_for(
        "copy_session_to_group",
        session_id=private.session_id,
        body={"title": "Contoso", "from_seq": first, "to_seq": last},
    )
    assert (made.status, made.json["copied"], made.json["left_out"]) == (201, 2, 0)
    group_id = made.json["group"]["group_id"]
    assert made.headers["Location"] == f"/api/groups/{group_id}"
    said = {event.type: event.at for event in before if getattr(event, "turn_id", None) == turn.turn_id}
    name = private.ada.id.rsplit(".", 1)[-1].title()
    asked, told = said["message.created"], said["message.completed"]
    assert await _copied(room, group_id) == [(name, "How is Contoso?"), ("Coach", "It grows.")]
    copies = await _said(room, group_id)
    assert [event.said_at for event in copies] == [asked, told]
    assert {event.actor.id for event in copies} == {private.ada.id}
    export = await private.ada.asks_for("export_group", group_id)
    assert f"*Copied by Ada from a private conversation of {told}*\n\nIt grows." in export.body.decode()
    types = await room.world.types(group_id)
    assert types == ["participant.joined", "title.updated", "message.created", "message.created"]
    assert (await room.world.events(group_id))[-1].actor.id == private.ada.id
    assert await room.world.events(private.session_id) == before
    assert (await room.world.head(group_id)).active_turn is None


async def test_no_tool_call_and_no_result_is_copied(room: Room) -> None:
    private = await _private(room)
    accepted = await private.client.ask("Look it up")
    turn = Turn(room.world, private.client, private.session_id, accepted["turn_id"], accepted["seq"])
    step = await turn.step(0, *asks(("crm__find", '{"name": "SECRET ARGUMENT"}')))
    await turn.call(step.calls[0])
    await turn.step(1, *answer("Found it."))
    await turn.finish()
    made = await private.ada.asks_for(
        "copy_session_to_group",
        session_id=private.session_id,
        body={"title": "Contoso", "from_seq": 1, "to_seq": await private.seq()},
    )
    group_id = made.json["group"]["group_id"]
    stored = repr(await room.world.cosmos.query("groups", "SELECT * FROM c", {}, group_id))
    assert "Found it." in stored
    for kept in ("SECRET ARGUMENT", "find says hi", "tool_call"):
        assert kept not in stored


async def test_what_a_result_for_the_asker_alone_may_have_gone_into_stays_behind(room: Room) -> None:
    private = await _private(room)
    await private.asks("Before", "A clean answer")
    result = ToolCallCompleted(
        actor=SYSTEM,
        call_id="t_x.0.0",
        turn_id="t_x",
        server="hr",
        tool="salary",
        status="completed",
        preview="4711",
        ms=1,
        readers="asker",
    )
    await private.happens("t_x.0.0.completed", result)
    await private.asks("And now?", "It is 4711")
    made = await private.ada.asks_for(
        "copy_session_to_group",
        session_id=private.session_id,
        body={"title": "Contoso", "from_seq": 1, "to_seq": await private.seq()},
    )
    assert (made.json["copied"], made.json["left_out"]) == (3, 1)
    words = [text.rpartition("\n")[2] for _, text in await _copied(room, made.json["group"]["group_id"])]
    assert words == ["Before", "A clean answer", "And now?"]


async def test_what_was_taken_back_is_not_copied(room: Room) -> None:
    private = await _private(room)
    turn = await private.asks("Frist", "One")
    told = await private.client.send(
        {
            "type": "message.edit",
            "conversation_id": private.session_id,
            "message_id": f"{turn.turn_id}.q",
            "content": "First",
        }
    )
    assert told.event["type"] == "command.accepted"
    made = await private.ada.asks_for(
        "copy_session_to_group",
        session_id=private.session_id,
        body={"title": "x", "from_seq": 1, "to_seq": await private.seq()},
    )
    assert [text.rpartition("\n")[2] for _, text in await _copied(room, made.json["group"]["group_id"])] == ["First"]


async def test_a_copy_that_was_cut_short_goes_on_where_it_ended_and_is_made_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = await _private(room)
    for n in range(120):
        author = Participant(kind="person", id=private.ada.id, name="Ada")
        said = MessageCreated(actor=author, message_id=f"m{n}", author=author, parts=(TextPart(text=f"No {n}"),))
        await private.happens(f"m{n}.created", said)
    body = {"title": "Long", "from_seq": 1, "to_seq": await private.seq()}

    async def copy() -> tuple[int, dict[str, object]]:
        reply = await private.ada.asks_for(
            "copy_session_to_group",
            session_id=private.session_id,
            body=body,
            headers={"Idempotency-Key": "one"},
        )
        return reply.status, reply.json

    publish, sent = copying.publish, list[int]()

    async def crash(*given: Any) -> None:
        sent.append(1)
        if len(sent) == 2:
            raise StoreUnavailable("The process ends here.")
        await publish(*given)

    monkeypatch.setattr(copying, "publish", crash)
    assert (await copy())[0] == 503
    monkeypatch.undo()
    (first_status, first), (_, again) = await copy(), await copy()
    assert (first_status, first, first["copied"]) == (201, again, 120)
    (group,) = await private.ada.groups()
    words = [text.rpartition("\n")[2] for _, text in await _copied(room, group["group_id"])]
    assert words == [f"No {n}" for n in range(120)]


async def test_nothing_to_copy_and_a_session_of_somebody_else_are_refused_and_leave_no_group(room: Room) -> None:
    private, eve = await _private(room), room.person("Eve")
    await private.asks("How is Contoso?", "It grows.")
    body = {"title": "x", "from_seq": 1, "to_seq": 100}
    foreign = await eve.asks_for("copy_session_to_group", session_id=private.session_id, body=body)
    assert (foreign.status, foreign.code) == (404, "conversation_not_found")
    for part in ({"from_seq": 90, "to_seq": 99}, {"from_seq": 5, "to_seq": 1}):
        empty = await private.ada.asks_for("copy_session_to_group", session_id=private.session_id, body=body | part)
        assert (empty.status, empty.code) == (404, "message_not_found")
    assert (await eve.groups(), await private.ada.groups()) == ([], [])
