"""A head this process saw before saves a read; it never decides against anybody."""

import pytest

from shared.cosmos import Cosmos
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Appended, Declined, Draft
from tests.shared.event_log.logs import new_log, title


@pytest.fixture
def here(cosmos: Cosmos) -> EventLog:
    return EventLog(cosmos)


@pytest.fixture
def elsewhere(cosmos: Cosmos) -> EventLog:
    """The same logs, from another process."""
    return EventLog(cosmos)


async def opened_elsewhere(here: EventLog, elsewhere: EventLog) -> str:
    """Return a conversation whose head `here` has seen and `elsewhere` has moved on since."""
    conversation_id = await new_log(here)
    await here.head(conversation_id)
    await elsewhere.append(
        conversation_id, lambda head: Draft(events=(), head=head.model_copy(update={"title": "open"}))
    )
    return conversation_id


async def test_a_decision_against_appending_is_made_on_the_head_as_it_is_now(
    here: EventLog, elsewhere: EventLog
) -> None:
    conversation_id = await opened_elsewhere(here, elsewhere)

    def only_if_open(head: Head) -> Draft | None:
        return Draft(events=(title("a", "A"),), head=head) if head.title == "open" else None

    assert isinstance(await here.append(conversation_id, only_if_open), Appended)


async def test_a_refusal_is_made_on_the_head_as_it_is_now(here: EventLog, elsewhere: EventLog) -> None:
    conversation_id = await opened_elsewhere(here, elsewhere)

    def refuse_unless_open(head: Head) -> Draft:
        if head.title != "open":
            raise CommandRefused("closed")
        return Draft(events=(title("a", "A"),), head=head)

    assert isinstance(await here.append(conversation_id, refuse_unless_open), Appended)


async def test_a_decision_for_appending_holds_only_for_the_head_it_was_made_on(
    here: EventLog, elsewhere: EventLog
) -> None:
    conversation_id = await opened_elsewhere(here, elsewhere)

    def only_while_closed(head: Head) -> Draft | None:
        return None if head.title == "open" else Draft(events=(title("a", "A"),), head=head)

    assert isinstance(await here.append(conversation_id, only_while_closed), Declined)
    assert await here.events_after(conversation_id, 0, 10) == ()
