"""The official client conformance suite against the product's adapter, scenario by scenario, in every revision.

`docs/local/mcp.md` has the results as a table; `test_the_documented_table_is_this_one` keeps the two together.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from shared.cosmos import Cosmos
from tests.mcp.conformance import scenarios, verdict
from tests.mcp.conformance_client import resident
from tests.services import ROOT

EXTENSION = "extension"
FIRST, SECOND, HANDSHAKE, MODERN = "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"
ROW = re.compile(r"\| `[\w/-]+` \| (?:20|extension)")
BOTH = (HANDSHAKE, MODERN)
OLDER_TOO = (SECOND, *BOTH)

PASSES: Mapping[str, tuple[str, ...]] = {
    "initialize": (SECOND, HANDSHAKE),
    "tools_call": OLDER_TOO,
    "elicitation-sep1034-client-defaults": (HANDSHAKE,),
    "sse-retry": (HANDSHAKE,),
    "request-metadata": (MODERN,),
    "sep-2322-client-request-state": (MODERN,),
    "http-standard-headers": (MODERN,),
    "http-custom-headers": (MODERN,),
    "http-invalid-tool-headers": (MODERN,),
    "json-schema-ref-no-deref": (MODERN,),
    "json-schema-2020-12-preservation": BOTH,
    "auth/metadata-default": BOTH,
    "auth/metadata-var1": BOTH,
    "auth/metadata-var2": BOTH,
    "auth/metadata-var3": BOTH,
    "auth/basic-cimd": BOTH,
    "auth/scope-from-www-authenticate": BOTH,
    "auth/scope-from-scopes-supported": BOTH,
    "auth/scope-omitted-when-undefined": BOTH,
    "auth/scope-step-up": BOTH,
    "auth/scope-retry-limit": BOTH,
    "auth/token-endpoint-auth-basic": OLDER_TOO,
    "auth/token-endpoint-auth-post": OLDER_TOO,
    "auth/token-endpoint-auth-none": OLDER_TOO,
    "auth/pre-registration": BOTH,
    "auth/2025-03-26-oauth-metadata-backcompat": (FIRST,),
    "auth/2025-03-26-oauth-endpoint-fallback": (FIRST,),
    "auth/client-credentials-jwt": (EXTENSION,),
    "auth/client-credentials-basic": (EXTENSION,),
    "auth/enterprise-managed-authorization": (EXTENSION,),
    "auth/wif-jwt-bearer": (EXTENSION,),
    "auth/dpop": (EXTENSION,),
    "auth/dpop-nonce": (EXTENSION,),
    "auth/resource-mismatch": (MODERN,),
    "auth/offline-access-scope": (MODERN,),
    "auth/offline-access-not-supported": (MODERN,),
    "auth/authorization-server-migration": (MODERN,),
    "auth/iss-supported": (MODERN,),
    "auth/iss-not-advertised": (MODERN,),
    "auth/iss-supported-missing": (MODERN,),
    "auth/iss-wrong-issuer": (MODERN,),
    "auth/iss-unexpected": (MODERN,),
    "auth/iss-normalized": (MODERN,),
    "auth/metadata-issuer-mismatch": (MODERN,),
}

TIMED = frozenset({"sse-retry"})
"""The suite holds a stopwatch to the client's waiting here; when a busy machine was late, it gets a second run."""

_SKILLS = "`SKIPPED`: judged is what a client does after `skills/list`, which the product never sends"

MISSES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "sep-2640-client-no-prefetch": ((EXTENSION,), _SKILLS),
    "sep-2640-client-verify-digest": ((EXTENSION,), _SKILLS),
    "sep-2640-client-verify-size": ((EXTENSION,), _SKILLS),
    "sep-2640-client-verify-frontmatter": ((EXTENSION,), _SKILLS),
}


def runs() -> list[object]:
    passing = [(name, revision, ()) for name, revisions in PASSES.items() for revision in revisions]
    missing = [
        (name, revision, pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError))
        for name, (revisions, reason) in MISSES.items()
        for revision in revisions
    ]
    return [
        pytest.param(name, revision, marks=marks, id=f"{name}@{revision}")
        for name, revision, marks in passing + missing
    ]


@pytest.fixture
async def client(cosmos: Cosmos) -> AsyncGenerator[int]:
    async with resident(cosmos) as port:
        yield port


@pytest.mark.parametrize(("scenario", "revision"), runs())
async def test_the_adapter_passes(scenario: str, revision: str, client: int, tmp_path: Path) -> None:
    at = None if revision == EXTENSION else revision
    found = await verdict(scenario, at, client, tmp_path / "first")
    if scenario in TIMED and found.found_wrong:
        found = await verdict(scenario, at, client, tmp_path / "again")
    assert found.passed, found
    assert found.judged, found
    assert not found.found_wrong, found


async def test_every_client_scenario_of_the_suite_is_run() -> None:
    ours = {name: frozenset(revisions) for name, revisions in PASSES.items()}
    ours |= {name: frozenset(revisions) for name, (revisions, _) in MISSES.items()}
    assert ours == await scenarios()


def test_the_documented_table_is_this_one() -> None:
    page = (ROOT / "docs" / "local" / "mcp.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if ROW.match(line)] == rows()


def rows() -> list[str]:
    """Return the rows of the page's table of scenarios."""
    passing = [f"| `{name}` | {', '.join(revisions)} | passes |" for name, revisions in PASSES.items()]
    missing = [f"| `{name}` | {', '.join(revisions)} | no: {why} |" for name, (revisions, why) in MISSES.items()]
    return passing + missing
