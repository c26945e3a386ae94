"""What the analyzer calculates with costs a second and a hundred megabytes: nobody pays for it but who clusters."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from bench.deployed_settings import DEPLOYED

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "scipy", "sklearn")
MAX_DEPENDENCIES = 320_000_000
"""Bytes of all locked packages, unpacked and without compiled modules; an instance has to fetch and unpack them."""
PROGRAM = f"import json, sys, function_app; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"


def test_loading_the_app_loads_nothing_it_clusters_with() -> None:
    given = {name: value for name, value in os.environ.items() if name not in {"BLOB", "COSMOS"}} | DEPLOYED
    given |= {"MCP_SERVERS_FILE": "infra/catalog.none.json", "AZURE_OPENAI_EMBEDDING_MODEL": "embedding"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == []


def test_the_locked_packages_stay_within_bounds() -> None:
    locked = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    sizes = {
        name: sum(file.size or 0 for file in importlib.metadata.files(name) or () if file.suffix != ".pyc")
        for name in locked
        if name != "asyncio"
    }
    assert sizes["scikit-learn"] > 10_000_000
    assert sum(sizes.values()) < MAX_DEPENDENCIES, sorted(sizes.items(), key=lambda one: -one[1])[:8]
