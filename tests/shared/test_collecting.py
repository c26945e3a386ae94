"""What the collector of cycles looks at, and how often."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from shared.collecting import YOUNG, look_seldom, spare_what_is_there


class _Knot:
    """Refers to itself: only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_it_looks_less_often_than_by_default() -> None:
    look_seldom()
    assert gc.get_threshold()[0] == YOUNG


def test_what_is_there_is_spared_and_what_comes_later_is_still_found() -> None:
    lost = ref(_Knot())
    spare_what_is_there()
    assert lost() is None, "garbage is thrown away first"
    assert gc.get_freeze_count() > 0
    later = ref(_Knot())
    gc.collect()
    assert later() is None
