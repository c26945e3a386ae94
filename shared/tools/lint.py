"""`python -m shared.tools.lint [FILE] [--as ROLE]`: check a catalog and print who may use what.

Exits 1 when the file cannot be used, 2 when it cannot be read; warnings do not change that.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.tools.catalog import Catalog
from shared.tools.catalog_access import access_of, roles_of, table
from shared.tools.catalog_document import read_document
from shared.tools.catalog_lint import lint, stand_ins


def main(arguments: Sequence[str]) -> int:
    """Check the file the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.tools.lint", description="Check a catalog of MCP servers.")
    parser.add_argument("file", nargs="?", default="mcpservers.json", type=Path)
    parser.add_argument("--as", dest="role", metavar="ROLE", help="show only what this role may use")
    options = parser.parse_args(arguments)
    file: Path = options.file
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{file}: {error}\n")
        return 2
    findings = lint(text)
    sys.stdout.writelines(f"{file}:{finding}\n" for finding in findings)
    if any(finding.level == "error" for finding in findings):
        return 1
    catalog = Catalog.load(text, stand_ins(read_document(text)))
    roles = (options.role,) if options.role else roles_of(catalog)
    rows = tuple(row for role in roles for row in access_of(catalog, role))
    sys.stdout.write(table(rows) + "\n" if rows else f"{' '.join(roles) or 'nobody'}: may use nothing\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
