"""What the runbook and the page on deploying name is there: scripts with their words, values, resources, sections."""

import re

import pytest

from tests.infra.bicep import FILES, INFRA, ROOT

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("runbook.md", "deploy.md", "load.md")}
NOT_OF_AZD = {"MCP_SECRET_CRM", "AZURE_OPENAI_ENDPOINT"}
"""Names in capitals that are no variables of an `azd` environment."""


@pytest.mark.parametrize("page", PAGES)
def test_scripts_that_are_named_are_there_and_know_the_words_they_are_given(page: str) -> None:
    named = re.findall(r"python -m ((?:scripts|bench|local)[\w.]*)([^`\n#|]*)", PAGES[page])
    assert named
    for module, words in named:
        file = ROOT.joinpath(*module.split("."))
        file = file / "__main__.py" if file.is_dir() else file.with_suffix(".py")
        assert file.exists(), module
        text = file.read_text(encoding="utf-8")
        for word in re.findall(r"--[a-z][a-z-]+", words):
            assert f'"{word}"' in text, f"{module} {word}"


def test_values_an_operator_is_told_to_set_can_be_set() -> None:
    told = set(re.findall(r"`(?:azd env set )?([A-Z][A-Z_]{4,})(?:[ =]\S+)?`", RUNBOOK))
    known = set(
        re.findall(r"readEnvironmentVariable\('(\w+)'", (INFRA / "main.bicepparam").read_text(encoding="utf-8"))
    )
    assert len(told & known) > 10
    assert told - known - NOT_OF_AZD == set()


def test_resources_are_named_as_they_are_made() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FILES)
    prefixes = set(re.findall(r"\b([a-z]+-?)\$T\b", RUNBOOK))
    assert {"func-", "cosmos-", "dts-", "kv-", "id-"} <= prefixes
    assert [prefix for prefix in prefixes if not re.search(rf"'{prefix}\$\{{(token|suffix)\}}'", code)] == []


def test_links_within_the_runbook_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^##+ (.+)$", RUNBOOK, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([\w-]+)\)", RUNBOOK))
    assert links
    assert links - headings == set()


@pytest.mark.parametrize(
    "wanted", ["Rotate", "Drain", "A stuck conversation", "Restore", "Cost", "Capacity", "Alerts", "Erase a person"]
)
def test_every_duty_has_its_section(wanted: str) -> None:
    assert f"\n## {wanted}\n" in RUNBOOK
