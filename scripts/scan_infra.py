"""Scan the Bicep files with checkov: `make scan`, a part of `make test`.

checkov needs versions of packages the app must not have, so it lives in an environment of its own (`.venv-checkov`),
which the Makefile makes from `infra/checkov/requirements.txt`, hashes checked. Any check that fails, any file that
cannot be parsed and any check that breaks fails the scan. What is skipped, and why, stands in
`infra/checkov/config.yaml`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
CHECKOV = ROOT / "infra" / "checkov"
PROGRAM = ROOT / ".venv-checkov" / "bin" / "checkov"
MIN_RESOURCES = 50
_BROKEN = "Failed to run check"


def problems(report: Mapping[str, Any], errors: str) -> list[str]:
    """Return what is wrong, a line each, from checkov's JSON report and what it wrote to stderr."""
    summary, results = report["summary"], report["results"]
    found = [f"cannot be parsed: {file}" for file in results.get("parsing_errors", [])]
    if summary["parsing_errors"] and not found:
        found.append(f"{summary['parsing_errors']} files cannot be parsed")
    if summary["resource_count"] < MIN_RESOURCES:
        found.append(f"only {summary['resource_count']} resources were looked at")
    found += [
        f"{check['check_id']} {check['resource']} in {check['file_path']}: {check['check_name']}"
        for check in results.get("failed_checks", [])
    ]
    return found + [line.strip() for line in errors.splitlines() if _BROKEN in line]


def main() -> int:
    """Scan, and print what is wrong."""
    if not PROGRAM.exists():
        sys.stderr.write("checkov is not there: run `make scan`\n")
        return 2
    command = [str(PROGRAM), "--config-file", str(CHECKOV / "config.yaml"), "--directory", str(ROOT / "infra")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    try:
        report = cast("dict[str, Any]", json.loads(ran.stdout))
    except json.JSONDecodeError:
        sys.stderr.write(f"checkov did not run:\n{ran.stdout}{ran.stderr}\n")
        return 2
    found = problems(report, ran.stderr)
    for line in found:
        sys.stdout.write(f"{line}\n")
    summary = report["summary"]
    sys.stdout.write(f"checkov: {summary['passed']} checks passed, {summary['failed']} failed\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
