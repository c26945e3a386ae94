"""Where in a turn the worker can be killed, and killing it there."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from typing import Literal

from tests.e2e.kills.cell import ANSWER, SECOND_THOUGHTS, Cell
from tests.e2e.kills.doors import SERVICES, Held, Service

type Moment = Literal["before", "during", "after", "late"]
"""Killed when the request has arrived and before it is carried out (it never is); when it is carried out but not
answered; when it was answered, at whatever the worker asks for next; or as `before`, and the request is carried out
when the turn has long ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A request of the turn, in its service's words."""

    service: Service
    match: dict[str, str] = field(default_factory=dict[str, str])


def creates(event_id: str) -> Place:
    return Place(service="cosmos", match={"document": f"create t_[a-z2-7]+{event_id}"})


def publishes(kind: str) -> Place:
    return Place(service="web_pubsub", match={"type": kind})


WHOLE = frozenset({ANSWER, SECOND_THOUGHTS})
MODEL = Place(service="openai", match={"step": "0"})
TOOL = Place(service="mcp")
QUESTION = creates(r"\.q\.created")
SAVE = creates(r"\.0\.completed")
STEP = creates(r"\.1\.completed")
STARTED = creates(r"\.0\.0\.started")
RESULT = creates(r"\.0\.0\.completed")
STOP = creates(r"\.stopping")
PUBLISH = publishes("message.completed")
FINISH = creates(r"\.end")
TELL = publishes("chat_response")


async def kill_at(cell: Cell, held: Held, moment: Moment) -> Held | None:
    """Kill the worker at this moment of the held request; returns the hold if the request is yet to be carried out."""
    assert await cell.doors.somebody(held), "nothing came here to be killed at"
    if moment == "after":
        await _kill_at_the_next_request(cell, held)
        return None
    kill(cell)
    if moment == "late":
        return held
    await cell.doors.decide(held, "drop")
    return None


async def arm(cell: Cell, place: Place, moment: Moment) -> Held:
    match moment:
        case "before" | "late":
            return await cell.arm(place.service, place.match)
        case "during" if place.service == "openai":
            return await cell.arm(place.service, place.match, "during", after=5)
        case _:
            return await cell.arm(place.service, place.match, "done")


def kill(cell: Cell) -> None:
    os.kill(cell.stack.worker_pid(), signal.SIGKILL)


async def _kill_at_the_next_request(cell: Cell, held: Held) -> None:
    """Let the held request be answered; whatever the worker asks for next stays undone."""
    if held.service == "openai":
        # The deltas the model's text is sent in are over then, and do not pass for what comes next.
        await cell.client.until(lambda: any(live.text in WHOLE for live in cell.client.fold.live.values()))
    following = [await cell.arm(service, {}) for service in SERVICES]
    await cell.doors.decide(held, "carry_out")
    looking = [asyncio.create_task(cell.doors.somebody(each)) for each in following]
    done, _ = await asyncio.wait(looking, return_when=asyncio.FIRST_COMPLETED)
    assert any(look.result() for look in done), "the worker asked for nothing any more"
    kill(cell)
    for each in following:
        await cell.doors.decide(each, "drop")
    await asyncio.gather(*looking)
