"""What may happen when the model asks for a tool: the catalog's policy, where it is asked, and what was read before."""

from shared import ids
from shared.event_log.shapes import Record
from shared.protocol.durable import ToolCallCompleted
from shared.tools.catalog import Policy


def effective(policy: Policy, *, read_only: bool, in_group: bool, tainted: bool) -> Policy:
    """Return `DENY`, `ASK` or `ALLOW`.

    `tainted`: the model has read in this turn what may come from strangers. It may have been told by them to do
    something, so a tool that changes anything then needs the person's word.
    """
    if policy in {Policy.DENY, Policy.ASK}:
        return policy
    if policy is Policy.ALLOW_PRIVATE and in_group:
        return Policy.ASK
    return Policy.ASK if tainted and not read_only else Policy.ALLOW


def is_tainted(record: Record, call_id: str) -> bool:
    """Tell whether a result that is not to be trusted came back before the model asked for this call."""
    place = ids.parse_call(call_id)
    results = (e for e in record.events if isinstance(e, ToolCallCompleted) and e.turn_id == place.turn_id)
    return any(e.trust == "untrusted" and ids.parse_call(e.call_id).step < place.step for e in results)
