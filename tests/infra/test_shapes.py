"""Resources hold what Azure's descriptions of them know, in versions that exist: names, and values where few are."""

import json
import re
from functools import cache
from typing import Any, cast

import pytest

from tests.infra.bicep import FILES, Resource, resources, tree
from tests.infra.shapes import ANY, GRAPH, RECORDED, names, texts

ALL = [found for found in resources() if not found.type.startswith(GRAPH)]


@cache
def _recorded() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(RECORDED.read_text(encoding="utf-8")))


def _declared(file: str) -> set[str]:
    """Return the parameters and variables of a file, which a tree does not tell from texts."""
    parsed = next(tree(path) for path in FILES if path.name == file)
    return {*parsed.get("parameters", {}), *parsed.get("variables", {})}


def _is_free(shapes: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Tell whether a path lies in a table with keys of our own."""
    return any(shapes.get(".".join(path[:length])) == ANY for length in range(1, len(path) + 1))


@pytest.mark.parametrize("resource", ALL, ids=lambda found: f"{found.file}-{found.symbol}")
def test_a_resource_holds_only_what_azure_knows(resource: Resource) -> None:
    shapes = _recorded()[resource.type]["shapes"]
    unknown = [
        ".".join((*path, key))
        for path, key in names(resource)
        if not _is_free(shapes, path) and key not in shapes.get(".".join(path), ())
    ]
    assert unknown == []


@pytest.mark.parametrize("resource", ALL, ids=lambda found: f"{found.file}-{found.symbol}")
def test_a_text_is_one_of_those_azure_takes(resource: Resource) -> None:
    values, ours = _recorded()[resource.type]["values"], _declared(resource.file)
    wrong = {
        ".".join(path): text
        for path, text in texts(resource)
        if ".".join(path) in values and text not in values[".".join(path)] and text not in ours and "$" not in text
    }
    assert {place: text for place, text in wrong.items() if not re.fullmatch(r"\w+\.\w+", text)} == {}


def test_versions_exist() -> None:
    used = {
        found
        for path in FILES
        for found in re.findall(r"'(Microsoft\.[\w./]+)@([\w-]+)'", path.read_text(encoding="utf-8"))
        if not found[0].startswith(GRAPH)
    }
    missing = {(kind, day) for kind, day in used if day.replace("-", "") not in _recorded()[kind]["versions"]}
    assert len(used) > 30
    assert missing == set()


def test_a_wrong_name_is_found() -> None:
    (account,) = (found for found in ALL if found.type == "Microsoft.DocumentDB/databaseAccounts")
    spoiled = Resource(
        file=account.file,
        symbol=account.symbol,
        type=account.type,
        existing=False,
        config={"kind": "Graph", "properties": {"backupPolicy": {"continuousModeProperties": {"teir": "x"}}}},
    )
    with pytest.raises(AssertionError, match=r"backupPolicy\.continuousModeProperties\.teir"):
        test_a_resource_holds_only_what_azure_knows(spoiled)
    with pytest.raises(AssertionError, match="Graph"):
        test_a_text_is_one_of_those_azure_takes(spoiled)
