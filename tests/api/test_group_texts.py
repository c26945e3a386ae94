"""Exporting and searching groups: for one person, what that person may see."""

from api.session_texts import MARKDOWN
from shared import ids
from shared.protocol.durable import MessageCompleted
from shared.protocol.group import MessageDeleted, MessageEdited, MessageShared
from shared.protocol.shapes import COACH, Participant, TextPart, ToolCallPart
from tests.api.groups import Room, Somebody
from tests.group_chat.saying import happens, says


def _as(person: Somebody) -> Participant:
    return Participant(kind="person", id=person.id, name=person.name)


async def _answers(room: Room, group_id: str, turn: str, text: str, *, only: Somebody | None = None) -> str:
    message_id = ids.step_message(turn, 0)
    answer = MessageCompleted(
        actor=COACH,
        message_id=message_id,
        turn_id=turn,
        step=0,
        author=COACH,
        parts=(TextPart(text=text),),
        finish="stop",
        audience=None if only is None else (only.id,),
    )
    await happens(room.world, group_id, ids.completed(message_id), answer)
    return message_id


async def _texts(person: Somebody, group_id: str) -> list[str]:
    exported = (await person.asks_for("export_group", group_id, query={"format": "json"})).json
    return [message["text"] for message in exported["messages"]]


async def _finds(person: Somebody, words: str) -> list[str]:
    page = (await person.asks_for("search_groups", query={"q": words})).json
    return [hit["match"] + hit["after"] for group in page["groups"] for hit in group["found"]]


async def test_an_export_and_a_search_hold_what_one_may_see_and_no_more(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    await says(room.world, group_id, ada.id, "Contoso: hello all")
    await says(room.world, group_id, bob.id, "Contoso: between us", only=(bob.id, ada.id))
    await _answers(room, group_id, "t_1", "Contoso: for everybody")
    await _answers(room, group_id, "t_2", "Contoso: for Bob alone", only=bob)
    room_words = ["Contoso: hello all", "Contoso: for everybody"]
    seen = {
        ada: ["Contoso: hello all", "Contoso: between us", "Contoso: for everybody"],
        bob: ["Contoso: hello all", "Contoso: between us", "Contoso: for everybody", "Contoso: for Bob alone"],
        eve: room_words,
    }
    for person, texts in seen.items():
        assert await _texts(person, group_id) == texts
        assert await _finds(person, "contoso") == texts[::-1]
    assert await _finds(eve, "alone") == []
    exported = (await bob.asks_for("export_group", group_id, query={"format": "json"})).json
    assert [message["private"] for message in exported["messages"]] == [False, True, False, True]
    assert exported["people"] == ["Ada", "Bob", "Eve"]
    document = await eve.asks_for("export_group", group_id)
    assert document.media_type == MARKDOWN
    assert "between us" not in document.body.decode()
    assert "hello all" in document.body.decode()


async def test_a_newcomer_exports_and_finds_nothing_of_before_where_the_group_says_so(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada)
    await ada.asks_for("change_group", group_id, body={"settings": {"history": "from_joining"}})
    await says(room.world, group_id, ada.id, "Contoso before")
    await ada.asks_for("invite_to_group", group_id, body={"principal": bob.id})
    await bob.asks_for("accept_invitation", group_id)
    await says(room.world, group_id, ada.id, "Contoso after")
    assert (await _texts(bob, group_id), await _finds(bob, "contoso")) == (["Contoso after"], ["Contoso after"])
    assert await _finds(ada, "contoso") == ["Contoso after", "Contoso before"]


async def test_what_was_edited_reads_as_it_does_now_and_what_was_deleted_is_nowhere(room: Room) -> None:
    ada, bob, eve = room.person("Ada"), room.person("Bob"), room.person("Eve")
    group_id = await room.group(ada, bob, eve)
    edited = await says(room.world, group_id, ada.id, "Frist Contoso")
    gone = await says(room.world, group_id, ada.id, "Secret Contoso")
    whisper = await says(room.world, group_id, ada.id, "A word", only=(ada.id, bob.id))
    for message_id, text in ((edited, "First Contoso"), (whisper, "Whispered Contoso")):
        change = MessageEdited(actor=_as(ada), message_id=message_id, parts=(TextPart(text=text),))
        await happens(room.world, group_id, f"{message_id}.edited", change)
    await happens(room.world, group_id, f"{gone}.deleted", MessageDeleted(actor=_as(ada), message_id=gone))
    assert await _texts(bob, group_id) == ["First Contoso", "Whispered Contoso"]
    assert await _texts(eve, group_id) == ["First Contoso"]
    for words, found in (("frist", []), ("first", ["First Contoso"]), ("secret", [])):
        assert await _finds(bob, words) == found
    assert await _finds(bob, "whispered") == ["Whispered Contoso"]
    assert await _finds(eve, "whispered") == []


async def test_what_was_shared_is_there_for_everybody(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    message_id = await _answers(room, group_id, "t_1", "Contoso buys", only=ada)
    assert (await _texts(bob, group_id), await _finds(bob, "contoso")) == ([], [])
    shared = MessageShared(actor=_as(ada), message_id=message_id, turn_id="t_1", parts=(TextPart(text="Contoso buys"),))
    await happens(room.world, group_id, f"{message_id}.shared", shared)
    assert (await _texts(bob, group_id), await _finds(bob, "contoso")) == (["Contoso buys"], ["Contoso buys"])


async def test_a_call_for_its_asker_is_exported_to_others_without_what_was_asked_and_found(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    group_id = await room.group(ada, bob)
    call = ToolCallPart(call_id="t_1.0.0", server="crm", tool="find", arguments='{"name": "Contoso"}')
    step = MessageCompleted(
        actor=COACH,
        message_id="t_1.0",
        turn_id="t_1",
        step=0,
        author=COACH,
        parts=(TextPart(text="I look."), call),
        finish="tools",
        audience=(ada.id,),
        others_see="outline",
    )
    await happens(room.world, group_id, ids.completed("t_1.0"), step)
    mine, others = [
        (await person.asks_for("export_group", group_id, query={"format": "json"})).json["messages"][0]["calls"]
        for person in (ada, bob)
    ]
    assert (mine[0]["arguments"], others[0]["arguments"]) == ('{"name": "Contoso"}', "{}")
    assert await _finds(bob, "I look") == ["I look."]


async def test_a_search_looks_at_names_and_at_no_group_one_is_not_in(room: Room) -> None:
    ada, bob = room.person("Ada"), room.person("Bob")
    mine = await room.group(ada, title="Fabrikam deals")
    other = await room.group(bob, title="Fabrikam secrets")
    await bob.asks_for("invite_to_group", other, body={"principal": ada.id})
    page = (await ada.asks_for("search_groups", query={"q": "fabrikam"})).json
    assert [(group["group_id"], group["title_matches"]) for group in page["groups"]] == [(mine, True)]
    assert page["next"] is None
