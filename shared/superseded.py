"""Which turns of a conversation another turn took the place of: nobody is told them again."""

from collections.abc import Iterable

from shared.protocol.durable import TurnStarted


def superseded(starts: Iterable[TurnStarted]) -> frozenset[str]:
    """Return the ids of the superseded turns; `starts` are all of a conversation's `turn.started`."""
    begun = sorted(starts, key=lambda start: start.seq)
    seq_of = {start.turn_id: start.seq for start in begun}
    gone: set[str] = set()
    for start in begun:
        if start.replaces is None:
            continue
        first = seq_of.get(start.replaces)
        if first is None:
            gone.add(start.replaces)
        else:
            gone |= {other.turn_id for other in begun if first <= other.seq < start.seq}
    return frozenset(gone)
