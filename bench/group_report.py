"""What the groups' benchmark measures, and how its figures are told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is measured: `people` share the groups' `members` places; `rate` is messages per second over all groups."""

    groups: int
    members: int
    people: int
    rate: float
    seconds: float
    direct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Times in ms as (p50, p95, p99, most). `lost` counts deliveries that never came, `late` lower after higher `seq`s.

    `otherwise` counts events that two members read differently.
    """

    said: int
    heard: int
    seconds: float
    fan_out_ms: tuple[float, ...]
    accepted_ms: tuple[float, ...]
    appends: int
    retries: int
    lost: int
    late: int
    otherwise: int


def percentiles(times_s: Sequence[float]) -> tuple[float, ...]:
    """Return p50, p95, p99 and the most, in ms."""
    if not times_s:
        return ()
    ordered = sorted(times_s)
    ranks = (math.ceil(share * len(ordered)) - 1 for share in (0.5, 0.95, 0.99, 1.0))
    return tuple(round(ordered[max(0, rank)] * 1000, 1) for rank in ranks)


def told(shape: Shape, outcome: Outcome) -> dict[str, object]:
    """Return what is printed, each figure under its name in words."""
    return {
        "groups": shape.groups,
        "members of each": shape.members,
        "connections": shape.people,
        "messages/s wanted": shape.rate,
        "messages/s done": round(outcome.said / outcome.seconds, 1) if outcome.seconds else 0,
        "messages said": outcome.said,
        "deliveries": outcome.heard,
        "fan-out ms": _in_words(outcome.fan_out_ms),
        "accepted ms": _in_words(outcome.accepted_ms),
        "appends": outcome.appends,
        "412 retries": f"{outcome.retries} ({outcome.retries / max(1, outcome.said):.3f} per message)",
        "order violations": f"{outcome.late} came after a higher seq (clients put them in place)",
        "losses": outcome.lost,
        "read otherwise": outcome.otherwise,
    }


def _in_words(times_ms: Sequence[float]) -> str:
    return "  ".join(f"{name} {time}" for name, time in zip(("p50", "p95", "p99", "most"), times_ms, strict=False))
