"""What may happen when the model asks for a tool: the catalog's policy, where it is asked, and what was read before."""

from dataclasses import dataclass

from shared import ids
from shared.event_log.shapes import Record
from shared.protocol.durable import MessageCompleted, ToolCallCompleted
from shared.tools.catalog import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`DENY`, `ASK` or `ALLOW`; `because` are the servers whose text alone is why a person is asked, if it is."""

    rule: Policy
    because: tuple[str, ...] = ()


def judged(policy: Policy, *, read_only: bool, in_group: bool, sources: tuple[str, ...]) -> Judgement:
    """Judge a call. `sources` are the servers whose untrusted text the model had been told when it asked for it.

    It may have been told by them to do something, so a tool that changes anything then needs the person's word.
    """
    if policy in {Policy.DENY, Policy.ASK}:
        return Judgement(rule=policy)
    if policy is Policy.ALLOW_PRIVATE and in_group:
        return Judgement(rule=Policy.ASK)
    if sources and not read_only:
        return Judgement(rule=Policy.ASK, because=sources)
    return Judgement(rule=Policy.ALLOW)


def untrusted_before(record: Record, call_id: str) -> tuple[str, ...]:
    """Return the servers whose untrusted text the model had been told when it asked for this call, sorted.

    The step that asked says so; the earlier results of its own turn count whatever it says.
    """
    place = ids.parse_call(call_id)
    asked = ids.step_message(place.turn_id, place.step)
    steps = (e for e in record.events if isinstance(e, MessageCompleted) and e.message_id == asked)
    results = (e for e in record.events if isinstance(e, ToolCallCompleted) and e.turn_id == place.turn_id)
    found = {server for step in steps for server in step.untrusted_from}
    found |= {e.server for e in results if e.trust == "untrusted" and ids.parse_call(e.call_id).step < place.step}
    return tuple(sorted(found))
