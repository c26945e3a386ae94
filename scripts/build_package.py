"""What is deployed to the Functions app: `python -m scripts.build_package FOLDER [--without-dependencies]`.

Copies the product's own files and installs exactly the packages of `requirements.txt`, hashes checked, as wheels for
the platform the app runs on, into `.python_packages`, where the Functions worker looks for them. All of it is compiled,
for a deployed package cannot be written to: without that, every new instance would compile thousands of modules before
its first request. Nothing is built in the cloud. Prints how many files and bytes there are; FOLDER is replaced.
"""

import argparse
import compileall
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("api", "chat", "group_chat", "insights", "orchestration", "shared")
"""The product's packages, of which all that are there are deployed."""
FILES = {
    "function_app.py": "function_app.py",
    "host.json": "host.json",
    "mcpservers.json": "mcpservers.json",
    "infra/catalog.none.json": "mcpservers.none.json",
    "infra/package.funcignore": ".funcignore",
    "requirements.txt": "requirements.txt",
}
"""Other files, and what they are named in the package."""
DEPENDENCIES = Path(".python_packages") / "lib" / "site-packages"
PLATFORM = "x86_64-manylinux_2_28"
PYTHON_VERSION = "3.13"
_MADE_BY_US = "function_app.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """How many files and bytes lie in a folder."""

    files: int
    size: int

    @classmethod
    def of(cls, folder: Path) -> "Contents":
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        return cls(files=len(sizes), size=sum(sizes))


def sources() -> Iterator[tuple[Path, Path]]:
    """Yield each file of the product with its place in the package."""
    for source, target in FILES.items():
        yield ROOT / source, Path(target)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, path.relative_to(ROOT)


def copy_sources(folder: Path) -> None:
    """Fill `folder`, which must be empty or missing, with the product's own files."""
    for source, target in sources():
        place = folder / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)


def install_dependencies(folder: Path) -> None:
    """Install the locked packages for the deployed platform.

    Raises:
        CalledProcessError: a wheel is missing or is not the one the lock file names.

    """
    command = (
        *(str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-build", "--require-hashes"),
        *("--python-platform", PLATFORM, "--python-version", PYTHON_VERSION, "--python", sys.executable),
        *("--target", str(folder / DEPENDENCIES), "--requirement", str(ROOT / "requirements.txt")),
    )
    subprocess.run(command, check=True)


def compile_all(folder: Path) -> None:
    """Compile every module, to be used whatever time its source was unpacked at.

    Raises:
        ValueError: one of our own modules cannot be compiled.

    """
    # Some packages carry templates that are no Python, or code for a later one; nobody imports those.
    compileall.compile_dir(
        folder, quiet=2, workers=1, maxlevels=20, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
    )
    ours = [target for _, target in sources() if target.suffix == ".py"]
    tag = sys.implementation.cache_tag
    missing = [
        str(path) for path in ours if not (folder / path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").exists()
    ]
    if missing:
        raise ValueError(f"not compiled: {', '.join(missing)}")


def clear(folder: Path) -> None:
    """Remove an earlier package.

    Raises:
        ValueError: the folder holds something else.

    """
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / _MADE_BY_US).exists():
        raise ValueError(f"{folder} is not an earlier package; choose another folder or empty it")
    shutil.rmtree(folder)


def build(folder: Path, *, with_dependencies: bool) -> None:
    """Make the package in `folder`."""
    clear(folder)
    copy_sources(folder)
    if with_dependencies:
        install_dependencies(folder)
    compile_all(folder)


def main(words: list[str]) -> int:
    """Read the command line, build, and say what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-dependencies", action="store_true", help="the product's own files only")
    arguments = parser.parse_args(words)
    try:
        build(arguments.folder, with_dependencies=not arguments.without_dependencies)
    except (ValueError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found = Contents.of(arguments.folder)
    sys.stdout.write(f"{arguments.folder}: {found.files} files, {found.size / 1_000_000:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
