"""What the model is asked in one step: all it may be told, or less where its service refuses that much. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration import context, context_memory
from orchestration.context_reach import Reach, within
from orchestration.step_view import StepView
from shared.event_log.documents import Manifest
from shared.event_log.shapes import Record
from shared.memory import Memory
from shared.model import ModelRequest
from shared.model_tokens import items_tokens
from shared.protocol.codes import ErrorCode

MAX_OUTPUT_TOKENS = 4_000
LAST_STEP = "\n\nYou have used up what one question may use. Answer now with what you have."
NOT_ALL = (
    "\n\nPart of what was said before is not shown to you: the content rules of the model service blocked it. If the"
    " answer depends on it, say so."
)
_PARTS = (1.0, 0.5, 0.25)
"""Parts of the context budget to try when the model says that even this much is too long for it."""
_REACHES: tuple[Reach, ...] = ("all", "answered", "alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, how it came about, and the version of the person's memory it tells, if any."""

    request: ModelRequest
    part: float
    reach: Reach
    memory_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What requests for the step are made of. `offered`: what of `manifest` its asker may use now.

    `is_last`: no tools any more; `limit` is the limit that made it so, if one did.
    """

    record: Record
    view: StepView
    turn_id: str
    model: str
    manifest: Manifest
    offered: Manifest
    memory: Memory
    is_last: bool
    limit: ErrorCode | None

    def whole(self) -> Asked:
        return self._asked(_PARTS[0], _REACHES[0])

    def after(self, refused: Asked, code: ErrorCode) -> Asked | None:
        """Return what to ask where `refused` was, with `code`; None where asking for less cannot help."""
        match code:
            case ErrorCode.CONTEXT_TOO_LONG:
                return next((self._asked(part, refused.reach) for part in _PARTS if part < refused.part), None)
            case ErrorCode.CONTENT_FILTERED:
                return next((less for less in self._reaching_less(refused) if _differs(less, refused)), None)
            case _:
                return None

    def _reaching_less(self, refused: Asked) -> Iterator[Asked]:
        return (self._asked(refused.part, reach) for reach in _REACHES[_REACHES.index(refused.reach) + 1 :])

    def _asked(self, part: float, reach: Reach) -> Asked:
        last = LAST_STEP if self.limit is not None else ""
        instructions = self.manifest.instructions + self.view.words + last + (NOT_ALL if reach != "all" else "")
        given = () if self.is_last else context.given_tools(self.offered, self.record, remembers=self.memory.enabled)
        budget = context.left(instructions, given, int(context.BUDGET_TOKENS * part))
        notes = context_memory.notes(self.memory, budget) if reach != "alone" else ()
        told = within(self.view.told, self.turn_id, reach)
        items = context.history(told, self.turn_id, budget - items_tokens(notes), self.view.readers)
        request = ModelRequest(
            model=self.model,
            instructions=instructions,
            items=(*notes, *items),
            tools=given,
            cache_key=f"{self.manifest.prompt}.{self.manifest.prompt_version}",
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        return Asked(request=request, part=part, reach=reach, memory_version=self.memory.version if notes else None)


def _differs(less: Asked, refused: Asked) -> bool:
    return less.request.items != refused.request.items
