"""Every file parses, and what it names is there: the part of a compiler that can be had without one."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.infra.bicep import FILES, INFRA, ROOT, Word, tree, words

FUNCTIONS = {
    *("cidrSubnet", "concat", "empty", "environment", "filter", "guid", "loadTextContent", "replace"),
    *("resourceGroup", "resourceId", "split", "string", "subscription", "subscriptionResourceId", "tenant"),
    *("toLower", "toObject", "union", "uniqueString", "utcNow"),
}
DECORATORS = {"allowed", "batchSize", "description", "maxLength", "maxValue", "minLength", "minValue"}
KEYWORDS = {
    *("param", "var", "resource", "module", "output", "existing", "if", "for", "in", "targetScope", "extension"),
    *("string", "int", "bool", "object", "array", "true", "false", "null", "microsoftGraphV1"),
}
MAX_LINES = 250
DECLARING = ("param", "var", "resource", "module")


def _is_key(word: Word) -> bool:
    return word.after.startswith(":") and word.before in "\n{,"


def _declared(code: list[Word]) -> set[str]:
    named = {word.text for before, word in pairwise(code) if before.text in DECLARING}
    lambdas = {word.text for word in code if word.after == "=>"}
    return named | lambdas


def _loop_names(text: str) -> set[str]:
    return {name for found in re.findall(r"\bfor \(?(\w+)(?:, (\w+)\))? in\b", text) for name in found if name}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_parses_and_makes_something(path: Path) -> None:
    parsed = tree(path)
    assert parsed.get("resources") or parsed.get("modules")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_names_nothing_it_does_not_declare(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code = list(words(text))
    known = _declared(code) | _loop_names(text) | KEYWORDS
    unknown = [
        word.text
        for previous, word in zip([None, *code], code, strict=False)
        if word.before not in ".@"
        and not _is_key(word)
        and not word.after.startswith("(")
        and not (previous is not None and previous.text == "output")
        and word.text not in known
    ]
    assert unknown == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_calls_functions_that_exist_only(path: Path) -> None:
    calls = [word for word in words(path.read_text(encoding="utf-8")) if word.after.startswith("(")]
    unknown = [
        word.text
        for word in calls
        if word.text not in (DECORATORS if word.before == "@" else FUNCTIONS | {"if", "for", "in"})
    ]
    assert unknown == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_parameters_and_variables_are_all_used(path: Path) -> None:
    code = [word for word in words(path.read_text(encoding="utf-8")) if word.before != "."]
    parsed = tree(path)
    declared = [*parsed.get("parameters", {}), *parsed.get("variables", {})]
    used = [word.text for word in code if not _is_key(word)]
    assert [name for name in declared if used.count(name) < 2] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_modules_are_given_the_parameters_they_take(path: Path) -> None:
    for name, module in tree(path).get("modules", {}).items():
        target = path.parent / module["detail"]["path"]
        taken = tree(target).get("parameters", {})
        config = module["config"]
        given = set((config["config"] if "condition" in config else config)["params"])
        needed = {param for param, declared in taken.items() if declared["default"] is None}
        assert given - set(taken) == set(), name
        assert needed - given == set(), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_outputs_that_are_read_exist(path: Path) -> None:
    modules = tree(path).get("modules", {})
    for module, output in re.findall(r"(\w+)!?\.outputs\.(\w+)", path.read_text(encoding="utf-8")):
        target = path.parent / modules[module]["detail"]["path"]
        assert output in tree(target)["outputs"], f"{module}.outputs.{output}"


def test_files_stay_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_module_is_used() -> None:
    used = {
        (path.parent / module["detail"]["path"]).resolve()
        for path in FILES
        for module in tree(path).get("modules", {}).values()
    }
    assert {path.resolve() for path in FILES} - used == {INFRA / "main.bicep"}


def test_the_parameter_file_sets_parameters_that_exist_and_all_that_must_be() -> None:
    text = (INFRA / "main.bicepparam").read_text(encoding="utf-8")
    given = set(re.findall(r"^param (\w+) =", text, re.MULTILINE))
    taken = tree(INFRA / "main.bicep")["parameters"]
    assert given - set(taken) == set()
    assert {name for name, declared in taken.items() if declared["default"] is None} - given == set()
    assert set(taken) - given == {"budgetStartDate"}


def test_a_variable_of_the_environment_fills_one_parameter_only() -> None:
    text = (INFRA / "main.bicepparam").read_text(encoding="utf-8")
    names = re.findall(r"readEnvironmentVariable\('(\w+)'", text)
    assert len(names) == len(set(names))


def test_what_operators_can_set_is_documented() -> None:
    text = (INFRA / "main.bicepparam").read_text(encoding="utf-8")
    told = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    names = set(re.findall(r"readEnvironmentVariable\('(\w+)'", text))
    assert {name for name in names if f"`{name}`" not in told} == set()
