"""What is asked in a chaos run, and the model's script for it: everything drawn from one seed before it begins."""

import random
from dataclasses import dataclass, replace
from typing import Any, Literal

type Kind = Literal["plain", "tool", "effect", "many"]

READING_TOOL = "crm__find_accounts"
WRITING_TOOL = "crm__log_activity"
ACCOUNT = "Contoso"
_BURSTS = (1, 1, 1, 1, 1, 1, 1, 1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: `text` names it and carries the words the script goes by; `answer` is the model's whole answer."""

    name: str
    text: str
    answer: str


type Burst = tuple[Question, ...]
"""Questions sent without waiting for one another's answers."""
type Session = tuple[Burst, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is asked, and how; `faults`, `tools` and `effects` are shares of the questions."""

    turns: int
    clients: int
    tokens: int
    seed: int
    faults: float = 0.07
    tools: float = 0.1
    effects: float = 0.0
    session_turns: int = 10
    first_token_ms: int = 50
    token_ms: int = 20

    def plan(self) -> list[list[Session]]:
        """Return each client's sessions; the same for the same load."""
        draw = random.Random(self.seed)  # noqa: S311 - a repeatable plan, not a secret
        shares = [self.turns // self.clients + (n < self.turns % self.clients) for n in range(self.clients)]
        return [self._sessions(draw, client, share) for client, share in enumerate(shares)]

    def _sessions(self, draw: random.Random, client: int, share: int) -> list[Session]:
        sessions: list[Session] = []
        for first in range(0, share, self.session_turns):
            names = [f"q{client}x{turn}t{self.tokens}" for turn in range(first, min(first + self.session_turns, share))]
            bursts: list[Burst] = []
            while names:
                size = draw.choice(_BURSTS)
                bursts.append(tuple(self._question(draw, name) for name in names[:size]))
                del names[:size]
            sessions.append(tuple(bursts))
        return sessions

    def _question(self, draw: random.Random, name: str) -> Question:
        kind: Kind = draw.choices(
            ("effect", "tool", "plain"), (self.effects, self.tools, 1 - self.effects - self.tools)
        )[0]
        fault = draw.choice(tuple(FAULTS)) if draw.random() < self.faults else None
        return question(name, self.tokens, kind, fault)

    def asked(self, words: str) -> int:
        """Return how many questions have these words."""
        bursts = (burst for sessions in self.plan() for session in sessions for burst in session)
        return sum(words in question.text for burst in bursts for question in burst)

    def calm(self, turns: int) -> "Load":
        """Return the first so many turns of this load without model faults."""
        return replace(self, turns=turns, faults=0.0)

    def script(self) -> list[dict[str, Any]]:
        return script(self.tokens, first_token_ms=self.first_token_ms, token_ms=self.token_ms)


FAULTS: dict[str, dict[str, Any]] = {
    "busy": {"error": "rate_limit", "retry_after_ms": 100},
    "server": {"error": "server"},
    "unavailable": {"error": "unavailable"},
    "reset": {"reset_after": 4},
    "truncate": {"truncate_after": 5},
    "failed": {"failed_after": 3},
    "broken": {"error_frame_after": 6},
}
"""What the model does wrong the first time it is asked, by the word in the question."""


def question(name: str, tokens: int, kind: Kind = "plain", fault: str | None = None) -> Question:
    """Return a question whose answer has so many tokens."""
    words = [name, kind] if fault is None else [name, kind, f"fault-{fault}"]
    return Question(name=name, text=" ".join(words), answer=answer(name, tokens))


def answer(name: str, tokens: int) -> str:
    """Return an answer in which every token is unlike its neighbours, and every answer unlike the others."""
    return " ".join([name, *(f"w{number}" for number in range(1, tokens))])


def script(tokens: int, *, first_token_ms: int, token_ms: int) -> list[dict[str, Any]]:
    """Return the model's rules for questions made by `question`."""
    pace = {"first_token_ms": first_token_ms, "token_ms": token_ms}
    whole = {"text": answer("{{1}}", tokens), **pace}
    faults = [
        {
            "name": f"fault-{word}",
            "match": {"text": rf"^(\w+) \w+ fault-{word}$", "attempt": 1},
            "respond": response if "error" in response else {**whole, **response},
        }
        for word, response in FAULTS.items()
    ]
    return [
        *faults,
        _calling(r"^(\w+) tool\b", _looking_up("{{1}}"), pace=pace),
        _calling(r"^(\w+) many\b", *(_looking_up(f"{{{{1}}}} {n}") for n in range(5)), pace=pace),
        _calling(
            r"^(\w+) effect\b",
            {"name": WRITING_TOOL, "arguments": {"account": ACCOUNT, "kind": "note", "note": "{{1}}"}},
            pace=pace,
        ),
        {"name": "answer", "match": {"text": r"^(\w+) \w+"}, "respond": whole},
    ]


def _looking_up(query: str) -> dict[str, Any]:
    return {"name": READING_TOOL, "arguments": {"query": query}}


def _calling(text: str, *calls: dict[str, Any], pace: dict[str, int]) -> dict[str, Any]:
    return {"name": "call", "match": {"text": text, "step": 0}, "respond": {"calls": list(calls), **pace}}
