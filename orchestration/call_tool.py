"""The `call_tool` activity: one tool call, made once however often this runs, and only with the right to make it.

A second execution finds the record. Where the tool may be called twice it goes on at once; where it may not, it
waits for the first one's lease and then reports that the outcome is unknown. See `docs/adr/0006`.

A call that needs a person opens a card and comes to an end as waiting; once the card is closed, it is run again and
goes on from what the log says of its cards. See `docs/adr/0012`.
"""

import asyncio
from dataclasses import replace

from orchestration.asking import CHANGED, DENIED, Approval, NotAsked, approval_ask, schema_now
from orchestration.call_cards import Card, approval_in, cards_of, continuation_of, latest_sign_in, round_of, waited_for
from orchestration.call_record import (
    Result,
    asked_for,
    completed_in,
    kept_state,
    record_of,
    told_again,
)
from orchestration.dependencies import TurnDependencies
from orchestration.make_call import Call, end, make, open_and_wait, refuse, waits
from orchestration.messages import CallRequest
from orchestration.open_cards import tell_again
from orchestration.remember import remember
from orchestration.remember_tool import is_remember
from orchestration.rights import judged, untrusted_before
from shared import ids
from shared.errors import NotAllowed, StoreUnavailable
from shared.event_log import parking
from shared.people import Grant
from shared.tools.catalog import Policy, ServerSpec
from shared.tools.outcome import Continuation, ToolServerUnavailable
from shared.turns import TurnEngine

NOT_SIGNED_IN = "Not made: the person did not sign in to {server}. Say so; do not call it again unless they ask."
AWAY = "Not made: the tool server {server} could not be reached."


async def call_tool(deps: TurnDependencies, engine: TurnEngine, request: CallRequest) -> str:
    """Make the call, or report what its recorded execution did; returns its status, or what it waits for.

    Raises:
        CallInFlight: another execution may still be making this call.
        StoreUnavailable, PublishFailed: the engine runs the call again.

    """
    record, grant = await asyncio.gather(record_of(deps, request, fresh=request.again), _grant(deps, request.asker))
    done = completed_in(record, request.call_id)
    if done is not None:
        return await told_again(deps, request, done)
    part = asked_for(record, request.call_id)
    if parking.standing(record.head.head, ids.parse_call(request.call_id).turn_id) != "runs":
        return "cancelled"
    if part is None:
        raise StoreUnavailable("The step that asked for this call cannot be read yet. It will be tried again.")
    call = Call(
        deps=deps,
        engine=engine,
        request=request,
        part=part,
        record=record,
        cards=cards_of(record, request.call_id),
        catalog=await deps.catalogs.current(),
        grant=grant,
    )
    still_open = waited_for(call.cards)
    if still_open:
        await tell_again(deps, engine, request, record, still_open[0].opened)
        return await waits(call, record)
    return await _go_on(call)


async def _grant(deps: TurnDependencies, asker: str) -> Grant | None:
    """Return what the asker may do now; nothing once the last sign-in is too long ago."""
    try:
        return await deps.people.grant(asker, deps.now())
    except NotAllowed:
        return None


async def _go_on(call: Call) -> str:
    """Hear what the person said, check the rights again, for the list the model saw may be older; then ask, or call."""
    refusal = _refused_by_person(call)
    if refusal is not None:
        return await end(call, refusal)
    if is_remember(call.part):
        return await remember(call)
    part, roles = call.part, call.grant.roles if call.grant else frozenset[str]()
    server = call.catalog.servers.get(part.server)
    policy = call.catalog.policy(part.server, part.tool, roles)
    if server is None or policy is Policy.DENY:
        return await refuse(call, Result(status="denied", text=DENIED))
    judgement = judged(
        policy,
        read_only=server.tool_policy(part.tool).read_only,
        in_group=not ids.is_session(call.request.conversation_id),
        sources=untrusted_before(call.record, call.request.call_id),
    )
    approval = approval_in(call.cards)
    if approval is None and judgement.rule is Policy.ASK:
        return await _ask_for_approval(call, server, judgement.because)
    if approval is not None:
        refusal = await _refused_by_change(call, server, approval)
        if refusal is not None:
            return await end(call, refusal)
        call = replace(call, part=Approval.of(approval).applied(part))
    return await make(call, server, call.round, await _continuation(call))


async def _ask_for_approval(call: Call, server: ServerSpec, because: tuple[str, ...]) -> str:
    try:
        ask = await approval_ask(call.deps, call.request, call.part, server, call.record, because)
    except NotAsked as error:
        return await refuse(call, Result(status="failed", text=str(error)))
    except ToolServerUnavailable:
        return await refuse(call, Result(status="failed", text=AWAY.format(server=server.name)))
    return await open_and_wait(call, [ask])


def _refused_by_person(call: Call) -> Result | None:
    """Return what the person's answers, or their silence, make of the call; None if they are in no way of it."""
    approval, sign_in = approval_in(call.cards), latest_sign_in(call.cards)
    refusal = Approval.of(approval).refusal if approval is not None else None
    if refusal is None and sign_in is not None and (sign_in.closed is None or sign_in.closed.outcome != "accepted"):
        return Result(status="cancelled", text=NOT_SIGNED_IN.format(server=call.part.server))
    return refusal


async def _refused_by_change(call: Call, server: ServerSpec, approval: Card) -> Result | None:
    """Return why a call that was allowed is not made all the same: the tool is another one now."""
    try:
        schema = await schema_now(call.deps, server, call.part.tool, call.request.asker)
    except ToolServerUnavailable:
        return Result(status="failed", text=AWAY.format(server=server.name))
    if schema != approval.kept.schema_hash:
        return Result(status="denied", text=CHANGED)
    return None


async def _continuation(call: Call) -> Continuation | None:
    """Return with what the call goes on; after a round in which the server was not ready, with its state alone."""
    waited = call.request.round
    if waited > round_of(call.cards):
        return Continuation(answers=(), state=await kept_state(call.deps, call.request, waited))
    return continuation_of(call.cards)
