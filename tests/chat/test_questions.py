import asyncio
from datetime import timedelta

from shared import ids
from shared.people import GRANT_SECONDS
from shared.protocol.durable import MessageCreated, TitleUpdated
from tests.chat.asking import STRANGER, asking, full, waiting_turns
from tests.orchestration.turns import new_turn
from tests.support.world import World


async def test_the_first_question_takes_the_floor_and_starts_its_turn(world: World) -> None:
    client, session_id = await asking(world)
    accepted = await client.ask("How is Contoso?", client_message_id="m1", command_id="c1")
    turn_id = ids.turn_id(session_id, client.principal, "m1")
    assert (accepted["turn_id"], accepted["message_id"]) == (turn_id, f"{turn_id}.q")
    assert (accepted["position"], accepted["seq"], accepted["command_id"]) == (0, 1, "c1")
    (request,) = world.engine.started
    head = await world.head(session_id)
    assert (request.conversation_id, request.turn_id, request.question_seq) == (session_id, turn_id, 1)
    assert request.manifest_id == head.manifest_id is not None
    assert await world.types(session_id) == ["message.created", "turn.started", "title.updated"]


async def test_everyone_in_the_audience_gets_the_events_as_they_are_stored(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask()
    stored = [event.model_dump(mode="json") for event in await world.events(session_id)]
    assert world.hub.to(ids.audience_group(session_id)) == stored


async def test_the_first_question_gives_the_session_its_title(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("What   should I say\nabout " + "price " * 20)
    (title,) = [event for event in await world.events(session_id) if isinstance(event, TitleUpdated)]
    assert title.title == "What should I say about price price price price price price …"
    assert (await world.head(session_id)).title == title.title
    await client.ask("Something else")
    assert (await world.types(session_id)).count("title.updated") == 1


async def test_questions_in_between_wait_in_the_order_they_came(world: World) -> None:
    _, session_id, turns = await full(world)
    head = await world.head(session_id)
    assert head.active_turn is not None
    assert [head.active_turn.turn_id, *waiting_turns(head)] == turns
    assert world.engine.started_ids == turns[:1]
    types = await world.types(session_id)
    assert types.count("turn.queued") == 5


async def test_a_sixth_waiting_question_is_refused(world: World) -> None:
    client, session_id, _ = await full(world)
    before = await world.log.head(session_id)
    told = await client.send({"type": "query", "content": "One more", "client_message_id": "m9"})
    assert told.code == "queue_full"
    assert await world.log.head(session_id) == before


async def test_a_resend_is_found_even_when_the_queue_is_full(world: World) -> None:
    client, session_id, turns = await full(world)
    again = await client.ask("Question 3", client_message_id="m3")
    assert (again["turn_id"], again["position"]) == (turns[3], 3)
    told = await client.send({"type": "query", "content": "Other words", "client_message_id": "m3"})
    assert told.code == "message_conflict"
    assert len(waiting_turns(await world.head(session_id))) == 5


async def test_the_same_question_twice_is_one_turn_with_the_same_answer(world: World) -> None:
    client, session_id = await asking(world)
    first = await client.ask("Hello", client_message_id="m1")
    again = await client.ask("Hello", client_message_id="m1")
    assert again == first
    assert (await world.types(session_id)).count("message.created") == 1
    assert set(world.engine.started_ids) == {first["turn_id"]}


async def test_five_copies_at_once_are_one_turn(world: World) -> None:
    client, session_id = await asking(world)
    answers = await asyncio.gather(*(client.ask("Hello", client_message_id="m1") for _ in range(5)))
    assert {event["turn_id"] for event in answers} == {answers[0]["turn_id"]}
    assert await world.types(session_id) == ["message.created", "turn.started", "title.updated"]


async def test_two_questions_at_once_both_count_and_one_has_the_floor(world: World) -> None:
    client, session_id = await asking(world)
    answers = await asyncio.gather(client.ask("One"), client.ask("Two"))
    assert sorted(event["position"] for event in answers) == [0, 1]
    await world.events(session_id)


async def test_the_same_message_id_with_other_words_is_a_conflict(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("Hello", client_message_id="m1")
    told = await client.send({"type": "query", "content": "Goodbye", "client_message_id": "m1"})
    assert (told.code, told.event["client_message_id"]) == ("message_conflict", "m1")
    assert (await world.types(session_id)).count("message.created") == 1


async def test_the_same_message_id_means_another_message_for_another_person_or_session(world: World) -> None:
    client, session_id = await asking(world)
    other, other_session = await asking(world)
    first = await client.ask("Hello", client_message_id="m1")
    second = await other.ask("Hello", client_message_id="m1")
    assert first["turn_id"] != second["turn_id"]
    assert len(await world.events(session_id)) == len(await world.events(other_session)) == 3


async def test_a_resend_after_the_turn_ended_does_not_run_it_again(world: World) -> None:
    client, session_id, turns = await full(world)
    await client.send({"type": "turn.stop", "conversation_id": session_id, "turn_id": turns[5]})
    world.engine.started.clear()
    again = await client.ask("Question 5", client_message_id="m5")
    assert (again["turn_id"], again["position"]) == (turns[5], None)
    assert world.engine.started == []


async def test_a_question_whose_turn_could_not_be_started_is_delivered_again_and_asked_once(world: World) -> None:
    client, session_id = await asking(world)
    world.engine.down = True
    headers = client.headers()
    frame = b'{"type":"query","content":"Hello"}'
    reply = await world.upstream.handle("POST", headers, frame)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    world.engine.down = False
    reply = await world.upstream.handle("POST", headers, frame)
    assert reply.status == 200
    assert len(world.engine.started) == 1
    assert (await world.types(session_id)).count("message.created") == 1


async def test_a_question_that_could_not_be_published_is_published_by_the_next_delivery(world: World) -> None:
    client, session_id = await asking(world)
    world.hub.refuse = lambda _: True
    headers = client.headers()
    frame = b'{"type":"query","content":"Hello"}'
    assert (await world.upstream.handle("POST", headers, frame)).status == 503
    world.hub.refuse = lambda _: False
    assert (await world.upstream.handle("POST", headers, frame)).status == 200
    assert world.hub.types(ids.audience_group(session_id))[:2] == ["message.created", "turn.started"]


async def test_a_plain_client_needs_only_content(world: World) -> None:
    client, session_id = await asking(world)
    headers = client.headers("message")
    frame = b'{"type":"query","content":"Hello"}'
    replies = [await world.upstream.handle("POST", headers, frame) for _ in range(2)]
    assert replies[0].status == 200
    assert replies[0].body == replies[1].body
    assert await world.types(session_id) == ["message.created", "turn.started", "title.updated"]
    next_event = await client.send(frame, "message")
    assert next_event.event["position"] == 1


async def test_surrounding_blanks_do_not_belong_to_the_question(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask("  Hello \n")
    (question, *_) = await world.events(session_id)
    assert isinstance(question, MessageCreated)
    assert question.parts[0].model_dump()["text"] == "Hello"


async def test_asking_in_another_persons_session_looks_like_asking_nowhere(world: World) -> None:
    _, session_id = await asking(world)
    stranger = await world.client(STRANGER)
    frame = {"type": "query", "content": "Let me in"}
    foreign = await stranger.send(frame | {"session_id": session_id})
    missing = await stranger.send(frame | {"session_id": "s_01KJPWD6M0RB3JDFC7JAMXTS1V"})
    assert foreign.code == "conversation_not_found"
    assert foreign.timeless() == missing.timeless()
    assert await world.events(session_id) == ()


async def test_a_sign_in_too_long_ago_asks_for_a_new_one(world: World) -> None:
    client, session_id = await asking(world)
    world.clock.advance(GRANT_SECONDS + 1)
    told = await client.send({"type": "query", "content": "Still there?"})
    assert (told.code, told.event["fault"]) == ("sign_in_stale", "auth")
    assert await world.events(session_id) == ()


async def test_the_running_time_of_a_turn_counts_from_when_it_took_the_floor(world: World) -> None:
    client, session_id = await asking(world)
    await client.ask()
    head = await world.head(session_id)
    assert head.active_turn is not None
    assert head.active_turn.started == world.clock().timestamp()
    assert head.active_turn.deadline == (world.clock() + timedelta(seconds=120)).timestamp()


async def test_a_question_sent_again_after_its_end_tells_nothing_of_that_end(world: World) -> None:
    turn = await new_turn(world, "How is Contoso?")
    await turn.finish("failed")
    key = ids.question_message(turn.turn_id)
    created = await world.log.event(turn.session_id, ids.created(key))
    assert isinstance(created, MessageCreated)
    world.hub.sent.clear()
    again = await turn.client.ask("How is Contoso?", client_message_id=created.client_message_id)
    assert again["turn_id"] == turn.turn_id
    assert "chat_response" not in world.hub.types(ids.audience_group(turn.session_id))
