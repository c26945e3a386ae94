"""Sound histories spoiled in one place, and the names of what the checker then finds."""

from collections.abc import Callable
from dataclasses import replace

from shared.event_log.head import Head
from shared.protocol.ephemeral import MessageDelta
from shared.protocol.events import StoredEvent
from shared.protocol.server_event import ServerEvent
from tests.support.checker import violations
from tests.support.history import Dump
from tests.support.stories import Story, client_of, dump_of, story, turn_of

SOUND = story("a", "b")


def names(told_story: Story, dump: Dump | None = None, *, settled: bool = True) -> set[str]:
    found = violations([client_of(told_story, settled=settled)], dump or dump_of(told_story))
    return {violation.name for violation in found}


def stored(told_story: Story, *events: StoredEvent, head: Head | None = None) -> Dump:
    """Return a dump in which the log has these events instead of the story's."""
    return dump_of(replace(told_story, events=events), head)


def with_frames(change: Callable[[list[ServerEvent]], list[ServerEvent]]) -> Story:
    return replace(SOUND, frames=tuple(change(list(SOUND.frames))))


def of_turn(event: object, name: str) -> bool:
    return getattr(event, "turn_id", None) == turn_of(name)


def first_delta(frames: list[ServerEvent]) -> int:
    return next(n for n, frame in enumerate(frames) if isinstance(frame, MessageDelta))
