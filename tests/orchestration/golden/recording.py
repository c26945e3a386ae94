"""Plays stories on a running stack, and makes harmless files of the histories they leave behind."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import durabletask.internal.orchestrator_service_pb2 as pb

from local.functions_host.durable.journal import Journal
from shared.turns import TURN
from tests.e2e.stack import Stack
from tests.orchestration.golden.history import Golden, documents, kind, parsed
from tests.orchestration.golden.scene import Scene
from tests.orchestration.golden.stories import Story

_NAMES = {
    "conversation_id": "s_1",
    "turn_id": "t_1",
    "asker": "tenant.person",
    "manifest_id": "manifest.1",
    "group_id": "g_1",
}
"""What stands in an instance's input under these names is written so in the file."""
_ADDRESS = re.compile(r"(https?://)127\.0\.0\.1:\d+")
_SUSPECT = re.compile(r"127\.0\.0\.1|localhost|\.py\b|/(?:home|tmp|usr|root|work|var)/|stackTrace|[Bb]earer ")
_BEGINNING_MS = 1_767_225_600_000
"""Every history begins with the year 2026; the distances between its events are the recorded ones."""


class UnexpectedEndError(Exception):
    """A story did not end as its book says."""


def play(stack: Stack, story: Story) -> str:
    """Play one story; return its instance.

    Raises:
        UnexpectedEndError: it ended otherwise.

    """
    with Scene.set(stack) as scene:
        instance = story.tell(scene)
        status = scene.ends(instance) if story.orchestrator == TURN else scene.comes_to(instance)
    if status != story.status:
        raise UnexpectedEndError(f"{story.name} was to end as {story.status} but ended as {status}")
    return instance


def recorded(state: Path, played: dict[str, Story]) -> list[Golden]:
    """Return the histories of played instances, from the state of a stack that has stopped."""
    (file,) = (state / "functions_host").rglob("functions_host.sqlite")
    journal = Journal(file)
    try:
        return [_golden(story, journal.history(instance)) for instance, story in played.items()]
    finally:
        journal.close()


def _golden(story: Story, history: Iterable[bytes]) -> Golden:
    events = harmless([pb.HistoryEvent.FromString(event) for event in history])
    return Golden(story=story.name, about=story.about, events=events)


def harmless(events: list[pb.HistoryEvent]) -> tuple[pb.HistoryEvent, ...]:
    """Return the history without what is this machine's or this run's: ids, addresses, stack traces, the date.

    Raises:
        ValueError: something is left that does not belong into a file.

    """
    text = json.dumps(documents(_without_traces(events)))
    for name, plain in _ids(events).items():
        text = text.replace(name, plain)
    text = _ADDRESS.sub(r"\1service", text)
    if found := _SUSPECT.search(text):
        raise ValueError(f"the history tells of the machine: {text[max(0, found.start() - 80) : found.end() + 80]}")
    return _moved(parsed(json.loads(text)))


def _without_traces(events: Iterable[pb.HistoryEvent]) -> list[pb.HistoryEvent]:
    kept: list[pb.HistoryEvent] = []
    for event in events:
        copy = pb.HistoryEvent.FromString(event.SerializeToString())
        if kind(copy) == "executionStarted":
            copy.executionStarted.orchestrationInstance.executionId.value = "e_1"
            copy.executionStarted.ClearField("parentTraceContext")
        if kind(copy) == "taskScheduled":
            copy.taskScheduled.ClearField("parentTraceContext")
        if kind(copy) == "taskFailed":
            copy.taskFailed.failureDetails.ClearField("stackTrace")
        kept.append(copy)
    return kept


def _ids(events: list[pb.HistoryEvent]) -> dict[str, str]:
    started = next(event.executionStarted for event in events if kind(event) == "executionStarted")
    request = cast("dict[str, Any]", json.loads(json.loads(started.input.value)))
    return {str(request[name]): plain for name, plain in _NAMES.items() if request.get(name)}


def _moved(events: tuple[pb.HistoryEvent, ...]) -> tuple[pb.HistoryEvent, ...]:
    by = _BEGINNING_MS - events[0].timestamp.ToMilliseconds()
    for event in events:
        stamps = [event.timestamp]
        if kind(event) in {"timerCreated", "timerFired"}:
            stamps.append(event.timerCreated.fireAt if kind(event) == "timerCreated" else event.timerFired.fireAt)
        for stamp in stamps:
            stamp.FromMilliseconds(stamp.ToMilliseconds() + by)
    return events
