"""The labelled questions for measuring the analyzer: `python -m bench.labelled_questions` writes them anew.

Families of paraphrases are written by hand in `bench/data/question_families.txt` (what people ask, in ordinary
variation) and `question_families_apart.txt` (the same in words that hardly meet). `{a|b}` is a choice; `<company>`,
`<person>` and `<number>` are what differs from one asker to the next. What is drawn from them is committed.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

DATA = Path(__file__).resolve().parent / "data"
COMMITTED = DATA / "questions.jsonl"
PER_FAMILY = 16
SEED = 20260302
_TRIES = 400

type Split = Literal["A", "B"]

_FILES: dict[Split, str] = {"A": "question_families.txt", "B": "question_families_apart.txt"}
_FILLERS = {
    "company": ("Contoso", "Fabrikam", "Tailspin Toys", "Adventure Works", "Litware", "Wingtip", "Proseware AG"),
    "person": ("Anna Berger", "Mr. Olsen", "Priya Nair", "Tom Keller", "Dr. Weiss", "Lucía Fernández"),
    "number": ("10", "15", "20", "30", "45", "60"),
}
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question and the family it is of; `split` A: ordinary paraphrases, B: such that share no content words."""

    split: Split
    family: str
    text: str


def families(split: Split) -> Iterator[tuple[str, list[str]]]:
    """Yield each family's name and its frames."""
    name, frames = "", list[str]()
    for line in (DATA / _FILES[split]).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            if frames:
                yield name, frames
            name, frames = line[2:], []
        elif line.strip():
            frames.append(line)
    yield name, frames


def spoken(frame: str, chance: random.Random) -> str:
    """Return one question a frame stands for, begun and ended as a person would."""
    text = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), frame)
    text = " ".join(_SLOT.sub(lambda found: chance.choice(_FILLERS[found[1]]), text).split()).replace(" ,", ",")
    text = text[0].upper() + text[1:]
    return text if text[-1] in "?.!" else text + chance.choice(("?", "?", "", "."))


def drawn() -> list[Labelled]:
    """Return the questions: `PER_FAMILY` of each family of A, every sentence of B; always the same ones."""
    chance = random.Random(SEED)  # noqa: S311 - a draw to repeat, not a secret
    found: list[Labelled] = []
    for family, frames in families("A"):
        texts = dict[str, None]()
        for attempt in range(_TRIES):
            texts[spoken(frames[attempt % len(frames)], chance)] = None
            if len(texts) == PER_FAMILY:
                break
        found += [Labelled(split="A", family=family, text=text) for text in texts]
    for family, frames in families("B"):
        found += [Labelled(split="B", family=family, text=text) for text in frames]
    return found


def committed() -> list[Labelled]:
    """Return the questions as they are committed."""
    return [Labelled(**json.loads(line)) for line in COMMITTED.read_text(encoding="utf-8").splitlines()]


def lines() -> str:
    """Return what is committed, one question a line."""
    return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in drawn())


if __name__ == "__main__":
    COMMITTED.write_text(lines(), encoding="utf-8")
