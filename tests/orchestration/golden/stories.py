"""What a story is: a function that plays it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from shared.turns import TURN
from tests.orchestration.golden.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`tell` plays the story and returns the instance of `orchestrator` to record; `status` is how that ends.

    A turn ends so for its person; another instance comes to it in the engine.
    """

    name: str
    about: str
    status: str
    tell: Callable[[Scene], str]
    orchestrator: str = TURN


def story(status: str = "completed", orchestrator: str = TURN) -> Callable[[Callable[[Scene], str]], Story]:
    """Make a story of a function: its name is the story's, its docstring says what it is about."""

    def made(tell: Callable[[Scene], str]) -> Story:
        name = getattr(tell, "__name__", "")
        about = " ".join((tell.__doc__ or "").split())
        assert about, f"{name} does not say what it is about"
        return Story(name=name, about=about, status=status, tell=tell, orchestrator=orchestrator)

    return made


def told_in(module: ModuleType) -> Iterator[Story]:
    """Return a module's stories, in order."""
    return (thing for thing in vars(module).values() if isinstance(thing, Story))
