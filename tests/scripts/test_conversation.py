"""An operator sees how a conversation stands, nothing that was said, and can have the sweeper look at once."""

import asyncio
import time

import pytest

from scripts.conversation import look_now, main, run
from shared.clock import utc_now
from shared.cosmos import Cosmos
from shared.event_log.head import Claim, Head, TurnInQueue, TurnOnFloor
from shared.event_log.log import EventLog
from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.shared.event_log.logs import AT, adding, new_id

SAID = "Contoso pays nothing"


@pytest.fixture
def log(cosmos: Cosmos) -> EventLog:
    return EventLog(cosmos)


async def _busy(log: EventLog) -> str:
    """Make a conversation whose turn is past its deadline, with one in the queue, to be looked at in a minute."""
    conversation_id, now = new_id(), time.time()
    head = Head(
        owner="tenant.ada",
        title=SAID,
        created_at=AT,
        updated_at=AT,
        active_turn=TurnOnFloor(
            turn_id="t_1", asker="tenant.ada", question_seq=7, started=now - 200, deadline=now - 80
        ),
        queue=(TurnInQueue(turn_id="t_2", asker="tenant.bo", question_seq=9),),
        claim=Claim(check_after=now + 60),
    )
    assert await log.create(conversation_id, head)
    await log.append(conversation_id, adding(SAID))
    return conversation_id


async def _is_due(log: EventLog, conversation_id: str) -> bool:
    claim = (await log.head(conversation_id)).head.claim
    return claim is not None and claim.check_after <= utc_now().timestamp()


async def test_it_says_what_runs_and_waits_and_nothing_that_was_said(log: EventLog) -> None:
    conversation_id = await _busy(log)
    lines = await run(log, conversation_id, looking=False)
    assert lines[0].startswith(f"{conversation_id}: 1 events")
    assert "1 in the queue, 0 parked" in lines[0]
    assert lines[1].startswith("on the floor: t_1 of tenant.ada, question 7")
    assert "deadline 80 s ago" in lines[1]
    assert lines[2] == "waits: t_2 of tenant.bo, question 9"
    assert lines[3].endswith(" s)")
    assert lines[4].split()[0] == "1"
    assert lines[4].endswith("title.updated")
    assert SAID not in "".join(lines)
    assert not await _is_due(log, conversation_id)


async def test_the_sweeper_can_be_made_to_look_with_its_next_run(log: EventLog) -> None:
    conversation_id = await _busy(log)
    lines = await run(log, conversation_id, looking=True)
    assert lines[0] == "the sweeper looks with its next run"
    assert await _is_due(log, conversation_id)
    head = (await log.head(conversation_id)).head
    assert (head.active_turn is not None, head.seq) == (True, 1)


async def test_where_nothing_runs_there_is_nothing_to_look_at(log: EventLog) -> None:
    conversation_id = new_id()
    assert await log.create(conversation_id, Head(owner="tenant.ada", created_at=AT, updated_at=AT))
    assert not await look_now(log, conversation_id, utc_now())
    assert not await _is_due(log, conversation_id)


def test_the_command_says_what_is_missing(cosmos_address: ServiceAddress, capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(main(["s_none"], {})) == 2
    environment = {"COSMOS": str(cosmos_address.connection_string), "COSMOS_DATABASE": DATABASE}
    assert asyncio.run(main(["s_none"], environment)) == 1
    assert "Set COSMOS__serviceUri." in capsys.readouterr().err
