"""What follows a deployment: `python -m scripts.post_deploy [--catalog FILE] [--without-chat]`, a hook of `azd`.

Uploads the prompts of `prompts/` and, if told, a tool catalog; then asks the deployed coach one question and fails if
there is no answer. Reads the deployment's outputs from the environment: `BLOB__serviceUri` (or `BLOB`), `PUBLIC_URL`,
`WEB_CLIENT_SCOPE`. Signs in as whoever runs it; a pipeline that is no person sets `SMOKE_TOKEN` or asks nothing.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.addresses import address_of
from scripts.smoke_chat import SmokeFailedError, run
from shared.blob import BlobStore
from shared.clock import iso, utc_now
from shared.credential import TokenProvider, azure_credential
from shared.errors import SalesCoachError, StoreUnavailable
from shared.prompts.store import PRODUCTION, STAGING, PromptStore, VersionedLabel
from shared.settings import ServiceAddress
from shared.tools import catalogs
from shared.tools.catalog import Catalog

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"
_MOVER = "deployment"
_PAUSE_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do; `patience_s` is how long a new deployment may take until roles and routes are known everywhere."""

    blob: ServiceAddress
    prompts: Mapping[str, bytes]
    """Templates by name."""
    catalog: str | None
    public_url: str | None
    scope: str | None
    smoke_token: str | None
    patience_s: float


async def upload_prompts(store: PromptStore, prompts: Mapping[str, bytes]) -> list[str]:
    """Store each template as a version; label it, unless a person has moved the label since. Returns what moved."""
    moved: list[str] = []
    for name, text in prompts.items():
        template = await store.add(name, text)
        for label in (STAGING, PRODUCTION):
            now = await store.label(name, label)
            known = now.label if isinstance(now, VersionedLabel) else None
            if known is not None and (known.moved_by != _MOVER or known.version == template.version):
                continue
            await store.move(name, label, template.version, by=_MOVER, at=iso(utc_now()))
            moved.append(f"{name}: {label} is {template.version}")
    return moved


async def _upload(plan: Plan, blobs: BlobStore) -> None:
    ends = time.monotonic() + plan.patience_s
    while True:
        try:
            for line in await upload_prompts(PromptStore(blobs), plan.prompts):
                _say(line)
            if plan.catalog is not None:
                await blobs.write(catalogs.CONTAINER, catalogs.BLOB, plan.catalog.encode(), "application/json")
                _say("the catalog in Blob Storage is used from now on")
        except StoreUnavailable:
            if time.monotonic() > ends:
                raise
            _say("Blob Storage does not let us in yet; trying again")
            await asyncio.sleep(_PAUSE_S)
        else:
            return


async def _chat(public_url: str, token: str, patience_s: float) -> None:
    ends = time.monotonic() + patience_s
    while True:
        try:
            timings = await run(public_url, token, patience_s=120)
        except SmokeFailedError as error:
            if time.monotonic() > ends:
                raise
            _say(f"{error}; trying again")
            await asyncio.sleep(_PAUSE_S)
        else:
            _say(f"{public_url} answers: {timings.line()}")
            return


async def carry_out(plan: Plan) -> None:
    """Do all of it.

    Raises:
        SalesCoachError, SmokeFailedError: what did not work.

    """
    async with azure_credential() as credential:
        blobs = BlobStore(plan.blob, credential)
        try:
            await _upload(plan, blobs)
        finally:
            await blobs.close()
        if plan.public_url is None:
            _say("nobody asked the coach")
            return
        token = plan.smoke_token
        if token is None:
            token = await TokenProvider(credential, plan.scope or "")()
        await _chat(plan.public_url, token, plan.patience_s)


def read_prompts(folder: Path = PROMPTS) -> dict[str, bytes]:
    """Return the templates of a folder by name; the file `coach.md` is the template `coach`."""
    return {file.stem: file.read_bytes() for file in sorted(folder.glob("*.md"))}


def read_catalog(file: Path, base_url: str) -> str:
    """Return the catalog's text, checked as the app would check it.

    Raises:
        CatalogInvalid: naming what is wrong.

    """
    text = file.read_text(encoding="utf-8")
    Catalog.load(text, {"MCP_BASE_URL": base_url})
    return text


def read_plan(words: list[str], environment: Mapping[str, str]) -> Plan:
    """Return the plan of the command line and the deployment's outputs.

    Raises:
        ValueError, CatalogInvalid: naming what is missing or wrong.

    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--catalog", type=Path, help="tool catalog to use instead of the packaged one")
    parser.add_argument("--without-chat", action="store_true")
    parser.add_argument("--patience", type=float, default=1800, help="seconds a new deployment may take to answer")
    arguments = parser.parse_args(words)
    token, scope = environment.get("SMOKE_TOKEN") or None, environment.get("WEB_CLIENT_SCOPE") or None
    is_person = environment.get("AZURE_PRINCIPAL_TYPE", "User") == "User"
    asks = not arguments.without_chat and (token is not None or is_person)
    if asks and (not environment.get("PUBLIC_URL") or (token is None and scope is None)):
        raise ValueError("PUBLIC_URL and WEB_CLIENT_SCOPE, outputs of the deployment, are not set")
    return Plan(
        blob=address_of(environment, "BLOB"),
        prompts=read_prompts(),
        catalog=read_catalog(arguments.catalog, environment.get("MCP_BASE_URL", "")) if arguments.catalog else None,
        public_url=environment["PUBLIC_URL"] if asks else None,
        scope=scope,
        smoke_token=token,
        patience_s=arguments.patience,
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Carry out the plan; say what went wrong in one line."""
    try:
        asyncio.run(carry_out(read_plan(words, environment)))
    except SalesCoachError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    except (SmokeFailedError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
