from collections.abc import Iterator

import pytest

from tests.local.functions_host.durable.plain_worker import STOPPING


@pytest.fixture(scope="module", autouse=True)
def _workers_are_gone() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    yield
    while STOPPING:
        STOPPING.pop().join(timeout=10)
