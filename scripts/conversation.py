"""How a conversation stands: `python -m scripts.conversation <conversation id> [--look-now]`.

Says what has the floor, what waits, and when the sweeper will look at it, and names its last events; nothing that was
said. With `--look-now` the sweeper looks with its next run: it starts a turn that was never started and ends one the
engine no longer runs. Reads `COSMOS` in one of its two forms and `COSMOS_DATABASE` from the environment; signs in as
you.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from scripts.addresses import address_of
from shared.clock import iso, utc_now
from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.errors import SalesCoachError
from shared.event_log.head import Claim, Head, TurnOnFloor
from shared.event_log.log import EventLog
from shared.event_log.shapes import Declined, Draft
from shared.protocol.events import StoredEvent

_EVENTS = 20


def told(conversation_id: str, head: Head, events: Sequence[StoredEvent], now: datetime) -> Iterator[str]:
    """Yield what there is to know, a line each."""
    busy = f"{len(head.queue)} in the queue, {len(head.parked)} parked, {len(head.cards)} cards open"
    yield f"{conversation_id}: {head.seq} events, changed {head.updated_at}, {busy}"
    yield _on_the_floor(head.active_turn, now) if head.active_turn else "the floor is free"
    for waiting in (*head.queue, *head.parked):
        yield f"waits: {waiting.turn_id} of {waiting.asker}, question {waiting.question_seq}"
    if head.claim is not None:
        yield f"the sweeper looks at {_time(head.claim.check_after)} ({_seconds(head.claim.check_after, now)})"
    for event in events:
        yield f"{event.seq:6} {event.at} {event.type} {getattr(event, 'turn_id', '')}".rstrip()


def _on_the_floor(turn: TurnOnFloor, now: datetime) -> str:
    stopping = ", stopping" if turn.stopping else ""
    return (
        f"on the floor: {turn.turn_id} of {turn.asker}, question {turn.question_seq}, since {_time(turn.started)}, "
        f"deadline {_seconds(turn.deadline, now)}{stopping}"
    )


def _time(epoch: float) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


def _seconds(epoch: float, now: datetime) -> str:
    away = epoch - now.timestamp()
    return f"in {away:.0f} s" if away >= 0 else f"{-away:.0f} s ago"


async def look_now(log: EventLog, conversation_id: str, now: datetime) -> bool:
    """Have the sweeper look with its next run; False where no turn runs or is parked.

    Raises:
        SalesCoachError: there is no such conversation, or the store failed.

    """

    def due(head: Head) -> Draft | None:
        if head.active_turn is None and not head.parked:
            return None
        return Draft(events=(), head=head.model_copy(update={"claim": Claim(check_after=now.timestamp())}))

    return not isinstance(await log.append(conversation_id, due), Declined)


async def run(log: EventLog, conversation_id: str, *, looking: bool) -> list[str]:
    """Return the lines to print.

    Raises:
        SalesCoachError: as `look_now`.

    """
    now = utc_now()
    lines: list[str] = []
    if looking:
        due = await look_now(log, conversation_id, now)
        lines.append("the sweeper looks with its next run" if due else "no turn runs or is parked: nothing to look at")
    head = (await log.head(conversation_id)).head
    events = await log.events_after(conversation_id, max(0, head.seq - _EVENTS), _EVENTS)
    return [*lines, *told(conversation_id, head, events, now)]


async def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Read the command line, look, and say how it stands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("conversation", help="its id: s_... or g_...")
    parser.add_argument("--look-now", action="store_true", help="have the sweeper look with its next run")
    arguments = parser.parse_args(words)
    try:
        address = address_of(environment, "COSMOS")
    except ValueError:
        sys.stderr.write("Set COSMOS__serviceUri.\n")
        return 2
    async with azure_credential() as credential:
        cosmos = Cosmos(address, credential, environment.get("COSMOS_DATABASE") or "salescoach")
        try:
            lines = await run(EventLog(cosmos), arguments.conversation, looking=arguments.look_now)
        except SalesCoachError as error:
            sys.stderr.write(f"{error.message}\n")
            return 1
        finally:
            await cosmos.close()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], os.environ)))
