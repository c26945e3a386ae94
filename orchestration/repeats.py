"""What a turn that replaces another must not do a second time: what happened stays happened."""

import json
from dataclasses import dataclass

from orchestration.context_turns import turns_of
from shared.event_log.shapes import Record
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.shapes import Readers, ToolCallPart, ToolStatus, Trust

DONE_BEFORE = "Not made again: this was done before the question was asked again. Its result then: "
NOT_KNOWN = (
    "Not made: this was sent before the question was asked again, and whether it took effect is not known yet. Say so; "
    "do not call it again."
)
NOT_TWICE = (
    "Not made: this tool already took effect for this question, with other arguments. Answering again does not repeat "
    "effects; tell the person to ask for it in a new message if it should be done as well."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in place of a call that is not made."""

    status: ToolStatus
    text: str
    readers: Readers = "everyone"
    trust: Trust = "trusted"


class Effects:
    """The calls with effects that a turn took over from the turns it replaces."""

    def __init__(self, record: Record, turn_id: str) -> None:
        turns = turns_of(record)
        turn = turns.by_id.get(turn_id)
        started = turn.started if turn else None
        self._answers_again = started is not None and started.question_id is not None
        self._done: list[tuple[ToolCallPart, Standing]] = []
        for call in (call for calls in turn.carried for call in calls) if turn else ():
            begun = turns.calls.get(call.call_id)
            if call.server and not (begun and begun.idempotent):
                self._done.append((call, _standing(record, turns.results.get(call.call_id))))

    def standing(self, call: ToolCallPart) -> Standing | None:
        """Return what the model gets instead of the call; None when it may be made."""
        same_tool = [done for done in self._done if (done[0].server, done[0].tool) == (call.server, call.tool)]
        for done, standing in same_tool:
            if _canonical(done.arguments) == _canonical(call.arguments):
                return standing
        if same_tool and self._answers_again:
            return Standing(status="denied", text=NOT_TWICE)
        return None


def _standing(record: Record, result: ToolCallCompleted | None) -> Standing:
    if result is None:
        return Standing(status="unknown", text=NOT_KNOWN)
    text = DONE_BEFORE + record.private_texts.get(result.call_id, result.preview)
    return Standing(status=result.status, text=text, readers=result.readers, trust=result.trust)


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
