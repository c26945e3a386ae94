"""P10: a scanner that cannot parse a Bicep file passes it, and none looks into connection strings in settings.

So infrastructure must not use what the scanner cannot parse (exports, user-defined functions), and secrets are looked
for here. The rules are tried on bad samples, and hold for every Bicep file of the repository, of which there are none
before the deployment comes.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_UNREADABLE = re.compile(r"^\s*(?:@export\(\s*\)|func\s+\w+\s*\()", re.MULTILINE)
_SECRET = re.compile(r"(?:AccountKey|SharedAccessKey|AccessKey|sig)=(?!\$\{)[^;'\s]{4,}", re.IGNORECASE)


def _problems(bicep: str) -> list[str]:
    found = [f"the scanner cannot parse: {match[0].strip()}" for match in _UNREADABLE.finditer(bicep)]
    return found + [f"a secret: {match[0].partition('=')[0]}" for match in _SECRET.finditer(bicep)]


@pytest.mark.parametrize(
    ("bicep", "word"),
    [
        ("@export()\ntype Sku = 'B1' | 'S1'", "parse"),
        ("func url(name string) string => 'https://${name}'", "parse"),
        ("appSettings: { STORE: 'AccountName=a;AccountKey=abc123;' }", "secret"),
        ("value: 'Endpoint=https://x;AccessKey=abcdefgh;Version=1.0;'", "secret"),
    ],
)
def test_what_a_scanner_would_let_through_is_found(bicep: str, word: str) -> None:
    (problem,) = _problems(bicep)
    assert word in problem


@pytest.mark.parametrize(
    "bicep",
    ["param name string\nvar functions = [name]", "value: 'AccountKey=${store.listKeys().keys[0].value}'"],
)
def test_what_is_harmless_is_let_through(bicep: str) -> None:
    assert _problems(bicep) == []


def test_the_repositorys_infrastructure_has_none_of_it() -> None:
    skipped = {"node_modules", ".venv", ".local"}
    files = [path for path in ROOT.rglob("*.bicep") if not skipped & set(path.parts)]
    assert {str(path): found for path in files if (found := _problems(path.read_text("utf-8")))} == {}
