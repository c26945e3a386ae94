"""What loads late is as good as there, and is not loaded before."""

import sys
from pathlib import Path

import pytest

from shared.late import importing_late, late


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with a module that notes when it is executed."""
    name = f"late_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("LOADED = []\n")
    (folder / "heavy.py").write_text(f"import {name}\n{name}.LOADED.append('heavy')\nANSWER = 42\n")
    (folder / "broken.py").write_text("raise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def _loaded(package: str) -> list[str]:
    return sys.modules[package].LOADED


def test_a_module_is_executed_when_it_is_first_used(package: str) -> None:
    scope: dict[str, object] = {"importing_late": importing_late}
    exec(f"with importing_late():\n    from {package} import heavy", scope)  # noqa: S102 - the statement under test
    assert _loaded(package) == []
    heavy = scope["heavy"]
    assert getattr(heavy, "ANSWER") == 42  # noqa: B009 - the use under test
    assert getattr(heavy, "ANSWER") == 42  # noqa: B009 - same
    assert _loaded(package) == ["heavy"]


def test_other_imports_are_as_ever_afterwards(package: str) -> None:
    with importing_late():
        pass
    exec(f"from {package} import heavy", {})  # noqa: S102 - the statement under test
    assert _loaded(package) == ["heavy"]


def test_a_module_that_is_missing_is_missed_at_once(package: str) -> None:
    with pytest.raises(ImportError), importing_late():
        exec(f"from {package} import nowhere", {})  # noqa: S102 - the statement under test


def test_an_object_is_built_once_when_it_is_first_used() -> None:
    built: list[str] = []

    def build() -> str:
        built.append("built")
        return "text"

    text = late(build)
    assert built == []
    assert text.upper() == "TEXT"
    assert text.title() == "Text"
    assert built == ["built"]


def test_what_fails_to_be_built_is_tried_again() -> None:
    tries: list[int] = []

    def build() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not yet")
        return "text"

    text = late(build)
    with pytest.raises(OSError, match="not yet"):
        text.upper()
    assert text.upper() == "TEXT"
