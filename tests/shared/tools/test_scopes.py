"""Scopes: which are taken, put together and compared."""

import pytest

from shared.tools.scopes import all_scopes, covers, usable_scopes


def test_a_scope_is_named_once() -> None:
    assert usable_scopes("b a b") == "b a"
    assert all_scopes("b a", "c b") == "b a c"


@pytest.mark.parametrize("text", ["", " ", "a  b", "a\tb", 'a"b', "a\\b", "a\nb", "\u00e4", "a" * 1001])
def test_what_is_no_scope_is_not_taken(text: str) -> None:
    assert usable_scopes(text) is None


def test_a_server_may_name_thirty_scopes() -> None:
    names = [f"s{number}" for number in range(31)]
    assert usable_scopes(" ".join(names[:30])) is not None
    assert usable_scopes(" ".join(names)) is None


def test_no_scopes_are_none() -> None:
    assert all_scopes(None, None) is None
    assert all_scopes("", "a") == "a"
    assert covers(None, None)
    assert not covers(None, "a")
    assert covers("a b", "b")
