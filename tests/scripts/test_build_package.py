"""What is deployed: all the product needs, nothing else, and it works on its own."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.deployed_settings import DEPLOYED
from scripts import build_package
from scripts.build_package import PACKAGES, ROOT, Contents, build, clear, main

MAX_FILES = 900
MAX_BYTES = 6_000_000
LIST_FUNCTIONS = (
    "import json, function_app; "
    "print(json.dumps(sorted(one.get_function_name() for one in function_app.app.get_functions())))"
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "app"
    build(folder, with_dependencies=False)
    return folder


def test_it_holds_the_product_and_nothing_else(package: Path) -> None:
    there = {path.name for path in package.iterdir()} - {"__pycache__"}
    packages = {name for name in PACKAGES if (ROOT / name).exists()}
    assert there == packages | {
        *("function_app.py", "host.json", "mcpservers.json", "mcpservers.none.json", "requirements.txt"),
        ".funcignore",
    }
    suffixes = {path.suffix for name in packages for path in (package / name).rglob("*") if path.is_file()}
    assert suffixes == {".py", ".pyc"}


def test_every_package_of_ours_that_is_imported_is_in_it(package: Path) -> None:
    ours = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                top = name.split(".")[0]
                assert top not in ours or (package / top).is_dir(), f"{file} imports {name}"


def test_it_is_small(package: Path) -> None:
    found = Contents.of(package)
    assert 200 < found.files < MAX_FILES
    assert 500_000 < found.size < MAX_BYTES


def test_every_module_is_compiled_for_use_at_any_time(package: Path) -> None:
    compiled = package / "__pycache__" / f"function_app.{sys.implementation.cache_tag}.pyc"
    unchecked_hash = 0b01
    assert int.from_bytes(compiled.read_bytes()[4:8], "little") == unchecked_hash


def test_the_app_starts_from_it_alone(package: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "BLOB", "COSMOS"}}
    ran = subprocess.run(
        [sys.executable, "-c", LIST_FUNCTIONS],
        cwd=package,
        env=environment | DEPLOYED,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    functions = json.loads(ran.stdout)
    assert {"chat_negotiate", "chat_upstream", "turn", "call_model", "call_tool", "finish_turn", "sweeper"} <= {
        *functions
    }


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work", encoding="utf-8")
    assert main([str(tmp_path), "--without-dependencies"]) == 1
    assert "not an earlier package" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()


def test_an_earlier_package_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text("", encoding="utf-8")
    (tmp_path / "old.py").write_text("", encoding="utf-8")
    clear(tmp_path)
    assert not tmp_path.exists()


def test_dependencies_are_those_of_the_lock_file_for_the_deployed_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = list[tuple[str, ...]]()

    def record(command: tuple[str, ...], *, check: bool) -> None:
        assert check
        commands.append(command)

    monkeypatch.setattr(build_package.subprocess, "run", record)
    build_package.install_dependencies(tmp_path)
    (command,) = commands
    assert {"--require-hashes", "--no-build"} <= set(command)
    assert command[command.index("--python-platform") + 1] == "x86_64-manylinux_2_28"
    assert command[command.index("--requirement") + 1] == str(ROOT / "requirements.txt")
    assert command[command.index("--target") + 1] == str(tmp_path / ".python_packages" / "lib" / "site-packages")
