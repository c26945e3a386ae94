"""What others are shown of a turn that waits for a person: a new device, and the model in later turns."""

import json

from orchestration.context import history
from orchestration.context_items import WAITING
from shared.model import ToolResult
from tests.orchestration.carded import Carded
from tests.orchestration.turns import Turn
from tests.support.doubles import answer


async def test_a_new_device_is_shown_open_cards_and_parked_turns(carded: Carded) -> None:
    await carded.asks_for("send")
    device = await carded.turn.world.client(carded.turn.client.principal)
    told = await device.send({"type": "session.update", "session_id": carded.turn.session_id})
    card = await carded.card()
    assert told.event["questions"] == [json.loads(card.model_dump_json())]
    assert told.event["questions"][0]["schema"] == card.response_schema
    assert (told.event["parked"], told.event["active_turn"]) == ([carded.turn.turn_id], None)
    await carded.answered("deny")
    told = await device.send({"type": "sync", "conversation_id": carded.turn.session_id, "after": 0})
    assert (told.event["questions"], told.event["parked"]) == ([], [])


async def test_later_turns_are_told_what_waits_and_later_what_came_of_it(carded: Carded) -> None:
    await carded.asks_for("send")
    following = await carded.turn.next_turn()
    world = carded.turn.world

    async def results(turn: Turn) -> list[str]:
        record = await world.log.record(carded.turn.session_id)
        return [item.output for item in history(record, turn.turn_id) if isinstance(item, ToolResult)]

    assert await results(following) == [WAITING]
    await following.step(0, *answer("Meanwhile."))
    await following.finish()
    await carded.answered("approve")
    assert await carded.again() == "completed"
    assert await results(carded.turn) == ["send says hi"]
    await carded.turn.step(1, *answer("Sent."))
    await carded.turn.finish()
    assert await results(await carded.turn.next_turn()) == ["send says hi"]
