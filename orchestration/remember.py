"""A call of `remember`: the person is always asked, and what they allowed is stored once however often this runs."""

import time
from dataclasses import replace

from orchestration.asking import CHANGED, DENIED, Approval
from orchestration.call_cards import Card, Kept, approval_in
from orchestration.call_record import Result
from orchestration.current_memory import is_for_memory
from orchestration.make_call import Call, end, make, open_and_wait, refuse
from orchestration.open_cards import EXPIRY_S, Ask
from orchestration.remember_tool import OURS, PARAMETERS, NothingToRemember, Proposed, proposed
from shared import ids
from shared.cards.fence import schema_hash
from shared.clock import iso
from shared.errors import CommandRefused
from shared.memory import Entry, EntrySource, Memory
from shared.tools.outcome import CallOutcome, OutcomeStatus, ToolOutcome

QUESTION = "Remember this? It is kept in your memory, and the coach is told it in all your conversations."
STORED = "Stored in the person's memory; they can see, change and delete it there."
KNOWN = "Not stored: the person's memory says so already."
DELETED = "Not stored: the person has deleted it from their memory."
SWITCHED_OFF = (
    "Not stored: the person's memory is switched off. Say so; they can switch it on and ask again. Nobody was asked."
)
OFF_SINCE = "Not stored: the person has switched their memory off since they were asked. Say so."
NOT_STORED = "Not stored: {problem}"
NOBODY_ASKED = "Not stored, and nobody was asked: {problem}"


async def remember(call: Call) -> str:
    """Store what the person allowed; before that, ask them."""
    if call.grant is None or not is_for_memory(call.request.conversation_id, call.request.asker, call.record.head.head):
        return await refuse(call, Result(status="denied", text=DENIED))
    approval = approval_in(call.cards)
    if approval is None:
        return await _ask(call)
    if approval.kept.schema_hash != schema_hash(PARAMETERS):
        return await end(call, Result(status="denied", text=CHANGED))
    allowed = call.part.model_copy(update={"arguments": _allowed(approval)})
    return await make(replace(call, part=allowed), OURS, call.round, None, _store)


def _allowed(approval: Card) -> str:
    """Return the arguments as the person read or changed them."""
    return Approval.of(approval).arguments or approval.opened.arguments or ""


async def _ask(call: Call) -> str:
    """Ask the person, unless nothing could come of it whatever they say."""
    try:
        wanted = proposed(call.part.arguments)
        memory = await call.deps.memories.of(call.request.asker)
        if not memory.enabled:
            return await refuse(call, Result(status="denied", text=SWITCHED_OFF))
        if memory.with_approved(_entry(call, wanted)) is memory:
            return await refuse(call, Result(status="completed", text=KNOWN))
    except (NothingToRemember, CommandRefused) as error:
        return await refuse(call, Result(status="failed", text=NOBODY_ASKED.format(problem=error)))
    ask = Ask(
        question_id=ids.card(call.request.call_id, 1),
        kind="approval",
        message=QUESTION,
        expires_s=EXPIRY_S["write"],
        kept=Kept(schema_hash=schema_hash(PARAMETERS)),
        arguments=wanted.arguments,
        schema=PARAMETERS,
    )
    return await open_and_wait(call, [ask])


async def _store(call: Call) -> CallOutcome:
    began = time.monotonic()
    status, text = await _stored(call)
    return ToolOutcome(status=status, text=text, is_error=False, ms=round((time.monotonic() - began) * 1000))


async def _stored(call: Call) -> tuple[OutcomeStatus, str]:
    try:
        entry = _entry(call, proposed(call.part.arguments))
        memory = await call.deps.memories.change(call.request.asker, lambda memory: _with(memory, entry))
    except (NothingToRemember, CommandRefused) as error:
        return "failed", NOT_STORED.format(problem=error)
    if any(each.id == entry.id for each in memory.entries):
        return "completed", STORED
    if memory.says(entry.kind, entry.text):
        return "completed", KNOWN
    return ("failed", DELETED) if entry.id in memory.deleted else ("failed", OFF_SINCE)


def _with(memory: Memory, entry: Entry) -> Memory:
    return memory.with_approved(entry) if memory.enabled else memory


def _entry(call: Call, wanted: Proposed) -> Entry:
    at = iso(call.deps.now())
    return Entry(
        id=ids.approved_entry(call.request.call_id),
        kind=wanted.kind,
        text=wanted.text,
        created_at=at,
        changed_at=at,
        source=EntrySource(by="coach", session_id=call.request.conversation_id, turn_id=call.turn_id),
    )
