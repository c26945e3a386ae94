"""Write the JSON Schema of `mcpservers.json` to `docs/mcpservers.schema.json`; `--check` exits 1 when it is stale."""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from shared.tools.catalog_document import CatalogDocument  # noqa: E402 - the path comes first

SCHEMA = ROOT / "docs" / "mcpservers.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """Return the schema as it is to be written."""
    schema = {"$schema": DIALECT, **CatalogDocument.model_json_schema(by_alias=True), "title": "MCP servers"}
    return json.dumps(schema, indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the JSON Schema of mcpservers.json.")
    parser.add_argument("--check", action="store_true", help="only tell whether it is current")
    if parser.parse_args().check:
        current = SCHEMA.exists() and SCHEMA.read_text(encoding="utf-8") == schema_text()
        print(f"{SCHEMA.name} is {'current' if current else 'stale: run scripts/generate_catalog_schema.py'}")
        return 0 if current else 1
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
