"""Secrets at rest."""

import pytest

from shared.errors import SettingsInvalid
from shared.sealing import SealBroken, Sealer, new_key

OLD, NEW = new_key(), new_key()


def test_what_is_sealed_opens_at_its_place_and_shows_nothing() -> None:
    sealed = Sealer((OLD,)).seal("a token", "ada|crm")
    assert Sealer((OLD,)).open(sealed, "ada|crm") == "a token"
    assert "token" not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealer = Sealer((OLD,))
    assert sealer.seal("x", "p") != sealer.seal("x", "p")


def test_it_does_not_open_at_another_place() -> None:
    sealer = Sealer((OLD,))
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal("a token", "ada|crm"), "mallory|crm")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = Sealer((OLD,)).seal("a", "p")
    both = Sealer((NEW, OLD))
    assert both.open(before, "p") == "a"
    assert Sealer((NEW,)).open(both.seal("b", "p"), "p") == "b"
    with pytest.raises(SealBroken):
        Sealer((NEW,)).open(before, "p")


@pytest.mark.parametrize("spoilt", ["{0}A", "2{1}", "{2}", "", "1.x.!"])
def test_what_was_changed_does_not_open(spoilt: str) -> None:
    sealer = Sealer((OLD,))
    sealed = sealer.seal("a token", "p")
    with pytest.raises(SealBroken):
        sealer.open(spoilt.format(sealed, sealed[1:], sealed[:-2]), "p")


@pytest.mark.parametrize("keys", [(), ("short",), (OLD, "!" * 43), (OLD[:-3],)])
def test_wrong_keys_are_refused_without_quoting_them(keys: tuple[str, ...]) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        Sealer(keys)
    assert "CREDENTIALS_KEYS" in refused.value.message
    assert all(key not in refused.value.message for key in keys)
