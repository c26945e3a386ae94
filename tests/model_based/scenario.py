"""How the model answers each kind of question, and how a turn of that kind may end.

A question is `KIND WORD`, the word its own; the rules go by the last thing the model was told.
"""

from collections.abc import Iterable
from typing import Any

from shared.protocol.shapes import TurnStatus

TOOL = ("crm", "log_activity")
HINT_MS = 300


def _rule(kind: str, **how: Any) -> dict[str, Any]:
    match = {name: how.pop(name) for name in ("step", "attempt") if name in how}
    return {"match": {"text": rf"^{kind} (\w+)", **match}, "respond": how}


_CALL = {"name": "crm__log_activity", "arguments": {"account": "Contoso", "kind": "note", "note": "{{1}}"}}
RULES = [
    _rule("slow", tokens=25, token_ms=20, first_token_ms=60),
    _rule("tool", step=0, calls=[_CALL]),
    _rule("limited", attempt=1, error="rate_limit", retry_after_ms=HINT_MS),
    _rule("cut", attempt=1, text="This will be cut before its end.", truncate_after=3),
    _rule("refused", error="content_filter"),
    {"match": {}, "respond": {"text": "That is all there is to say.", "token_ms": 5, "first_token_ms": 20}},
]
TOOL_DELAY = {"server": TOOL[0], "tool": TOOL[1], "delay_ms": 250, "count": 1_000_000}


def statuses(question: str, steers: Iterable[str], *, stopping: bool) -> set[TurnStatus]:
    """Return how a turn that got the floor may end, by its question and what was put into it."""
    texts = (question, *steers)
    ends = set[TurnStatus]()
    if len(texts) > 1 or not question.startswith("refused"):
        ends.add("completed")
    if any(text.startswith("refused") for text in texts):
        ends.add("failed")
    if stopping:
        ends.add("stopped")
    return ends
