"""Copies of the app's source, as it is or with defects; the app itself has no switch for any of this."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.build_package import PACKAGES
from tests.e2e.stack import ROOT

_FOLDERS = (*PACKAGES, "prompts")
_FILES = ("function_app.py", "host.json", "mcpservers.json")
TOOL_TIMEOUT_S = 2
"""A tool call's lease follows from this; shorter than the app's, so that waiting for one to end is short."""


class AnchorMovedError(AssertionError):
    """The text a defect replaces is not there exactly once: the code moved, the table has to follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Put `new` in the place of `old`, which must be in `file` (below the root) exactly once."""

    file: str
    old: str
    new: str


def copy_of_the_app(folder: Path, replacements: Iterable[Replacement] = ()) -> Path:
    """Return a new folder in `folder` with the app in it, replacements made.

    Raises:
        AnchorMovedError: a text to replace was not found exactly once.

    """
    app = folder / f"app-{sum(1 for _ in folder.glob('app-*'))}"
    for folder_name in _FOLDERS:
        shutil.copytree(ROOT / folder_name, app / folder_name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in _FILES:
        shutil.copy2(ROOT / file, app / file)
    _shorten_leases(app / "mcpservers.json")
    for replacement in replacements:
        _replace(app, replacement)
    return app


def _shorten_leases(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    for server in document["servers"].values():
        server["timeout_s"] = TOOL_TIMEOUT_S
    path.write_text(json.dumps(document), encoding="utf-8")


def _replace(app: Path, replacement: Replacement) -> None:
    path = app / replacement.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text.count(replacement.old) != 1:
        found = f"{replacement.old!r} is {text.count(replacement.old)} times in {replacement.file}"
        raise AnchorMovedError(f"{found}; it has to be there once: adapt tests/chaos/mutations/table.py")
    path.write_text(text.replace(replacement.old, replacement.new), encoding="utf-8")
