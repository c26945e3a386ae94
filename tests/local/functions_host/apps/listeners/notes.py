"""Lets a test see what ran, and in which process."""

import os
from pathlib import Path


def note(line: str) -> None:
    """Append one line to the file the test reads; one write, so that a kill cannot tear it."""
    target = os.environ.get("NOTES")
    if target:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
