import hashlib
import hmac

import pytest

from shared.signature import signature_is_valid

PRIMARY = b"primary-key"
SECONDARY = b"secondary-key"
CONNECTION = "conn-1"


def signed(key: bytes, connection: str = CONNECTION) -> str:
    return "sha256=" + hmac.new(key, connection.encode(), hashlib.sha256).hexdigest()


BOTH = f"{signed(PRIMARY)},{signed(SECONDARY)}"


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        (BOTH, [PRIMARY]),
        (BOTH, [SECONDARY]),
        (BOTH, [PRIMARY, SECONDARY]),
        (signed(SECONDARY), [PRIMARY, SECONDARY]),
        (f"{signed(b'other')} , {signed(PRIMARY)}", [PRIMARY]),
        ("sha256=" + signed(PRIMARY).removeprefix("sha256=").upper(), [PRIMARY]),
    ],
)
def test_a_signature_by_any_known_key_is_accepted(header: str, keys: list[bytes]) -> None:
    assert signature_is_valid(header, CONNECTION, keys)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        "sha256=",
        signed(b"other"),
        signed(PRIMARY, "conn-2"),
        signed(PRIMARY)[:-2],
        signed(PRIMARY).removeprefix("sha256="),
        signed(PRIMARY).replace("sha256", "sha1"),
        "sha256=é",
    ],
)
def test_anything_else_is_refused(header: str | None) -> None:
    assert not signature_is_valid(header, CONNECTION, [PRIMARY, SECONDARY])


def test_without_keys_nothing_is_accepted() -> None:
    assert not signature_is_valid(BOTH, CONNECTION, [])


def test_an_empty_connection_id_is_refused_even_when_signed() -> None:
    assert not signature_is_valid(signed(PRIMARY, ""), "", [PRIMARY])
