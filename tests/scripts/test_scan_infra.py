"""What makes a scan fail."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from scripts import scan_infra
from scripts.scan_infra import CHECKOV, MIN_RESOURCES, ROOT, main, problems

CLEAN: dict[str, Any] = {
    "summary": {"passed": 35, "failed": 0, "parsing_errors": 0, "resource_count": MIN_RESOURCES},
    "results": {},
}
FAILED = {"check_id": "CKV_AZURE_1", "check_name": "Ensure it", "resource": "a.b", "file_path": "/x.bicep"}


def _report(summary: dict[str, int] | None = None, results: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"summary": CLEAN["summary"] | (summary or {}), "results": results or {}}


def test_a_clean_report_is_clean() -> None:
    assert problems(CLEAN, "") == []


@pytest.mark.parametrize(
    ("report", "errors", "told"),
    [
        (_report(results={"failed_checks": [FAILED]}), "", "CKV_AZURE_1 a.b in /x.bicep: Ensure it"),
        (_report(results={"parsing_errors": ["infra/x.bicep"]}), "", "cannot be parsed: infra/x.bicep"),
        (_report({"parsing_errors": 1}), "", "1 files cannot be parsed"),
        (_report({"resource_count": 3}), "", "only 3 resources were looked at"),
        (
            CLEAN,
            "[ERROR]  Failed to run check CKV_AZURE_2 on x\nTraceback",
            "[ERROR]  Failed to run check CKV_AZURE_2 on x",
        ),
    ],
)
def test_whatever_was_not_checked_fails(report: dict[str, Any], errors: str, told: str) -> None:
    assert problems(report, errors) == [told]


def test_every_skipped_check_has_a_reason_beside_it() -> None:
    text = (CHECKOV / "config.yaml").read_text(encoding="utf-8")
    skipped = cast("dict[str, list[str]]", yaml.safe_load(text))["skip-check"]
    assert len(skipped) == len(set(skipped))
    assert all(re.search(rf"- {name} # \w", text) for name in skipped)


def test_the_scanner_is_pinned_by_hash() -> None:
    lines = Path(CHECKOV / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if re.match(r"[a-z0-9][\w.\-]*==", line)]
    assert len(pinned) > 50
    assert all(line.endswith("\\") for line in pinned)
    assert any(line.startswith("checkov==") for line in pinned)


def test_the_scan_is_a_part_of_the_test_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    assert re.search(r"\$\(MAKE\).* scan\b", recipe.group(1))
    assert ".venv-checkov/.made" in recipe.group(1)


def test_without_the_program_the_scan_fails_and_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scan_infra, "PROGRAM", tmp_path / "none")
    assert main() == 2
    assert "make scan" in capsys.readouterr().err
