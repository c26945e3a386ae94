"""Prompts of a deployment: `python -m scripts.prompts list | upload | diff | promote | rollback`.

Works on the Blob Storage named by `BLOB__serviceUri` (with your own sign-in) or `BLOB`, as the app's settings name it.
A version is uploaded once and never changes; `staging` and `production` point to one. New sessions use a moved label
within a minute; running ones keep what they were opened with.
"""

import argparse
import asyncio
import difflib
import getpass
import os
import sys
from pathlib import Path

from shared.blob import BlobStore, NotModified
from shared.clock import iso, utc_now
from shared.credential import azure_credential
from shared.errors import SalesCoachError
from shared.prompts.store import PRODUCTION, STAGING, PromptNotFound, PromptStore
from shared.prompts.template import PromptTemplate, read_template
from shared.settings import ServiceAddress


async def show(store: PromptStore) -> None:
    """Print every prompt with its versions and the labels on them."""
    for name in await store.names():
        labels = await store.labels(name)
        _say(name)
        for version in await store.versions(name):
            on = sorted(label for label, at in labels.items() if at.version == version)
            _say(f"  {version}  {', '.join(on)}".rstrip())


async def upload(store: PromptStore, paths: list[Path], label: str) -> None:
    """Store each file as a version of the prompt it is named after, and point `label` to it."""
    files = [file for path in paths for file in (sorted(path.glob("*.md")) if path.is_dir() else [path])]
    for file in files:
        read_template(file.stem, file.read_bytes())  # all of them are checked before the first is stored
    for file in files:
        template = await store.add(file.stem, file.read_bytes())
        await _move(store, template.name, label, template.version)


async def diff(store: PromptStore, name: str, left: str, right: str) -> bool:
    """Print how `right` differs from `left` (labels, versions or files); returns whether it does."""
    texts = [(await _find(store, name, which)).text.splitlines() for which in (left, right)]
    lines = list(difflib.unified_diff(*texts, fromfile=f"{name} {left}", tofile=f"{name} {right}", lineterm=""))
    for line in lines:
        _say(line)
    return bool(lines)


async def promote(store: PromptStore, name: str, source: str, target: str) -> None:
    """Point `target` to what `source` points to, a label or a version."""
    await _move(store, name, target, (await _find(store, name, source)).version)


async def rollback(store: PromptStore, name: str, label: str) -> None:
    """Point the label to where it pointed before.

    Raises:
        PromptNotFound: it never pointed anywhere else.

    """
    at = (await store.labels(name)).get(label)
    if at is None or at.previous is None:
        raise PromptNotFound(f"{label} of {name} never pointed to another version.")
    await _move(store, name, label, at.previous)


async def _move(store: PromptStore, name: str, label: str, version: str) -> None:
    moved = await store.move(name, label, version, by=getpass.getuser(), at=iso(utc_now()))
    _say(f"{name}: {label} is {moved.version}" + (f", was {moved.previous}" if moved.previous else ""))


async def _find(store: PromptStore, name: str, which: str) -> PromptTemplate:
    text = _file(which)
    if text is not None:
        return read_template(name, text)
    found = await store.label(name, which)
    version = which if found is None or isinstance(found, NotModified) else found.label.version
    return await store.version(name, version)


def _file(which: str) -> bytes | None:
    path = Path(which)
    return path.read_bytes() if path.is_file() else None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="prompts, versions, labels")
    add = commands.add_parser("upload", help="store files as versions and label them")
    add.add_argument("paths", nargs="*", type=Path, default=[Path("prompts")])
    add.add_argument("--label", default=STAGING)
    differ = commands.add_parser("diff", help="what changed between two labels, versions or files")
    differ.add_argument("name")
    differ.add_argument("left", nargs="?", default=PRODUCTION)
    differ.add_argument("right", nargs="?", default=STAGING)
    up = commands.add_parser("promote", help="point one label to where another points")
    up.add_argument("name")
    up.add_argument("--source", default=STAGING)
    up.add_argument("--to", default=PRODUCTION)
    back = commands.add_parser("rollback", help="point a label to where it pointed before")
    back.add_argument("name")
    back.add_argument("--label", default=PRODUCTION)
    return parser


async def run(store: PromptStore, arguments: argparse.Namespace) -> int:
    """Carry out one command; returns the exit status (`diff`: 1 when there is a difference)."""
    match arguments.command:
        case "list":
            await show(store)
        case "upload":
            await upload(store, arguments.paths, arguments.label)
        case "diff":
            return int(await diff(store, arguments.name, arguments.left, arguments.right))
        case "promote":
            await promote(store, arguments.name, arguments.source, arguments.to)
        case _:
            await rollback(store, arguments.name, arguments.label)
    return 0


async def main(words: list[str]) -> int:
    """Read the command line and the environment, carry out the command, say what went wrong in one line."""
    arguments = _arguments().parse_args(words)
    settings = dict(os.environ)
    uri, text = settings.get("BLOB__serviceUri") or None, settings.get("BLOB") or None
    if (uri is None) == (text is None):
        sys.stderr.write(
            "Set BLOB__serviceUri (https://<account>.blob.core.windows.net) or BLOB (connection string).\n"
        )
        return 2
    blobs = BlobStore(ServiceAddress(service_uri=uri, connection_string=text), azure_credential() if uri else None)
    try:
        return await run(PromptStore(blobs), arguments)
    except SalesCoachError as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    finally:
        await blobs.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
