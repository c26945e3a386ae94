"""A new instance is there soon: what takes long to load waits until it is needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.deployed_settings import DEPLOYED

ROOT = Path(__file__).resolve().parent.parent
HEAVY = (
    "openai",
    "mcp",
    "mcp_types",
    "starlette",
    "uvicorn",
    "opentelemetry.sdk",
    "opentelemetry.exporter",
    "azure.monitor",
)
"""What must not be loaded at start: together more than everything that is."""
MOST_MODULES = 1_750
MOST_PROCESSOR_S = 5.0
"""Several times what it takes: a busy machine passes, whatever its speed."""
PROGRAM = """
import json, resource, sys
import function_app
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"modules": sorted(sys.modules), "processor": used.ru_utime + used.ru_stime}))
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, object]:
    """What a process that has just loaded the app says of itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= DEPLOYED | {"MCP_SERVERS_FILE": "infra/catalog.none.json"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("package", HEAVY)
def test_what_is_heavy_waits_until_it_is_needed(loaded: dict[str, object], package: str) -> None:
    modules = loaded["modules"]
    assert isinstance(modules, list)
    assert [name for name in modules if name == package or str(name).startswith(f"{package}.")] == []


def test_loading_takes_little(loaded: dict[str, object]) -> None:
    modules, processor = loaded["modules"], loaded["processor"]
    assert isinstance(modules, list)
    assert isinstance(processor, float)
    assert len(modules) < MOST_MODULES
    assert processor < MOST_PROCESSOR_S
