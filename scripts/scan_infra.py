"""Scan the Bicep files with checkov: `python -m scripts.scan_infra`.

checkov needs versions of packages the app must not have, so it lives in an environment of its own (`.venv-checkov`),
made here from `infra/checkov/requirements.txt`, hashes checked. Any check that fails, any file that cannot be parsed
and any check that breaks fails the scan. What is skipped, and why, stands in `infra/checkov/config.yaml`.
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
ENVIRONMENT = ROOT / ".venv-checkov"
MIN_RESOURCES = 50
_BROKEN = "Failed to run check"


def install() -> Path:
    """Return the program, after making its environment when there is none."""
    program = ENVIRONMENT / "bin" / "checkov"
    if not program.exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        requirements = ("--require-hashes", "--requirement", str(CHECKOV / "requirements.txt"), "--no-deps")
        python = ("--python", str(ENVIRONMENT / "bin" / "python"))
        subprocess.run([uv, "pip", "install", "--quiet", *python, *requirements], check=True)
    return program


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
    command = [str(install()), "--config-file", str(CHECKOV / "config.yaml"), "--directory", str(ROOT / "infra")]
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
