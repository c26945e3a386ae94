"""Reading, exporting and searching sessions over HTTP."""

import pytest

from api.session_texts import MARKDOWN
from tests.api.sessions import Person, person
from tests.orchestration.turns import Turn
from tests.support.doubles import answer, asks
from tests.support.world import World


async def _answered(ada: Person, question: str, *, text: str = "It grows.") -> Turn:
    """Ask in the session that is open and have it answered."""
    accepted = await ada.client.ask(question)
    turn = Turn(ada.world, ada.client, accepted_session(ada), accepted["turn_id"], accepted["seq"])
    await turn.step(0, *answer(text))
    await turn.finish()
    return turn


def accepted_session(ada: Person) -> str:
    session_id = ada.client.session_id
    assert session_id is not None
    return session_id


async def test_the_history_comes_in_pages_without_a_gap(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    await _answered(ada, "How is my pipeline?")
    stored = [event.model_dump(mode="json") for event in await world.events(session_id)]
    seen: list[dict[str, object]] = []
    more = True
    while more:
        after = str(seen[-1]["seq"]) if seen else "0"
        page = (await ada.asks_for("read_events", session_id, query={"after": after, "limit": "2"})).json
        assert len(page["events"]) <= 2
        seen += page["events"]
        more = page["more"]
    assert [event["seq"] for event in seen] == [event["seq"] for event in stored]
    assert seen[-1]["response"] == "It grows."
    nothing = (await ada.asks_for("read_events", session_id, query={"after": str(2**53 - 1)})).json
    assert (nothing["events"], nothing["more"]) == ([], False)


async def test_an_export_holds_what_was_said_and_done_but_not_what_was_taken_back(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    turn = await _answered(ada, "Frist question", text="First answer")
    told = await ada.client.send(
        {
            "type": "message.edit",
            "conversation_id": session_id,
            "message_id": f"{turn.turn_id}.q",
            "content": "First question",
        }
    )
    edited = Turn(world, ada.client, session_id, told.event["turn_id"], told.event["seq"])
    step = await edited.step(0, *asks(("crm__find", '{"name": "``` # Contoso"}')))
    await edited.call(step.calls[0])
    await edited.step(1, *answer("Better **answer**"))
    await edited.finish()
    reply = await ada.asks_for("export_session", session_id, query={"format": "json"})
    messages = reply.json["messages"]
    assert [message["text"] for message in messages] == ["First question", "", "Better **answer**"]
    assert [message["coach"] for message in messages] == [False, True, True]
    assert messages[1]["calls"] == [
        {
            "server": "crm",
            "tool": "find",
            "arguments": '{"name": "``` # Contoso"}',
            "status": "completed",
            "result": "find says hi",
        }
    ]
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{session_id}.json"'


async def test_a_markdown_export_reads_as_written_and_nothing_in_it_breaks_out(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    turn = await _answered(ada, "One", text="Two")
    await ada.asks_for("change_session", session_id, body={"title": "# [x](javascript:1) `y`"})
    accepted = await ada.client.ask("Three")
    last = Turn(world, ada.client, session_id, accepted["turn_id"], accepted["seq"])
    await last.step(0, *asks(("crm__find", '{"name": "```"}')))
    reply = await ada.asks_for("export_session", session_id)
    assert reply.media_type == MARKDOWN
    lines = reply.body.decode().splitlines()
    assert lines[0] == r"# \# \[x\](javascript:1) \`y\`"
    assert [line for line in lines if line in {"One", "Two", "Three"}] == ["One", "Two", "Three"]
    fence = lines.index('{"name": "```"}')
    assert (lines[fence - 1], lines[fence + 1]) == ("````", "````")
    assert turn.turn_id not in reply.body.decode()


async def test_words_are_found_in_ones_own_messages_and_titles_only(world: World) -> None:
    eve = await person(world)
    await eve.begins("Eve's renewal with Contoso")
    ada = await person(world)
    await ada.client.open()
    await _answered(ada, "How is CONTOSO doing?", text=f"{'x ' * 60}The renewal with Contoso is due.{' y' * 60}")
    world.clock.advance(60)
    await ada.begins("Something else")
    found = (await ada.asks_for("search_sessions", query={"q": "contoso"})).json
    (session,) = found["sessions"]
    assert (session["title"], session["title_matches"], found["next"]) == ("How is CONTOSO doing?", True, None)
    texts = [(hit["by"], hit["match"]) for hit in session["found"]]
    assert texts == [("coach", "Contoso"), ("person", "CONTOSO")]
    coach = session["found"][0]
    assert coach["before"].startswith("…")
    assert coach["before"].endswith("The renewal with ")
    assert coach["after"].startswith(" is due.")
    assert coach["after"].endswith("…")


async def test_an_answer_is_told_in_plain_words_unless_its_marks_were_looked_for(world: World) -> None:
    ada = await person(world)
    await ada.client.open()
    await _answered(ada, "**Is** Contoso due?", text="## Due\n\n**Contoso** [pricing](https://example.com/list)")
    (session,) = (await ada.asks_for("search_sessions", query={"q": "contoso"})).json["sessions"]
    told = [hit["before"] + hit["match"] + hit["after"] for hit in session["found"]]
    assert told == ["Due Contoso pricing", "**Is** Contoso due?"]
    (session,) = (await ada.asks_for("search_sessions", query={"q": "com/list"})).json["sessions"]
    assert [hit["match"] for hit in session["found"]] == ["com/list"]


@pytest.mark.parametrize("words", ["%", "100%_", "' OR 1=1 --", "\\", '")', "[a-z]+", "nowhere"])
async def test_words_are_words_and_no_pattern(world: World, words: str) -> None:
    ada = await person(world)
    await ada.begins("All good here")
    reply = await ada.asks_for("search_sessions", query={"q": f"{words}x"})
    assert (reply.status, reply.json) == (200, {"sessions": [], "next": None})


async def test_neither_superseded_nor_temporary_nor_deleted_text_is_found(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    turn = await _answered(ada, "Tell me about Fabrikam", text="Fabrikam is fine")
    await ada.client.send(
        {
            "type": "message.edit",
            "conversation_id": session_id,
            "message_id": f"{turn.turn_id}.q",
            "content": "Tell me about Tailspin",
        }
    )
    await ada.asks_for("change_session", session_id, body={"title": "A talk"})
    hidden = (await ada.asks_for("create_session", body={"temporary": True})).json["session_id"]
    await ada.client.open(session_id=hidden)
    await ada.client.ask("Fabrikam, off the record")
    (deleted,) = await ada.begins("Fabrikam again")
    await ada.asks_for("delete_session", deleted)
    assert (await ada.asks_for("search_sessions", query={"q": "Fabrikam"})).json["sessions"] == []
    found = (await ada.asks_for("search_sessions", query={"q": "tailspin"})).json["sessions"]
    assert [session["session_id"] for session in found] == [session_id]


async def test_a_question_answered_again_is_found_once_with_its_last_answer(world: World) -> None:
    ada = await person(world)
    session_id = await ada.client.open()
    turn = await _answered(ada, "What about Woodgrove?", text="Woodgrove: old answer")
    told = await ada.client.send(
        {"type": "message.regenerate", "conversation_id": session_id, "message_id": f"{turn.turn_id}.0"}
    )
    again = Turn(world, ada.client, session_id, told.event["turn_id"], turn.question_seq)
    await again.step(0, *answer("Woodgrove: new answer"))
    (found,) = (await ada.asks_for("search_sessions", query={"q": "woodgrove"})).json["sessions"]
    assert [(hit["by"], hit["match"] + hit["after"]) for hit in found["found"]] == [
        ("coach", "Woodgrove: new answer"),
        ("person", "Woodgrove?"),
    ]
