"""What must hold of text told while it is written: who wishes it gets it, and it ends as the message reads."""

from collections.abc import Iterator

from tests.model_based.person import Client, Frame, Visit

_WHOLE = frozenset({"stop", "tools"})


def streams(client: Client, told: dict[int, Frame]) -> Iterator[str]:
    """What was streamed from its beginning is the text that was then said to be complete; none was kept back."""
    for visit in client.visits:
        yield from _texts(visit)
        if client.streaming and visit.settled:
            yield from _unheard(visit, told)


def _texts(visit: Visit) -> Iterator[str]:
    texts: dict[tuple[str, int], str] = {}
    for frame in visit.frames:
        key = _attempt(frame)
        if frame["type"] == "message.started":
            texts[key] = ""
        elif frame["type"] == "message.delta" and key in texts:
            if frame["offset"] != len(texts[key]):
                yield f"text at {frame['offset']} of {key}, {len(texts[key])} characters came before"
            texts[key] = texts[key][: frame["offset"]] + frame["text"]
        elif _is_whole(frame) and texts.get(key, _said(frame)) != _said(frame):
            yield f"streamed {texts[key]!r} for {key}, said {_said(frame)!r}"


def _unheard(visit: Visit, told: dict[int, Frame]) -> Iterator[str]:
    """Of each turn that began before this client's eyes, the attempt that wrote a step was announced and streamed."""
    opened = next((frame["through_seq"] for frame in visit.frames if frame["type"] == "session.created"), None)
    if opened is None:
        return
    begun = {event["turn_id"] for seq, event in told.items() if event["type"] == "turn.started" and seq > opened}
    announced = {_attempt(frame) for frame in visit.frames if frame["type"] == "message.started"}
    spoken = {_attempt(frame) for frame in visit.frames if frame["type"] == "message.delta"}
    for step in told.values():
        if not _is_whole(step) or step["turn_id"] not in begun:
            continue
        if _attempt(step) not in announced:
            yield f"never announced {_attempt(step)}"
        if _said(step) and _attempt(step) not in spoken:
            yield f"nothing streamed for {_attempt(step)}"


def _is_whole(frame: Frame) -> bool:
    return frame["type"] == "message.completed" and frame["finish"] in _WHOLE


def _attempt(frame: Frame) -> tuple[str, int]:
    return str(frame.get("message_id")), int(frame.get("attempt", 0))


def _said(frame: Frame) -> str:
    return "".join(part["text"] for part in frame["parts"] if part["type"] == "text")
