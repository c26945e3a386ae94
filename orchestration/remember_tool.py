"""The built-in tool `remember` as the model knows it, and what a call of it says. Pure."""

from dataclasses import dataclass
from typing import cast

from shared.cards.schema import problem_with
from shared.errors import CommandRefused
from shared.memory import MAX_CHARACTERS, EntryKind, entry_text
from shared.model import ModelTool
from shared.protocol.shapes import ToolCallPart
from shared.tools.arguments import ArgumentsUnusable, parse_arguments
from shared.tools.catalog import Policy, ServerSpec, ToolPolicy
from shared.tools.descriptions import canonical
from shared.tools.names import REMEMBER

_STORING_S = 15.0

PARAMETERS = canonical(
    {
        "type": "object",
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["fact", "instruction"],
                "description": "A fact about the person, or an instruction for how to answer them.",
            },
            "text": {
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_CHARACTERS,
                "description": "One short sentence that stands on its own, as the person would say it.",
            },
        },
        "required": ["kind", "text"],
        "additionalProperties": False,
    }
)
REMEMBER_TOOL = ModelTool(
    name=REMEMBER,
    description=(
        "Ask the person to let you remember something in their memory, which you are told in all their conversations."
        " They read the words, may change them, and decide; nothing is stored without their yes. Use it when they ask"
        " you to remember something, or say something lasting about themselves or about how they want to be answered."
        " Not for what concerns this conversation only, for what your notes say already, for what tools returned, or"
        " for secrets."
    ),
    parameters=PARAMETERS,
)
OURS = ServerSpec(
    name="",
    url="",
    roles=frozenset(),
    timeout_s=_STORING_S,
    tools={REMEMBER: ToolPolicy(policy=Policy.ASK, idempotent=True, editable=True)},
    max_result_bytes=0,
    trust="trusted",
    readers="asker",
)
"""Stands where other tools have their server. Storing twice is storing once: the call's id names the entry."""


class NothingToRemember(ValueError):  # noqa: N818 - reads as what happened
    """The arguments are no entry of a memory; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is to be remembered, as an entry keeps it."""

    kind: EntryKind
    text: str

    @property
    def arguments(self) -> str:
        """The call's arguments (JSON text) that say just this."""
        return canonical({"kind": self.kind, "text": self.text})


def is_remember(part: ToolCallPart) -> bool:
    return not part.server and part.tool == REMEMBER


def proposed(arguments: str) -> Proposed:
    """Return what a call with these arguments (JSON text) would store.

    Raises:
        NothingToRemember: they do not fit the tool, or the text is none that an entry can have.

    """
    try:
        given = parse_arguments(arguments)
        if isinstance(given.get("text"), str):
            given["text"] = entry_text(given["text"])
        problem = problem_with(PARAMETERS, given)
        if problem is not None:
            raise NothingToRemember(problem)
        return Proposed(kind=cast("EntryKind", given["kind"]), text=given["text"])
    except (ArgumentsUnusable, CommandRefused) as error:
        raise NothingToRemember(str(error)) from None
