"""What the model gets to read: a pure, deterministic function of the log and the pinned manifest.

Order is prompt-cache friendly: tools (sorted in the manifest), instructions, a summary of the oldest turns, the turns
since, the running turn. As long as nothing has to be left out, a further turn changes nothing that stands before it.
"""

from collections.abc import Set as AbstractSet

from orchestration.context_fit import FLOOR_TOKENS, fit
from orchestration.context_items import NO_RESULT, story_of
from orchestration.context_steers import pending_steers
from orchestration.context_tools import given_tools
from shared.event_log.shapes import Record
from shared.model import InputItem, ModelTool
from shared.model_tokens import fixed_tokens

__all__ = [
    "BUDGET_TOKENS",
    "FLOOR_TOKENS",
    "HISTORY_EVENTS",
    "NO_RESULT",
    "given_tools",
    "history",
    "left",
    "pending_steers",
]

BUDGET_TOKENS = 64_000
"""Estimated tokens of a request: half of the smallest window in use, which leaves room for the answer and for error."""
HISTORY_EVENTS = 600
"""How far back (in `seq`) from a turn's question the log is read for the model's context."""


def history(
    record: Record, turn_id: str, budget: int = BUDGET_TOKENS, audience: AbstractSet[str] | None = None
) -> tuple[InputItem, ...]:
    """Return the model's input for the next step of `turn_id`, in at most `budget` estimated tokens.

    `audience` are the principals who read the answer; None where one person talks to the coach alone.
    That holds for any budget of `FLOOR_TOKENS` or more; below it the question is told in `FLOOR_TOKENS`.
    """
    return fit(story_of(record, turn_id, audience), budget)


def left(instructions: str, offered: tuple[ModelTool, ...], budget: int = BUDGET_TOKENS) -> int:
    """Return the tokens that instructions and tools leave for the history, `FLOOR_TOKENS` at least."""
    return max(FLOOR_TOKENS, budget - fixed_tokens(instructions, offered))
