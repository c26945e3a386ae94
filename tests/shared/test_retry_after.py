from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict

from shared.retry_after import retry_after_ms

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "2"}, 2000),
        ({"Retry-After": "0.5"}, 500),
        ({"retry-after-ms": "150", "Retry-After": "2"}, 150),
        ({"X-Ms-Retry-After-Ms": "70"}, 70),
        ({"Retry-After": "Sun, 22 Nov 2026 12:00:03 GMT"}, 3000),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "99999999"}, 600_000),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({"retry-after-ms": "soon", "Retry-After": "1"}, 1000),
    ],
)
def test_the_wait_is_read_from_whatever_header_gives_it(headers: dict[str, str], expected: int | None) -> None:
    assert retry_after_ms(CIMultiDict(headers), NOW) == expected
