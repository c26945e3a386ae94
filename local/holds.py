"""Requests a test stops on their way: named by what they carry, held until it lets them go or loses them.

A service describes each request in words of its own (`Words`) and offers it moments to stop at. Which words and moments
there are is said in `docs/local/`. What becomes of a held request is the test's decision alone: its client may long be
gone.
"""

import asyncio
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

type Words = Mapping[str, Sequence[str]]
"""What a request is about: for each word of the service one or more texts."""
type State = Literal["armed", "passing", "held", "gone"]
type Decision = Literal["carry_out", "drop"]

LONGEST_WAIT_S = 60.0


class HoldError(Exception):
    """What was asked of the holds cannot be done; `status` is HTTP's word for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RequestDroppedError(Exception):
    """The held request is lost: the service breaks the connection without an answer."""


class HoldSpec(BaseModel):
    """Hold the `nth` request from now on that fits.

    `match` has regular expressions by word; each must match one of the word's texts in full, and {} fits any request.
    `at` is the moment it stops at: `before` it is carried out, when that is `done` but not answered, or another one of
    the service. `after` counts what has to have happened at that moment, where the service counts something.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: dict[str, str] = {}
    nth: int = Field(default=1, ge=1)
    at: str = "before"
    after: int = Field(default=0, ge=0)

    @field_validator("match")
    @classmethod
    def _compiles(cls, match: dict[str, str]) -> dict[str, str]:
        for pattern in match.values():
            try:
                re.compile(pattern)
            except re.PatternError as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return match

    def fits(self, words: Words) -> bool:
        return all(
            any(re.fullmatch(pattern, text, re.DOTALL) for text in words.get(word, ()))
            for word, pattern in self.match.items()
        )


class Hold:
    """`armed` until a request fits, then `passing` until that comes to the moment, then `held`.

    `gone` when the service gave the held request up because its client went away.
    """

    def __init__(self, number: int, spec: HoldSpec) -> None:
        self.number = number
        self.spec = spec
        self.left = spec.nth
        self.state: State = "armed"
        self.request: Words = {}
        self.reached = asyncio.Event()
        self._decided: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        """Hold the request here until it is decided on.

        Raises:
            RequestDroppedError: it is to be lost.

        """
        self.state = "held"
        self.reached.set()
        try:
            decision = await self._decided
        except asyncio.CancelledError:
            self.state = "gone"
            raise
        if decision == "drop":
            raise RequestDroppedError

    def decide(self, decision: Decision) -> None:
        """Let the request go on or be lost; whoever looks on stops waiting."""
        if not self._decided.done():
            self._decided.set_result(decision)
        self.reached.set()

    def as_json(self) -> dict[str, object]:
        return {
            "hold": self.number,
            "state": self.state,
            "request": {word: list(texts) for word, texts in self.request.items()},
            **self.spec.model_dump(),
        }


class Passage:
    """A request on its way through a service, with the hold that waits for it, if any."""

    def __init__(self, hold: Hold | None = None) -> None:
        self._hold = hold

    async def reach(self, moment: str, count: int = 0) -> None:
        """Stop here if asked to; `count` says how much has happened so far.

        Raises:
            RequestDroppedError: the request is to be lost here.

        """
        hold = self._hold
        if hold is not None and hold.spec.at == moment and count >= hold.spec.after:
            self._hold = None
            await hold.stop()


class Holds:
    """The holds of one service; `words` and `moments` are those it knows."""

    def __init__(self, words: AbstractSet[str], moments: AbstractSet[str] = frozenset({"before", "done"})) -> None:
        self._words = words
        self._moments = moments
        self._holds: dict[int, Hold] = {}
        self._numbers = itertools.count(1)

    def arm(self, spec: HoldSpec) -> Hold:
        """Wait for a request.

        Raises:
            HoldError: 400, a word or the moment is none of this service.

        """
        if strangers := sorted(spec.match.keys() - self._words):
            raise HoldError(400, f"unknown words {', '.join(strangers)}; there are {', '.join(sorted(self._words))}")
        if spec.at not in self._moments:
            raise HoldError(400, f"unknown moment {spec.at!r}; there are {', '.join(sorted(self._moments))}")
        hold = Hold(next(self._numbers), spec)
        self._holds[hold.number] = hold
        return hold

    def take(self, describe: Callable[[], Words]) -> Passage:
        """Let a request in; the first hold whose turn it is waits for it, and every one that fits counts it."""
        armed = [hold for hold in self._holds.values() if hold.state == "armed"]
        if not armed:
            return Passage()
        words = describe()
        taken: Hold | None = None
        for hold in armed:
            if not hold.spec.fits(words):
                continue
            hold.left = max(0, hold.left - 1)
            if hold.left == 0 and taken is None:
                hold.state, hold.request, taken = "passing", words, hold
        return Passage(taken)

    async def look(self, number: int, wait_s: float) -> Hold:
        """Return the hold once a request is held or the hold forgotten, or as it is when that took too long.

        Raises:
            HoldError: 404, there is no such hold.

        """
        hold = self._hold(number)
        try:
            async with asyncio.timeout(min(wait_s, LONGEST_WAIT_S)):
                await hold.reached.wait()
        except TimeoutError:
            return hold
        return hold

    def decide(self, number: int, decision: Decision) -> None:
        """Carry the held request out or lose it, and forget the hold; one that holds nothing is only forgotten.

        Raises:
            HoldError: 404, there is no such hold.

        """
        self._hold(number).decide(decision)
        del self._holds[number]

    def clear(self) -> None:
        """Forget all holds; what they hold is carried out."""
        for number in tuple(self._holds):
            self.decide(number, "carry_out")

    def as_json(self) -> list[dict[str, object]]:
        return [hold.as_json() for hold in self._holds.values()]

    def _hold(self, number: int) -> Hold:
        try:
            return self._holds[number]
        except KeyError:
            raise HoldError(404, f"there is no hold {number}") from None
