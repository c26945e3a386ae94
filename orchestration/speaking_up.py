"""The `speak_up` activity: in a quiet moment, ask the utility model whether the coach should put in a word.

What it answers is a structured decision; whatever else it answers means silence. If it speaks, that is a turn like any
other, with the rights and on the account of the person it answers.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from orchestration.ambient_decision import decide_to_speak
from orchestration.room_talk import Line, asked_with, lines_of, may_speak
from shared import group_ids, ids
from shared.access import GroupGate
from shared.ambient import ListenRequest
from shared.asker_manifests import AskerManifests
from shared.errors import NotAllowed, SalesCoachError
from shared.event_log import floor
from shared.event_log.documents import MemberDocument
from shared.event_log.head import Head, TurnInQueue, VersionedHead
from shared.event_log.log import EventLog
from shared.event_log.shapes import AlreadyHappened, Appended, Draft, NewEvent
from shared.people import Grant, People
from shared.protocol.durable import TurnStarted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import COACH
from shared.publisher import Publisher
from shared.sign_in import narrowed
from shared.telemetry.tracing import current_traceparent
from shared.turns import TurnEngine, set_going
from shared.usage.ledger import Spender
from shared.usage.side_calls import Bill, SideCalls

_EVENTS_READ = 200
_MAX_RACES = 5

_log = logging.getLogger(__name__)

type Said = Literal["spoke", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingDependencies:
    """What the coach speaks up with; `calls` ask the deployment that decides whether it does."""

    log: EventLog
    gate: GroupGate
    people: People
    askers: AskerManifests
    publisher: Publisher
    calls: SideCalls
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The group as it was read."""

    head: VersionedHead
    events: tuple[StoredEvent, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return lines_of(self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Who is answered, with the roles they ask with, and where they are (IANA; None: unknown)."""

    grant: Grant
    time_zone: str | None


async def speak_up(deps: SpeakingDependencies, engine: TurnEngine, request: ListenRequest) -> Said:
    """Begin a turn of the coach's own accord if it may speak and the model finds that it should.

    Raises:
        Transient: the engine runs it again; it speaks at most once after a message.

    """
    if await _spoke_before(deps, engine, request):
        return "spoke"
    seen = await _look(deps, request)
    if not may_speak(seen.head.head, seen.lines, request.seq, deps.now().timestamp()):
        return "silent"
    try:
        bill = Bill(spender=await _pays(deps, seen), conversation_id=request.group_id)
        verdict = await decide_to_speak(deps.calls, bill, seen.lines)
    except SalesCoachError as error:
        _log.warning("the coach stays silent in %s: %s", request.group_id, error.message)
        return "silent"
    return await _speak(deps, engine, request, verdict.to) if verdict.speak else "silent"


async def _spoke_before(deps: SpeakingDependencies, engine: TurnEngine, request: ListenRequest) -> bool:
    """Finish what an execution before this one may have left: the turn is stored, but not told or not started."""
    turn_id = group_ids.unasked_turn(request.group_id, request.seq)
    begun = await deps.log.event(request.group_id, ids.started(turn_id))
    if begun is None:
        return False
    await _go(deps, engine, request.group_id, turn_id, [begun], (await deps.log.head(request.group_id)).head)
    return True


async def _pays(deps: SpeakingDependencies, seen: _Seen) -> Spender:
    """Return on whose account the decision is: who spoke last, after whom the coach thinks of speaking.

    Raises:
        NotAllowed: their sign-in is too old.

    """
    grant = await deps.people.grant(seen.lines[-1].author.id, deps.now())
    return Spender(principal=grant.principal, team=grant.team)


async def _look(deps: SpeakingDependencies, request: ListenRequest) -> _Seen:
    head = await deps.log.head(request.group_id)
    after = max(0, request.seq - _EVENTS_READ)
    events = await deps.log.events_after(request.group_id, after, 2 * _EVENTS_READ)
    return _Seen(head=head, events=events)


async def _speak(deps: SpeakingDependencies, engine: TurnEngine, request: ListenRequest, to: str | None) -> Said:
    """Append the turn if the coach still may speak, as the group is then; the model is not asked again."""
    for _ in range(_MAX_RACES):
        seen = await _look(deps, request)
        if not may_speak(seen.head.head, seen.lines, request.seq, deps.now().timestamp()):
            return "silent"
        asker = await _asker(deps, request, seen, to)
        if asker is None:
            return "silent"
        turn = TurnInQueue(
            turn_id=group_ids.unasked_turn(request.group_id, request.seq),
            asker=asker.grant.principal,
            team=asker.grant.team,
            question_seq=request.seq,
            manifest_id=await deps.askers.pin(request.group_id, asker.grant, asker.time_zone),
            trace=current_traceparent(),
            suggests=True,
        )
        done = await deps.log.append(request.group_id, _Beginning(seen, turn, deps.now().timestamp()), seen.head)
        match done:
            case Appended(events=events, head=head):
                await _go(deps, engine, request.group_id, turn.turn_id, events, head.head)
                return "spoke"
            case AlreadyHappened(event=event, head=head):
                await _go(deps, engine, request.group_id, turn.turn_id, [event], head.head)
                return "spoke"
            case _:
                continue
    return "silent"


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Decides to begin the turn on the very log it was judged by."""

    seen: _Seen
    turn: TurnInQueue
    now: float

    def __call__(self, head: Head) -> Draft | None:
        group = head.group
        if head.seq != self.seen.head.seq or group is None:
            return None
        started = TurnStarted(actor=COACH, turn_id=self.turn.turn_id, question_id=self.seen.lines[-1].message_id)
        after = floor.ask(head, self.turn, self.now)
        after = after.model_copy(update={"group": group.model_copy(update={"spoken_since": 0})})
        return Draft(events=(NewEvent(id=ids.started(self.turn.turn_id), event=started),), head=after)


async def _asker(deps: SpeakingDependencies, request: ListenRequest, seen: _Seen, to: str | None) -> _Asker | None:
    """Return who is answered: whom the model names, or else who spoke last; None if they may not ask any more."""
    head = seen.head.head
    writers = {m.principal for m in await deps.gate.members.all(request.group_id, head.epoch) if _may_ask(m)}
    for principal in (to, seen.lines[-1].author.id):
        if principal is not None and principal in writers:
            try:
                grant = await deps.people.grant(principal, deps.now())
                return await _as_they_ask(deps, request, seen, grant)
            except NotAllowed:
                _log.info("the coach does not speak to %s, whose sign-in is too old", principal)
    return None


async def _as_they_ask(deps: SpeakingDependencies, request: ListenRequest, seen: _Seen, grant: Grant) -> _Asker:
    """Narrow the person to what they were narrowed to: when they spoke just now, or else when they asked last here."""
    if grant.principal == seen.lines[-1].author.id:
        return _Asker(grant=narrowed(grant, request.role), time_zone=request.time_zone)
    manifest_id = asked_with(seen.events, grant.principal)
    manifest = await deps.log.manifest(request.group_id, manifest_id) if manifest_id else None
    if manifest is None:
        return _Asker(grant=grant, time_zone=request.time_zone)
    roles = grant.roles & frozenset(manifest.roles)
    return _Asker(grant=replace(grant, roles=roles), time_zone=manifest.variables.get("time_zone"))


def _may_ask(member: MemberDocument) -> bool:
    return member.state == "member" and member.role != "observer"


async def _go(
    deps: SpeakingDependencies,
    engine: TurnEngine,
    group_id: str,
    turn_id: str,
    events: Sequence[StoredEvent],
    head: Head,
) -> None:
    await set_going(engine, group_id, head, only=turn_id)
    await deps.publisher.to_conversation(group_id, events)
