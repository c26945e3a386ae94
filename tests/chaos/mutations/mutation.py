"""What is known of a defect."""

from dataclasses import dataclass

from tests.chaos.mutations.arena import Provocation
from tests.chaos.mutations.copies import Replacement
from tests.support.violation import ViolationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One defect. `quick`: part of the short selection that runs with the tests.

    `patience_s`: how long it may keep a client waiting; long where a restart comes first and the answer after it.
    """

    name: str
    replacements: tuple[Replacement, ...]
    provocation: Provocation
    expected: ViolationName
    quick: bool = False
    patience_s: float = 15.0
