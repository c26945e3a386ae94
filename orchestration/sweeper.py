"""Nothing wedges: look at every conversation whose claim is due, and move its turn on.

Covers a turn that was claimed but never started, one whose engine instance ended without ending the turn, a stop
or a floor whose event was lost, a turn far past its deadline, an end nobody told, and cards nobody answers.
"""

import logging
from contextlib import suppress
from dataclasses import replace

from orchestration.dependencies import TurnDependencies
from orchestration.finish_turn import finish_turn
from orchestration.messages import LIMIT_TIME, FinishRequest
from shared.cards.settle import expire_card
from shared.errors import CommandRefused, Transient
from shared.event_log import floor
from shared.event_log.head import Claim, Head, TurnOnFloor, TurnParked, Waiting
from shared.event_log.shapes import Draft
from shared.telemetry.metrics import sweeps, swept_turns
from shared.telemetry.work import timed_work
from shared.turns import TurnEngine, request_of

_LOG = logging.getLogger(__name__)

OVERDUE_S = 30.0
"""How long past its deadline a running turn may be before it is ended from outside."""


async def sweep(deps: TurnDependencies, engine: TurnEngine) -> int:
    """Look at the due conversations, at most 100 per container; returns how many there were."""
    due = await deps.log.due(deps.now().timestamp())
    for conversation_id in due:
        try:
            with timed_work("sweeper"):
                await _look_at(deps, engine, conversation_id)
        except (Transient, CommandRefused) as error:
            # The next sweep finds it again; one bad conversation must not hide the others.
            _LOG.warning("sweep of %s failed: %s", conversation_id, error.code)
            await _put_behind(deps, conversation_id)
        except Exception:  # noqa: BLE001 - the boundary: a defect met in one conversation must not stop the sweep
            _LOG.exception("sweep of %s failed unexpectedly", conversation_id)
            await _put_behind(deps, conversation_id)
    sweeps.add(1, {"what": "turns"})
    return len(due)


async def _put_behind(deps: TurnDependencies, conversation_id: str) -> None:
    """Let what failed stay due, behind all that was due before now: no number of them may keep the others out."""

    def decide(head: Head) -> Draft | None:
        now = deps.now().timestamp()
        if head.claim is None or head.claim.check_after >= now:
            return None
        return Draft(events=(), head=head.model_copy(update={"claim": Claim(check_after=now)}))

    with suppress(Exception):
        await deps.log.append(conversation_id, decide)


async def _look_at(deps: TurnDependencies, engine: TurnEngine, conversation_id: str) -> None:
    head = (await deps.log.head(conversation_id)).head
    for turn in head.untold:
        _found("untold")
        _LOG.warning("the end of turn %s may not have been told; telling it", turn.turn_id)
        await _finish(deps, engine, _ending(conversation_id, turn, stopping=False))
    active = head.active_turn
    if active is not None:
        await _move_on(deps, engine, conversation_id, head, active)
    for parked in head.parked:
        await _look_at_parked(deps, engine, conversation_id, head, parked)
    for card in head.cards:
        if card.expires <= deps.now().timestamp():
            await expire_card(deps.desk, engine, conversation_id, card.question_id)
    await deps.log.append(conversation_id, lambda current: _later(current, deps.now().timestamp()))


def _later(head: Head, now: float) -> Draft | None:
    if head.claim is None or head.claim.check_after > now:
        return None
    return Draft(events=(), head=floor.watched(head, now))


async def _move_on(
    deps: TurnDependencies, engine: TurnEngine, conversation_id: str, head: Head, active: TurnOnFloor
) -> None:
    finish = _ending(conversation_id, active, stopping=active.stopping)
    match await engine.state(active.turn_id):
        case "absent":
            _found("absent")
            _LOG.warning("turn %s was claimed but not started; starting it", active.turn_id)
            await engine.start(request_of(conversation_id, head, active))
        case "ended":
            _found("ended")
            _LOG.warning("turn %s ended without releasing the floor; finishing it", active.turn_id)
            await _finish(deps, engine, finish)
        case "running":
            if active.stopping:
                await engine.stop(active.turn_id)
            elif active.parkings:
                await engine.resume(active.turn_id, active.parkings)
            if deps.now().timestamp() > active.deadline + OVERDUE_S:
                _LOG.warning("turn %s is far past its deadline; finishing it", active.turn_id)
                _found("overdue")
                overdue = replace(finish, status="exhausted", error=LIMIT_TIME)
                await _finish(deps, engine, overdue)


async def _look_at_parked(
    deps: TurnDependencies, engine: TurnEngine, conversation_id: str, head: Head, parked: TurnParked
) -> None:
    """See that a turn that waits for a person is there to be woken, and that a stopped one ends."""
    match await engine.state(parked.turn_id):
        case "absent":
            _found("absent")
            _LOG.warning("parked turn %s is gone from the engine; starting it", parked.turn_id)
            await engine.start(request_of(conversation_id, head, parked))
        case "ended":
            _found("ended")
            _LOG.warning("parked turn %s ended in the engine; finishing it", parked.turn_id)
            await _finish(deps, engine, _ending(conversation_id, parked, stopping=parked.stopping))
        case "running":
            if parked.stopping:
                await engine.stop(parked.turn_id)


def _ending(conversation_id: str, turn: Waiting, *, stopping: bool) -> FinishRequest:
    return FinishRequest(
        conversation_id=conversation_id,
        turn_id=turn.turn_id,
        asker=turn.asker,
        team=turn.team,
        question_seq=turn.question_seq,
        status="stopped" if stopping else "failed",
        trace=turn.trace,
    )


def _found(how: str) -> None:
    swept_turns.add(1, {"found": how})


async def _finish(deps: TurnDependencies, engine: TurnEngine, request: FinishRequest) -> None:
    """End the turn, unless it has ended, and tell it; until that is done the head keeps it in mind."""
    await finish_turn(deps, engine, request, swept=True)
    await deps.log.append(request.conversation_id, lambda head: _told(head, request.turn_id, deps.now().timestamp()))


def _told(head: Head, turn_id: str, now: float) -> Draft | None:
    return Draft(events=(), head=floor.told(head, turn_id, now)) if floor.is_untold(head, turn_id) else None
