"""The part of the checker that judges text told while it is written: that it comes, without a gap, and as it ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.answers import text_of
from shared.protocol.durable import ChatResponse, MessageCompleted, TurnStarted
from shared.protocol.ephemeral import MessageDelta, MessageStarted
from tests.support.history import ClientHistory, StoredConversation, Visit
from tests.support.violation import Violation

_WHOLE = frozenset({"stop", "tools", "length"})


def judge(visit: Visit, stored: StoredConversation | None) -> Iterator[Violation]:
    """Name what is wrong with the text this client was told while it was written."""
    yield from _streams(visit)
    if stored is not None:
        yield from _unheard(visit, stored)


def turns_judged(clients: Iterable[ClientHistory], conversations: Iterable[StoredConversation]) -> int:
    """Count the turns that somebody who wished it heard from begin to end: no less than that is judged."""
    by_id = {stored.conversation_id: stored for stored in conversations}
    heard: set[str] = set()
    for visit in (visit for client in clients for visit in client.visits):
        stored = by_id.get(visit.conversation_id)
        heard |= _heard_whole(visit, stored) if stored is not None else set()
    return len(heard)


@dataclass(slots=True)
class _Stream:
    """The text of one attempt as it arrived; `frames` tells a frame delivered twice from one sent twice."""

    text: str = ""
    frames: set[str] = field(default_factory=set[str])


def _streams(visit: Visit) -> Iterator[Violation]:
    """Read each attempt that began before this client's eyes: gap-free from 0, and equal to the final text."""
    streams: dict[tuple[str, int], _Stream] = {}
    newest: dict[str, int] = {}
    for frame in visit.frames:
        if isinstance(frame, MessageStarted):
            key = (frame.message_id, frame.attempt)
            stream = streams.setdefault(key, _Stream())
            if stream.frames and frame.model_dump_json() not in stream.frames:
                yield _gap(frame, "the attempt began twice")
            stream.frames.add(frame.model_dump_json())
            newest[frame.message_id] = max(frame.attempt, newest.get(frame.message_id, 0))
        elif isinstance(frame, MessageDelta):
            newest[frame.message_id] = max(frame.attempt, newest.get(frame.message_id, 0))
            stream = streams.get((frame.message_id, frame.attempt))
            if stream is not None:
                yield from _piece(stream, frame)
    yield from _finals(visit, streams, newest)


def _piece(stream: _Stream, frame: MessageDelta) -> Iterator[Violation]:
    """Take a frame in order of arrival. A resend after a lost answer may overlap, if it says the same and more."""
    text = frame.model_dump_json()
    if text in stream.frames:
        return
    stream.frames.add(text)
    overlap = len(stream.text) - frame.offset
    if overlap < 0:
        yield _gap(frame, f"at {frame.offset}, but only {len(stream.text)} characters came before")
    elif overlap and (len(frame.text) <= overlap or stream.text[frame.offset :] != frame.text[:overlap]):
        yield _gap(frame, f"at {frame.offset}, again: {len(stream.text)} characters came before")
    stream.text = stream.text[: frame.offset] + frame.text


def _gap(frame: MessageStarted | MessageDelta, detail: str) -> Violation:
    return Violation(name="delta gap", where=f"{frame.message_id} attempt {frame.attempt}", detail=detail)


def _finals(visit: Visit, streams: dict[tuple[str, int], _Stream], newest: dict[str, int]) -> Iterator[Violation]:
    for frame in visit.frames:
        if not isinstance(frame, MessageCompleted) or frame.finish not in _WHOLE:
            continue
        stream = streams.get((frame.message_id, newest.get(frame.message_id, 0)))
        if stream is not None and visit.settled and stream.text != text_of(frame.parts):
            detail = f"streamed {stream.text!r}, final {text_of(frame.parts)!r}"
            yield Violation(name="text mismatch", where=frame.message_id, detail=detail)


def _unheard(visit: Visit, stored: StoredConversation) -> Iterator[Violation]:
    """Whoever hears a turn from begin to end hears of the attempt that wrote each step, and its text.

    No trouble excuses less: a step is stored by the attempt that wrote it, after all of its text was sent.
    """
    begun = {(f.message_id, f.attempt) for f in visit.frames if isinstance(f, MessageStarted)}
    spoken = {(f.message_id, f.attempt) for f in visit.frames if isinstance(f, MessageDelta)}
    whole = _heard_whole(visit, stored)
    for step in (event for event in stored.events if isinstance(event, MessageCompleted)):
        if step.turn_id not in whole or step.finish not in _WHOLE:
            continue
        key = (step.message_id, step.attempt)
        if text_of(step.parts) and key not in spoken:
            yield Violation(name="not streamed", where=step.message_id, detail=f"nothing of attempt {step.attempt}")
        elif key not in begun:
            yield Violation(name="not announced", where=step.message_id, detail=f"attempt {step.attempt}")


def _heard_whole(visit: Visit, stored: StoredConversation) -> set[str]:
    """Return the turns that began when this client had the conversation open, and ended before it left."""
    opened = visit.opened
    if opened is None or not visit.settled or not visit.streaming:
        return set()
    begun = {e.turn_id for e in stored.events if isinstance(e, TurnStarted) and e.seq > opened.through_seq}
    return begun & {frame.turn_id for frame in visit.frames if isinstance(frame, ChatResponse)}
