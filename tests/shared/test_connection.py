"""The seal of a connection's state: what this app said of this connection comes back, and nothing else does."""

import base64
import json

import pytest

from shared.connection import ConnectionState, StateSeal
from shared.ids import session_id

OLD, NEW = b"old-access-key", b"new-access-key"
LONGEST_PRINCIPAL = f"{'f' * 36}.{'f' * 36}"
STATE = ConnectionState(principal=LONGEST_PRINCIPAL, session_id=session_id(LONGEST_PRINCIPAL, "c-1"), streaming=True)
SEAL = StateSeal((NEW, OLD))


@pytest.mark.parametrize("state", [STATE, ConnectionState(principal="tenant.ada")], ids=["full", "fresh"])
def test_a_sealed_state_comes_back(state: ConnectionState) -> None:
    assert SEAL.open(SEAL.close(state, "connection"), "connection") == state


def test_it_is_good_for_its_own_connection_only() -> None:
    header = SEAL.close(STATE, "connection")
    assert SEAL.open(header, "connection-2") is None
    assert SEAL.open(header, "") is None


def test_a_state_sealed_under_the_former_key_still_opens() -> None:
    header = StateSeal((OLD,)).close(STATE, "connection")
    assert SEAL.open(header, "connection") == STATE


def test_the_first_key_seals() -> None:
    header = SEAL.close(STATE, "connection")
    assert StateSeal((NEW,)).open(header, "connection") == STATE
    assert StateSeal((OLD,)).open(header, "connection") is None


def test_every_changed_byte_breaks_it() -> None:
    sealed = base64.b64decode(SEAL.close(STATE, "connection"))
    for place in range(len(sealed)):
        broken = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        assert SEAL.open(base64.b64encode(broken).decode(), "connection") is None


def test_a_state_without_a_seal_or_cut_short_does_not_open() -> None:
    sealed = SEAL.close(STATE, "connection")
    unsealed = base64.b64encode(STATE.encoded()).decode()
    for header in (unsealed, sealed[:40], sealed[:-4], "", "no base64"):
        assert SEAL.open(header, "connection") is None


def test_the_connection_id_cannot_take_bytes_over_from_the_state() -> None:
    tag, text = _parts(SEAL.close(STATE, "connection"))
    shifted = base64.b64encode(tag + text[1:]).decode()
    assert SEAL.open(shifted, "connection" + text[:1].decode()) is None


def test_what_is_sealed_but_is_no_state_does_not_open() -> None:
    class Strange(ConnectionState):
        def encoded(self) -> bytes:
            return json.dumps(["tenant.ada"]).encode()

    assert SEAL.open(SEAL.close(Strange(principal="tenant.ada"), "connection"), "connection") is None


def test_without_keys_the_state_travels_as_it_is() -> None:
    plain = StateSeal(())
    header = plain.close(STATE, "connection")
    assert base64.b64decode(header) == STATE.encoded()
    assert plain.open(header, "connection") == STATE
    assert plain.open(SEAL.close(STATE, "connection"), "connection") is None


def test_the_longest_state_is_a_small_header() -> None:
    assert len(SEAL.close(STATE, "c" * 100)) < 512


def _parts(header: str) -> tuple[bytes, bytes]:
    sealed = base64.b64decode(header)
    return sealed[:32], sealed[32:]
