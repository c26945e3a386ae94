"""The Node programs of the proof: where they are, and a Node new enough to run them, all from the lockfile."""

import platform
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "node"
_MODULES = _FOLDER / "node_modules"
_PACKAGES = _MODULES / "@modelcontextprotocol"
EVERYTHING = _PACKAGES / "server-everything" / "dist" / "index.js"
CONFORMANCE = _PACKAGES / "conformance" / "dist" / "index.js"


def node(program: Path, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs `program`, which then listens on the loopback address only."""
    assert program.exists(), f"{program} is not there: `make test` installs it"
    return (_node(), "--require", str(_FOLDER / "loopback.cjs"), str(program), *arguments)


def _node() -> str:
    """Return the Node of the lockfile; the machine's own where there is none for the platform."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), "none")
    found = _MODULES / f"node-{sys.platform}-{machine}" / "bin" / "node"
    return str(found) if found.exists() else "node"
