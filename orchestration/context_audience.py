"""Which tool results may be told in an answer that others read too: those its whole audience may see. Pure."""

from collections.abc import Set as AbstractSet

from orchestration.context_turns import Turn, Turns
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import ToolCallPart

WITHHELD = "[withheld: only the person who asked for this may see it. Say so if the answer depends on it.]"
NOT_SHOWN = "{}"
"""Stands in place of the arguments, which may tell as much as the result."""


def may_be_told(result: ToolCallCompleted, asker: str | None, audience: AbstractSet[str]) -> bool:
    """Tell whether all of `audience` (principals) may see the result. `asker`: None if not known."""
    return result.readers == "everyone" or (asker is not None and audience <= {asker})


def withheld_calls(turns: Turns, audience: AbstractSet[str] | None) -> frozenset[str]:
    """Return the ids of the calls whose results not all of `audience` may see. None: one person's own conversation."""
    if audience is None:
        return frozenset()
    askers = {call_id: _asker(turns, turn_id) for turn_id, turn in turns.by_id.items() for call_id in _calls(turn)}
    return frozenset(
        call_id for call_id, result in turns.results.items() if not may_be_told(result, askers.get(call_id), audience)
    )


def _asker(turns: Turns, turn_id: str) -> str | None:
    question = turns.question(turn_id)
    return question.author.id if question else None


def _calls(turn: Turn) -> list[str]:
    return [part.call_id for step in turn.steps for part in step.parts if isinstance(part, ToolCallPart)]
