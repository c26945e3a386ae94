"""What a trace of Chromium says of a page's main thread."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "blink.user_timing", "loading")
_WORK = frozenset(
    {
        "EvaluateScript",
        "EventDispatch",
        "FireAnimationFrame",
        "FunctionCall",
        "Layout",
        "MajorGC",
        "MinorGC",
        "RunMicrotasks",
        "TimerFire",
        "UpdateLayoutTree",
        "V8.GCScavenger",
    }
)
"""Scripting and layout; painting and compositing are not among them."""
_TASK = "RunTask"
_FRAME = "Commit"
"""Ends the main thread's part of a frame."""
MARK_BEGIN, MARK_END = "bench-begin", "bench-end"

type Event = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MainThread:
    """Milliseconds, as they passed and in the thread's own processor time, which others on the machine do not lengthen.

    Of each task, and of scripting and layout between one frame and the next; frames without any are left out.
    """

    tasks: tuple[float, ...]
    tasks_cpu: tuple[float, ...]
    frames: tuple[float, ...]
    frames_cpu: tuple[float, ...]


def main_thread(events: Iterable[Event]) -> MainThread:
    """Read what happened between the two marks on the thread that set them."""
    events = tuple(events)
    begin = next(event for event in events if event["name"] == MARK_BEGIN)
    end = next(event for event in events if event["name"] == MARK_END)
    own = sorted(
        (
            event
            for event in events
            if (event["pid"], event["tid"]) == (begin["pid"], begin["tid"]) and begin["ts"] <= event["ts"] <= end["ts"]
        ),
        key=lambda event: (event["ts"], -event.get("dur", 0)),
    )
    work = _outermost([event for event in own if event["name"] in _WORK and "dur" in event])
    frames = [event["ts"] for event in own if event["name"] == _FRAME]
    tasks = [event for event in own if event["name"] == _TASK and "dur" in event]
    return MainThread(
        tasks=tuple(event["dur"] / 1000 for event in tasks),
        tasks_cpu=tuple(event.get("tdur", 0) / 1000 for event in tasks),
        frames=_per_frame(work, frames, "dur"),
        frames_cpu=_per_frame(work, frames, "tdur"),
    )


def _outermost(work: Sequence[Event]) -> list[Event]:
    """Leave out what runs inside another, so that nothing counts twice."""
    kept: list[Event] = []
    for event in work:
        if not kept or event["ts"] >= kept[-1]["ts"] + kept[-1]["dur"]:
            kept.append(event)
    return kept


def _per_frame(work: Sequence[Event], frames: Sequence[float], measure: str) -> tuple[float, ...]:
    sums: dict[int, float] = {}
    for event in work:
        frame = bisect_right(frames, event["ts"])
        sums[frame] = sums.get(frame, 0.0) + event.get(measure, 0) / 1000
    return tuple(sums.values())
