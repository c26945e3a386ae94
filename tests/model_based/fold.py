"""What a client shows after folding frames as they came, so that it can be compared with a fold of the log."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.model_based.person import Frame, events_in


@dataclass(slots=True, kw_only=True)
class Turn:
    """One turn as shown."""

    phase: str = "asked"
    question: str = ""
    status: str | None = None
    response: str = ""
    texts: dict[str, str] = field(default_factory=dict[str, str])
    calls: dict[str, str] = field(default_factory=dict[str, str])
    put_into: str | None = None


@dataclass(slots=True, kw_only=True)
class Shown:
    """The conversation: turns by id, who waits, and the text being written (message → attempt, text)."""

    title: str = ""
    while_busy: str = "queue"
    turns: dict[str, Turn] = field(default_factory=dict[str, Turn])
    waiting: list[str] = field(default_factory=list[str])
    last: int = 0
    early: dict[int, Frame] = field(default_factory=dict[int, Frame])
    live: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    recovered: bool = False
    parked: list[Frame] = field(default_factory=list[Frame])


def shown_after(visits: Iterable[Iterable[Frame]]) -> Shown:
    """Fold the frames of one connection after another."""
    shown = Shown()
    for frames in visits:
        shown.recovered, shown.parked = False, []
        for frame in frames:
            _receive(shown, frame)
    return shown


def picture(shown: Shown) -> dict[str, object]:
    """Return what two readers must agree on; text without its end is only kept by those who saw it live."""
    return {
        "title": shown.title,
        "while_busy": shown.while_busy,
        "turns": shown.turns,
        "waiting": shown.waiting,
        "last": shown.last,
    }


def _receive(shown: Shown, frame: Frame) -> None:
    if frame["type"] in {"snapshot", "session.created"}:
        for event in events_in(frame):
            _take(shown, event)
        _checkpoint(shown, frame.get("live"))
        shown.recovered = True
        parked, shown.parked = shown.parked, []
        for held in parked:
            _receive(shown, held)
    elif frame["type"] in {"message.started", "message.delta"} or events_in(frame):
        if not shown.recovered:
            shown.parked.append(frame)
        elif events_in(frame):
            _take(shown, frame)
        else:
            _write(shown, frame)


def _take(shown: Shown, event: Frame) -> None:
    shown.early[int(event["seq"])] = event
    while (following := shown.early.pop(shown.last + 1, None)) is not None:
        shown.last += 1
        _apply(shown, following)
    for old in [seq for seq in shown.early if seq <= shown.last]:
        del shown.early[old]


def _checkpoint(shown: Shown, live: Frame | None) -> None:
    if live is None:
        return
    attempt, text = shown.live.get(live["message_id"], (0, ""))
    if live["attempt"] > attempt or (live["attempt"] == attempt and len(live["text"]) > len(text)):
        shown.live[live["message_id"]] = (live["attempt"], live["text"])


def _write(shown: Shown, frame: Frame) -> None:
    message, attempt = frame["message_id"], frame["attempt"]
    newest, text = shown.live.get(message, (0, ""))
    if attempt > newest:
        newest, text = attempt, ""
    if frame["type"] == "message.delta" and attempt == newest and frame["offset"] <= len(text):
        text = text[: frame["offset"]] + frame["text"]
    shown.live[message] = (newest, text)


def _apply(shown: Shown, event: Frame) -> None:
    match event["type"]:
        case "title.updated":
            shown.title = event["title"]
        case "settings.updated":
            shown.while_busy = event["while_busy"]
        case "feedback.recorded":
            pass
        case "chat_response":
            _end(shown, event)
        case _:
            _progress(shown, shown.turns.setdefault(event["turn_id"], Turn()), event)


def _progress(shown: Shown, turn: Turn, event: Frame) -> None:
    match event["type"]:
        case "message.created":
            turn.question = _text(event)
            turn.put_into = event.get("steers")
        case "turn.queued":
            turn.phase = "queued"
            shown.waiting.insert(event["position"] - 1, event["turn_id"])
        case "turn.started":
            turn.phase = "running"
            shown.waiting = [each for each in shown.waiting if each != event["turn_id"]]
        case "turn.stopping":
            turn.phase = "stopping"
        case "message.completed":
            turn.texts[event["message_id"]] = _text(event)
        case "tool_call.started":
            turn.calls.setdefault(event["call_id"], "running")
        case "tool_call.completed":
            turn.calls[event["call_id"]] = event["status"]
        case unknown:
            raise AssertionError(f"an event nobody folds: {unknown}")


def _end(shown: Shown, event: Frame) -> None:
    turn = shown.turns.setdefault(event["turn_id"], Turn())
    turn.phase, turn.status, turn.response = "ended", event["status"], event["response"]
    shown.waiting = [each for each in shown.waiting if each != event["turn_id"]]


def _text(event: Frame) -> str:
    return "".join(part["text"] for part in event["parts"] if part["type"] == "text")
