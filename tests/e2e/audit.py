"""What the log itself says, read with the product's own code from the stack's database."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.protocol.cards import CardClosed, CardOpened
from shared.protocol.durable import ChatResponse, ToolCallStarted
from shared.protocol.events import StoredEvent
from shared.settings import ServiceAddress
from tests.e2e.stack import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A conversation's log as stored."""

    head: Head
    events: tuple[StoredEvent, ...]

    def assert_sound(self) -> None:
        """No gap in `seq`, each event once, one end per turn that ended."""
        assert [event.seq for event in self.events] == list(range(1, self.head.seq + 1))
        ends = Counter(event.turn_id for event in self.events if isinstance(event, ChatResponse))
        assert all(count == 1 for count in ends.values()), ends
        facts = Counter(_fact(event) for event in self.events)
        assert [fact for fact, count in facts.items() if count > 1] == []

    def of_type(self, kind: str) -> list[StoredEvent]:
        return [event for event in self.events if event.type == kind]


def _fact(event: StoredEvent) -> tuple[str, ...]:
    card = isinstance(event, CardOpened | CardClosed)
    names = ("question_id",) if card else ("call_id", "message_id", "turn_id", "source")
    subjects = (getattr(event, name, None) for name in names)
    # A call that asked a person for something begins again with the answer.
    number = event.round if isinstance(event, ToolCallStarted) else 0
    return (event.type, next((subject for subject in subjects if subject is not None), ""), str(number))


def audit(stack: Stack, conversation_id: str) -> Audit:
    # Playwright keeps a loop running in this thread, so the log is read in another.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_audit(stack, conversation_id))).result()


async def _audit(stack: Stack, conversation_id: str) -> Audit:
    settings = stack.settings()
    credential = azure_credential()
    cosmos = Cosmos(ServiceAddress(connection_string=settings["COSMOS"]), credential, settings["COSMOS_DATABASE"])
    try:
        log = EventLog(cosmos)
        # The head first: what is appended meanwhile, such as a title, is not asked for.
        head = (await log.head(conversation_id)).head
        events = await log.events_after(conversation_id, 0, 10_000)
        return Audit(head=head, events=tuple(event for event in events if event.seq <= head.seq))
    finally:
        await cosmos.close()
        await credential.close()
