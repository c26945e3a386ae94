"""The definition for Azure Load Testing names what is there, and what it takes along runs on its own."""

import ast
import re
from typing import Any, cast

import yaml

from tests.infra.bicep import ROOT

FOLDER = ROOT / "bench" / "azure_load"
KNOWN = {
    *("version", "testId", "displayName", "description", "testType", "testPlan", "configurationFiles", "zipArtifacts"),
    *("engineInstances", "env", "secrets", "failureCriteria", "autoStop"),
}
"""Keys of the documented format that are used here."""
OF_LOCUST = {"LOCUST_HOST", "LOCUST_USERS", "LOCUST_SPAWN_RATE", "LOCUST_RUN_TIME", "PYTHONPATH"}


def _plan() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((FOLDER / "load-test.yaml").read_text(encoding="utf-8")))


def _taken_along() -> set[str]:
    """Return the files the page on load puts into the archive."""
    page = (ROOT / "docs" / "load.md").read_text(encoding="utf-8")
    found = re.search(r"^zip load-generator\.zip (.+)$", page, re.MULTILINE)
    assert found is not None
    return set(found.group(1).split())


def test_it_is_a_locust_test_of_files_that_are_there() -> None:
    plan = _plan()
    assert set(plan) == KNOWN
    assert (plan["version"], plan["testType"]) == ("v0.1", "Locust")
    assert len(plan["description"]) <= 100
    assert re.fullmatch(r"[a-z0-9_-]{2,50}", plan["testId"])
    for name in (plan["testPlan"], *plan["configurationFiles"]):
        assert (FOLDER / name).exists(), name
    assert plan["zipArtifacts"] == ["load-generator.zip"]


def test_what_is_set_is_read_by_the_locust_file_or_the_generator() -> None:
    plan = _plan()
    given = {each["name"] for each in (*plan["env"], *plan["secrets"])}
    code = "".join(file.read_text(encoding="utf-8") for file in (FOLDER / "locustfile.py", ROOT / "bench" / "load.py"))
    read = set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", code))
    assert given - OF_LOCUST == read - {"IDENTITY"}
    assert given >= OF_LOCUST


def test_what_is_taken_along_needs_nothing_else_of_ours() -> None:
    files = _taken_along()
    ours = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    for name in files:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ours:
                assert f"{node.module.replace('.', '/')}.py" in files, f"{name} imports {node.module}"
    assert {"bench/load.py", "bench/turn_client.py"} <= files


def test_its_criteria_are_of_the_requests_that_are_reported() -> None:
    code = (FOLDER / "locustfile.py").read_text(encoding="utf-8")
    for criterion in _plan()["failureCriteria"]:
        (name,) = criterion
        assert f'_fire("{name}"' in code
