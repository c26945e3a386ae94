"""Write `docs/openapi.json`, the document the app serves at `GET /api/openapi.json`.

`python scripts/generate_openapi.py` writes; `--check` exits 1 when the file is stale.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from api.endpoints import endpoints  # noqa: E402 - the path comes first
from api.openapi import document  # noqa: E402
from shared.runtime import Runtime  # noqa: E402

DOCUMENT = ROOT / "docs" / "openapi.json"


class _NoClients:
    """Stands in for the runtime: to be described, endpoints need no clients, only to be made."""

    def __getattr__(self, name: str) -> "_NoClients":
        return self


def text() -> str:
    """Return the file's content."""
    return json.dumps(document(endpoints(cast("Runtime", _NoClients()))), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--check", action="store_true")
    if DOCUMENT.exists() and DOCUMENT.read_text("utf-8") == text():
        return
    if flags.parse_args().check:
        sys.exit(f"stale, run `make protocol`: {DOCUMENT.relative_to(ROOT)}")
    DOCUMENT.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
