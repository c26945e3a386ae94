"""Conversations of every kind, drawn by chance."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from shared import ids
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import ToolStatus, Trust
from tests.orchestration.records import Notes

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Time tells nothing where other tests run beside."""
NOW = "now"
_ALPHABET = st.sampled_from(["x", "word ", "1", "ä", "語", "🙂", "\n"])
_STATUSES: list[ToolStatus] = ["completed", "failed", "unknown", "cancelled", "denied"]
_TRUST: list[Trust] = ["trusted", "untrusted"]


@st.composite
def texts(draw: st.DrawFn, name: str, most: int) -> str:
    """Draw a text that begins with `name`, so that it can be told from others also when it is cut."""
    return f"<{name}>" + draw(_ALPHABET) * draw(st.integers(0, most))


@st.composite
def conversations(draw: st.DrawFn) -> Notes:
    """Draw ended turns with any calls and steers, some replacing others, a summary of some, and one that runs."""
    notes = Notes()
    done: dict[str, str] = {}
    for turn in [*(f"t{n}" for n in range(draw(st.integers(0, 5)))), NOW]:
        asked = _begin(draw, notes, turn, done)
        steps = draw(st.integers(0, 3))
        for step in range(steps):
            _step(draw, notes, turn, step)
        if turn != NOW:
            notes.end(turn, draw(st.sampled_from([None, None, ErrorCode.CONTENT_FILTERED, ErrorCode.LIMIT_TIME])))
            done[turn] = asked
            if draw(st.integers(0, 4)) == 0:
                notes.summarised(notes.seq, draw(texts("summary", 600)))
        elif steps and draw(st.booleans()):
            notes.active(NOW).steer(NOW, "later", draw(texts("later.q", 300)))
    return notes


def _begin(draw: st.DrawFn, notes: Notes, turn: str, done: dict[str, str]) -> str:
    """Say the turn's beginning; return the turn whose question it answers. `done` tells that of the turns before."""
    replaces = draw(st.sampled_from([None, None, None, *done]))
    if replaces is not None and draw(st.booleans()):
        notes.started(turn, replaces=replaces, question_of=done[replaces])
        return done[replaces]
    notes.question(turn, draw(texts(f"{turn}.q", 500))).started(turn, replaces=replaces)
    return turn


def _step(draw: st.DrawFn, notes: Notes, turn: str, step: int) -> None:
    steers: tuple[str, ...] = ()
    if step and draw(st.booleans()):
        steers = (f"{turn}s{step}",)
        notes.steer(turn, steers[0], draw(texts(f"{steers[0]}.q", 300)))
        notes.head = notes.head.model_copy(update={"steers": ()})
    calls = ["find"] * draw(st.integers(0, 3))
    said = draw(st.sampled_from(["", draw(texts(ids.step_message(turn, step), 500))]))
    arguments = draw(st.sampled_from(["{}", '{"a":"' + "b" * 900 + '"}']))
    notes.step(turn, step, said, *calls, steered_by=steers, arguments=arguments)
    for n in range(len(calls)):
        call_id = ids.call(turn, step, n)
        notes.called(call_id, idempotent=draw(st.booleans()))
        if draw(st.integers(0, 4)):
            reference = draw(st.sampled_from([None, f"results/s_1/{call_id}.txt"]))
            status, trust = draw(st.sampled_from(_STATUSES)), draw(st.sampled_from(_TRUST))
            notes.result(call_id, draw(texts(call_id, 4000)), status, reference, trust=trust)
