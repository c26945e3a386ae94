"""The official client conformance suite: which scenarios there are for us, and running one against our adapter."""

import asyncio
import json
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tests.mcp.node_programs import CONFORMANCE, node
from tests.services import ROOT

_KNOCK = (sys.executable, "-I", "-S", str(Path(__file__).resolve().parent / "knock.py"))
HANDSHAKE, MODERN = "2025-11-25", "2026-07-28"
TIMEOUT_S = 40
_LISTED = re.compile(r"^  - (\S+) \[(.*)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the suite looked at. `status` is the suite's word: SUCCESS, FAILURE, WARNING, SKIPPED or INFO."""

    name: str
    status: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the suite found in one run of a scenario, and what the client wrote while it ran."""

    passed: bool
    checks: tuple[Check, ...]
    client: str

    @property
    def judged(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status in {"SUCCESS", "FAILURE", "WARNING"})

    @property
    def found_wrong(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status in {"FAILURE", "WARNING"})

    def __str__(self) -> str:
        wrong = "\n".join(f"  {check.status} {check.name}: {check.said}" for check in self.found_wrong)
        return f"passed={self.passed}, {len(self.judged)} checks\n{wrong}\nthe client said:\n{self.client}"


async def scenarios() -> dict[str, frozenset[str]]:
    """Return the suite's client scenarios, each with the revisions it belongs to (or `extension`)."""
    listed = await _run(*node(CONFORMANCE, "list", "--client"))
    return {name: frozenset(revisions.split(",")) for name, revisions in _LISTED.findall(listed)}


async def verdict(scenario: str, revision: str | None, port: int, folder: Path) -> Verdict:
    """Run a scenario at the wire of `revision` (None: where the suite runs it by itself); `folder` gets its files.

    `port` is where the client's code waits (see `conformance_client.resident`).
    """
    client = shlex.join([*_KNOCK, str(port)])
    at = ("--spec-version", revision) if revision else ()
    command = node(CONFORMANCE, "client", "--command", client, "--scenario", scenario, *at, "-o", str(folder))
    said = await _run(*command)
    return await asyncio.to_thread(_read, folder, said)


def _read(folder: Path, said: str) -> Verdict:
    written = sorted(folder.glob("**/checks.json"))
    assert len(written) == 1, said
    checks = cast("list[dict[str, Any]]", json.loads(written[0].read_text(encoding="utf-8")))
    client = (written[0].parent / "stderr.txt").read_text(encoding="utf-8")
    return Verdict(
        passed="OVERALL: PASSED" in said,
        checks=tuple(
            Check(
                name=f"{check['id']} {check['name']}",
                status=str(check["status"]),
                said=str(check.get("errorMessage") or check.get("details") or ""),
            )
            for check in checks
        ),
        client=client,
    )


async def _run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode()
