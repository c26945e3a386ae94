"""A resource for the checks: a fresh local service, or the one in `OPENAI_CONTRACT`."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from tests.local.openai.contract.deviations import LOCAL

VARIABLE = "OPENAI_CONTRACT"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`endpoint` is an origin; `model` and `embedding` are deployments."""

    endpoint: str
    key: str = field(repr=False)
    model: str
    embedding: str

    @property
    def base_url(self) -> str:
        return f"{self.endpoint.rstrip('/')}/openai/v1/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the listed deviations to fail, but not at Azure."""
    if os.environ.get(VARIABLE):
        return
    for item in items:
        name = item.name.partition("[")[0]
        if HERE in item.path.parents and name in LOCAL:
            item.add_marker(pytest.mark.xfail(reason=LOCAL[name], strict=True))


@pytest.fixture(scope="session")
def resource() -> Generator[Resource]:
    given = os.environ.get(VARIABLE)
    if given:
        pairs = (part.partition("=") for part in given.split(";") if part)
        yield Resource(**{name.strip(): value.strip() for name, _, value in pairs})
        return
    command = [sys.executable, "-m", "local.openai", "--port", "0", "--first-token-ms", "0", "--token-ms", "0"]
    with subprocess.Popen([*command, "--log-level", "WARNING"], stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            endpoint = service.stdout.readline().split()[-1]
            names: dict[str, Any] = {"model": "gpt-5.4-mini", "embedding": "text-embedding-3-small"}
            yield Resource(endpoint=endpoint, key="local", **names)
        finally:
            service.terminate()


@pytest.fixture
async def sdk(resource: Resource) -> AsyncIterator[AsyncOpenAI]:
    local = resource.endpoint.startswith("http://")
    # Loading the trust store takes most of a check's time, and plain http has no use for it.
    transport = DefaultAsyncHttpxClient(verify=False) if local else None
    async with AsyncOpenAI(
        base_url=resource.base_url, api_key=resource.key, max_retries=0 if local else 3, http_client=transport
    ) as client:
        yield client
