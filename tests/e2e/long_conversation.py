"""A long conversation of a person, written into a stack's log by the product's own code."""

import asyncio
import json
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from shared import ids
from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.event_log.head import Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Decide, Draft, NewEvent
from shared.protocol.durable import ChatResponse, MessageCompleted, MessageCreated, TurnStarted
from shared.protocol.shapes import COACH, Participant, TextPart
from shared.settings import ServiceAddress
from tests.e2e.stack import Stack

_TURNS_AT_ONCE = 20
ANSWER = """### What to say to Contoso

You have **three open deals** worth *412,000 EUR*, and number {number} is the one to talk about.

| Deal | Stage | Amount |
| --- | --- | ---: |
| Renewal | Negotiation | 240,000 |
| Add-on {number} | Proposal | 112,000 |

1. Anchor on the cost of doing nothing.
2. Trade, never give: a lower price needs something back.
"""


def begin(stack: Stack, user: str = "ada") -> str:
    """Create a session of the person over the API and return its id."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{stack.url('functions_host')}/api/sessions",
        data=b"{}",
        method="POST",
        headers={"Authorization": f"Bearer {stack.token(user)}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
        return str(json.loads(reply.read())["session_id"])


def write_turns(stack: Stack, session_id: str, answers: Sequence[str]) -> tuple[str, ...]:
    """Append an ended turn for each answer; return the ids of their questions."""
    # Playwright keeps a loop running in its thread, so the log is written in another.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_write(stack, session_id, answers))).result()


async def _write(stack: Stack, session_id: str, answers: Sequence[str]) -> tuple[str, ...]:
    settings = stack.settings()
    credential = azure_credential()
    cosmos = Cosmos(ServiceAddress(connection_string=settings["COSMOS"]), credential, settings["COSMOS_DATABASE"])
    try:
        log = EventLog(cosmos)
        owner = (await log.head(session_id)).head.owner
        asker = Participant(kind="person", id=owner, name="Ada")
        turns = [_turn(session_id, asker, number, answer) for number, answer in enumerate(answers, start=1)]
        for some in batched(turns, _TURNS_AT_ONCE, strict=False):
            await log.append(session_id, _adding(tuple(event for turn in some for event in turn)))
        return tuple(event.event.message_id for event, *_ in turns if isinstance(event.event, MessageCreated))
    finally:
        await cosmos.close()
        await credential.close()


def _adding(events: tuple[NewEvent, ...]) -> Decide:
    def decide(head: Head) -> Draft:
        return Draft(events=events, head=head.model_copy(update={"used_at": head.updated_at, "ttl": None}))

    return decide


def _turn(session_id: str, asker: Participant, number: int, answer: str) -> tuple[NewEvent, ...]:
    turn = ids.turn_id(session_id, asker.id, f"history-{number}")
    question, step = ids.question_message(turn), ids.step_message(turn, 0)
    return (
        NewEvent(
            id=ids.created(question),
            event=MessageCreated(
                actor=asker,
                message_id=question,
                turn_id=turn,
                author=asker,
                parts=(TextPart(text=f"What about deal {number}?"),),
                client_message_id=f"history-{number}",
            ),
        ),
        NewEvent(id=ids.started(turn), event=TurnStarted(actor=asker, turn_id=turn)),
        NewEvent(
            id=ids.completed(step),
            event=MessageCompleted(
                actor=COACH,
                message_id=step,
                turn_id=turn,
                step=0,
                author=COACH,
                parts=(TextPart(text=answer),),
                finish="stop",
            ),
        ),
        NewEvent(id=ids.end(turn), event=ChatResponse(actor=COACH, turn_id=turn, status="completed", message_id=step)),
    )
