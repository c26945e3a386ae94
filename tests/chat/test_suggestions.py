"""What to ask next is made for whoever's client shows it: the turn knows by which connection it was asked."""

from typing import Any

import pytest

from shared import ids
from shared.event_log import floor, parking
from shared.event_log.head import Head, OpenCard, Steer, TurnInQueue
from shared.turns import TurnRequest, active_request
from tests.chat.asking import asking
from tests.orchestration.turns import new_turn
from tests.shared.event_log.logs import AT
from tests.support.doubles import answer
from tests.support.world import World

SHOWS = ["streaming", "suggestions"]


@pytest.mark.parametrize(("capabilities", "suggests"), [(SHOWS, True), (["suggestions"], True), (["streaming"], False)])
async def test_a_turn_knows_whether_its_asker_is_shown_what_to_ask_next(
    world: World, capabilities: list[str], *, suggests: bool
) -> None:
    client = await world.client(world.person())
    await client.open(capabilities=capabilities)
    await client.ask()
    assert [request.suggests for request in world.engine.started] == [suggests]


async def test_a_message_put_into_a_turn_knows_it_too(world: World) -> None:
    turn = await new_turn(world)
    await turn.client.open(session_id=turn.session_id, capabilities=SHOWS)
    put = await turn.client.ask("And by the way?", steer=True)
    (steer,) = (await world.head(turn.session_id)).steers
    assert (steer.turn_id, steer.suggests) == (put["turn_id"], True)


@pytest.mark.parametrize("command", ["message.edit", "message.regenerate"])
async def test_asking_again_counts_by_the_connection_it_is_done_over(world: World, command: str) -> None:
    turn = await new_turn(world)
    await turn.step(0, *answer("Fine."))
    await turn.finish()
    await turn.client.open(session_id=turn.session_id, capabilities=SHOWS)
    edits = command == "message.edit"
    message_id = ids.question_message(turn.turn_id) if edits else ids.step_message(turn.turn_id, 0)
    frame: dict[str, Any] = {"type": command, "conversation_id": turn.session_id, "message_id": message_id}
    told = await turn.client.send(frame | ({"content": "In other words?"} if edits else {}))
    assert told.event["type"] == "command.accepted", told.event
    assert [request.suggests for request in world.engine.started] == [False, True]


async def test_a_later_question_over_a_connection_without_it_is_not_for_suggestions(world: World) -> None:
    client, session_id = await asking(world)
    await client.open(session_id=session_id, capabilities=SHOWS)
    await client.open(session_id=session_id, capabilities=["streaming"])
    await client.ask()
    assert [request.suggests for request in world.engine.started] == [False]


def test_it_is_kept_in_the_queue_at_cards_and_as_a_steer_that_nobody_used() -> None:
    head = Head(owner="o", created_at=AT, updated_at=AT)
    head = floor.ask(head, TurnInQueue(turn_id="a", asker="o", question_seq=1, suggests=True), 0.0)
    head = floor.ask(head, TurnInQueue(turn_id="b", asker="o", question_seq=2), 0.0)
    head = floor.steer(head, Steer(turn_id="s", asker="o", question_seq=3, characters=1, suggests=True))
    head = parking.park(head, "a", [OpenCard(question_id="a.0.0.q1", turn_id="a", expires=60.0)], 1.0)
    assert _request(head) == ("s", True)
    head = floor.end(head, "s", 2.0)
    assert _request(head) == ("b", False)
    head = floor.end(parking.close(head, "a.0.0.q1", 3.0), "b", 4.0)
    assert _request(head) == ("a", True)


def test_a_request_of_a_turn_begun_before_there_was_such_a_thing_is_read() -> None:
    request = TurnRequest(
        conversation_id="s_1", turn_id="t", asker="o", team="x", question_seq=1, manifest_id=None, trace=None
    )
    text = request.text().replace(',"suggests":false', "")
    assert "suggests" not in text
    assert TurnRequest.from_text(text) == request


def _request(head: Head) -> tuple[str, bool]:
    request = active_request("s_1", head)
    assert request is not None
    return request.turn_id, request.suggests
