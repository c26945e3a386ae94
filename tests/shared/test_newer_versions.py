"""What a newer version of the app wrote is read by this one: while both run, and after rolling back."""

import json

from orchestration.messages import StepRequest, StepResult
from shared import ids
from shared.containers import PEOPLE, SESSIONS
from shared.cosmos import Cosmos, Document, Upsert
from shared.event_log import floor
from shared.event_log.head import Head, TurnInQueue
from shared.event_log.log import EventLog
from shared.event_log.shapes import Draft
from shared.memory_store import Memories
from shared.usage.account import Account, Hold
from shared.usage.amounts import Amount
from shared.usage.documents import account_document, account_from
from tests.shared.event_log.logs import adding, new_log, title
from tests.support.doubles import Clock


async def document_in(cosmos: Cosmos, container: str, partition: str, document_id: str) -> Document:
    found = await cosmos.read(container, partition, document_id)
    assert found is not None
    return found


async def change(cosmos: Cosmos, container: str, document: Document) -> None:
    partition = document["principal"] if container == PEOPLE else document["conversation_id"]
    await cosmos.batch(container, partition, [Upsert(document=document)])


def on_the_floor(head: Head) -> Draft:
    waiting = {"turn_id": "t_1", "asker": head.owner, "question_seq": 1}
    turn = {**waiting, "started": 1.0, "deadline": 2.0}
    raw = {**head.model_dump(), "active_turn": turn, "queue": [{**waiting, "turn_id": "t_2"}]}
    return Draft(events=(title("first"),), head=Head.model_validate(raw))


async def test_an_append_leaves_what_a_newer_version_wrote_into_the_head(cosmos: Cosmos) -> None:
    conversation_id = await new_log(EventLog(cosmos))
    await EventLog(cosmos).append(conversation_id, on_the_floor)
    written = await document_in(cosmos, SESSIONS, conversation_id, ids.HEAD)
    written |= {"mood": "good", "usage": written["usage"] | {"audio_tokens": 3}}
    written["active_turn"] |= {"lane": 2}
    written["queue"][0] |= {"lane": 3}
    await change(cosmos, SESSIONS, written)

    await EventLog(cosmos).append(conversation_id, adding("second"))

    head = await document_in(cosmos, SESSIONS, conversation_id, ids.HEAD)
    assert head["seq"] == 2
    assert (head["mood"], head["active_turn"]["lane"], head["queue"][0]["lane"]) == ("good", 2, 3)
    assert "_rid" not in (await EventLog(cosmos).head(conversation_id)).head.model_dump()


def test_a_turn_takes_what_a_newer_version_knows_of_it_from_the_line_to_the_floor() -> None:
    head = Head(owner="tenant.ada", created_at="", updated_at="")
    waiting = TurnInQueue.read({"turn_id": "t_1", "asker": "tenant.ada", "question_seq": 1, "lane": 2})
    active = floor.activate(head, waiting, now=0.0).active_turn
    assert active is not None
    assert active.model_dump()["lane"] == 2


async def test_events_are_read_without_what_a_newer_version_told_with_them(cosmos: Cosmos) -> None:
    log = EventLog(cosmos)
    conversation_id = await new_log(log)
    await log.append(conversation_id, adding("first"))
    written = await document_in(cosmos, SESSIONS, conversation_id, "first")
    written["data"] |= {"emphasis": {"from": 0}}
    await change(cosmos, SESSIONS, written)

    (read,) = (await EventLog(cosmos).record(conversation_id)).events

    assert read.model_dump(mode="json") == (await log.events_after(conversation_id, 0, 1))[0].model_dump(mode="json")
    assert "emphasis" not in read.model_dump()


async def test_a_memory_keeps_what_a_newer_version_wrote_into_it(cosmos: Cosmos) -> None:
    clock = Clock()
    await Memories(cosmos, clock).change("tenant.newer", lambda memory: memory.switched(on=True))
    written = await document_in(cosmos, PEOPLE, "tenant.newer", ids.MEMORY)
    written["memory"] |= {"language": "de"}
    await change(cosmos, PEOPLE, written)

    await Memories(cosmos, clock).change("tenant.newer", lambda memory: memory.switched(on=False))

    assert (await document_in(cosmos, PEOPLE, "tenant.newer", ids.MEMORY))["memory"]["language"] == "de"


def test_an_account_keeps_what_a_newer_version_wrote_into_it() -> None:
    hold = Hold(turn_id="t_1", step=0, held=Amount(tokens=5), expires=9.0)
    written = account_document("tenant.ada", Account(day="2026-03-02", holds=(hold,)))
    written["holds"][0] |= {"lane": 2}

    read = account_from({**written, "_etag": '"1"', "_rid": "r", "_ts": 1, "grace": 7}).account

    again = account_document("tenant.ada", read.model_copy(update={"warned": ("day",)}))
    assert (again["grace"], again["holds"][0]["lane"]) == (7, 2)
    assert not {"_etag", "_rid", "_ts"} & set(again)


def test_what_crosses_a_durable_boundary_may_have_fields_of_a_newer_version() -> None:
    request = StepRequest(
        conversation_id="s_1",
        turn_id="t_1",
        asker="tenant.ada",
        team="North",
        question_seq=1,
        manifest_id=None,
        step=0,
        last=False,
    )
    assert StepRequest.from_text(json.dumps(json.loads(request.text()) | {"lane": 2})) == request
    result = StepResult(outcome="tools", calls=("c_1", "c_2"))
    assert StepResult.from_text(json.dumps(json.loads(result.text()) | {"lane": 2})) == result
