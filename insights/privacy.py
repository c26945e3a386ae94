"""What may be told of questions: nothing of few people, and no word that only few people use. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from shared.common_questions.masking import EMAIL, LINK, NAME, NUMBER
from shared.common_questions.shapes import MIN_PEOPLE, AskedQuestion, Example

HIDDEN = "…"
EXAMPLES = 3
_MASKS = frozenset({EMAIL, LINK, NAME, NUMBER})
_PIECE = re.compile(r"\[(?:name|number|email|link)\]|[^\W\d_]+(?:'[^\W\d_]+)*")


class CommonWords:
    """The words that `MIN_PEOPLE` different people used; it remembers no more people of a word than that."""

    def __init__(self) -> None:
        self._people: dict[str, set[str]] = {}

    def add(self, question: AskedQuestion) -> None:
        for found in _PIECE.finditer(question.text):
            people = self._people.setdefault(found[0].lower(), set())
            if len(people) < MIN_PEOPLE:
                people.add(question.person)

    def __contains__(self, word: str) -> bool:
        return word in _MASKS or len(self._people.get(word.lower(), ())) >= MIN_PEOPLE


def shown(text: str, common: CommonWords) -> str:
    """Return a masked question with the words left out that only few people use."""
    hidden = _PIECE.sub(lambda found: found[0] if found[0] in common else HIDDEN, text)
    return re.sub(rf"{HIDDEN}(?:\s*{HIDDEN})+", HIDDEN, hidden)


def examples(nearest_first: Sequence[AskedQuestion], common: CommonWords) -> tuple[Example, ...]:
    """Choose what shows how people ask: near the centre, of different people, in different words, little left out."""
    candidates: dict[str, tuple[int, int, AskedQuestion]] = {}
    for place, question in enumerate(nearest_first):
        text = shown(question.text, common)
        candidates.setdefault(text.lower(), (text.count(HIDDEN), place, question))
    people: Mapping[str, None] = {}
    chosen: list[Example] = []
    for hidden, _, question in sorted(candidates.values(), key=lambda one: one[:2]):
        if len(chosen) == EXAMPLES or (hidden and chosen and hidden > 2):  # noqa: PLR2004 - a text of gaps shows nothing
            break
        if question.person not in people:
            people = {**people, question.person: None}
            chosen.append(Example(question_id=question.id, text=shown(question.text, common)))
    return tuple(chosen)


def people_of(questions: Iterable[AskedQuestion]) -> int:
    """Return how many different people asked."""
    return len({question.person for question in questions})
