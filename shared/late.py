"""What takes long to load is loaded when it is first needed: the one way this is done here.

A module named in `with importing_late():` is found at once and executed at its first use; an object made by `late` is
built at its first use. Both are typed as if they were there, and both are for modules of ours that bring a large SDK.
An instance of the front door thus never pays for the model's SDK, and a new instance answers before tool servers'
SDK is there; the warm-up (`shared/warm_up.py`) brings what the first message needs before it comes.
"""

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, cast


class _LateFinder(importlib.abc.MetaPathFinder):
    """Finds modules as usual and lets their execution wait."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.loader is None:
            return found
        found.loader = importlib.util.LazyLoader(found.loader)
        return found


@contextmanager
def importing_late() -> Generator[None]:
    """Let the modules imported in the body be executed when an attribute of theirs is first used.

    Import whole modules there (`from package import module`), of packages that are loaded already.
    """
    finder = _LateFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def late[T](build: Callable[[], T]) -> T:
    """Return what stands for `build()` and builds it when one of its attributes is first used."""
    return cast("T", _Late(build))


class _Late:
    """Passes the use of any attribute on to what it stands for."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._built: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._built is None:
            self._built = self._build()
        return getattr(self._built, name)
