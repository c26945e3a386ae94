"""`_rid`, `_self` and `_etag`: the system's own names for resources."""

import base64
import struct
import uuid


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().replace("/", "-")


def _raw(rid: str) -> bytes:
    return base64.b64decode(rid.replace("-", "/"))


def database_rid(number: int) -> str:
    """4 bytes; unique for `number` below 2**24."""
    return _text(struct.pack(">I", (number << 8) & 0xFFFFFFFF))


def container_rid(database: str, number: int) -> str:
    """8 bytes: the database's four, then four with the top bit set."""
    return _text(_raw(database) + struct.pack(">I", 0x80000000 | number))


def item_rid(container: str, number: int) -> str:
    """16 bytes: the container's eight, then the item's number."""
    return _text(_raw(container) + struct.pack("<Q", number))


def new_etag() -> str:
    """A quoted GUID, as it stands in `_etag` and in the `etag` header."""
    return f'"{uuid.uuid4()}"'
