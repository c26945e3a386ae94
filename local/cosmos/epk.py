"""Effective partition keys: the hash that places a logical partition in the key space "" .. "FF"."""

import struct
from collections.abc import Sequence

from local.cosmos.values import UNDEFINED, Json, Undefined

type KeyComponent = bool | int | float | str | Undefined | None
type PartitionKeyValue = tuple[KeyComponent, ...]

_MASK = 0xFFFFFFFFFFFFFFFF
_C1 = 0x87C37B91114253D5
_C2 = 0x4CF5AD432745937F
_UNDEFINED_TAG, _NULL_TAG, _FALSE_TAG, _TRUE_TAG, _NUMBER_TAG, _STRING_TAG = 0, 1, 2, 3, 5, 8


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _avalanche(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & _MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ (value >> 33)


def _scramble_first(lane: int) -> int:
    return _rotate(lane * _C1 & _MASK, 31) * _C2 & _MASK


def _scramble_second(lane: int) -> int:
    return _rotate(lane * _C2 & _MASK, 33) * _C1 & _MASK


def murmur3_128(data: bytes) -> tuple[int, int]:
    """MurmurHash3 x64 128 with seed 0 as its two 64-bit halves."""
    first = second = 0
    whole = len(data) - len(data) % 16
    for place in range(0, whole, 16):
        lanes = struct.unpack_from("<QQ", data, place)
        first ^= _scramble_first(lanes[0])
        first = ((_rotate(first, 27) + second) * 5 + 0x52DCE729) & _MASK
        second ^= _scramble_second(lanes[1])
        second = ((_rotate(second, 31) + first) * 5 + 0x38495AB5) & _MASK
    tail = data[whole:]
    second ^= _scramble_second(int.from_bytes(tail[8:], "little"))
    first ^= _scramble_first(int.from_bytes(tail[:8], "little"))
    first ^= len(data)
    second ^= len(data)
    first = (first + second) & _MASK
    second = (second + first) & _MASK
    first, second = _avalanche(first), _avalanche(second)
    first = (first + second) & _MASK
    return first, (second + first) & _MASK


def _encode(component: KeyComponent) -> bytes:
    match component:
        case Undefined():
            return bytes([_UNDEFINED_TAG])
        case None:
            return bytes([_NULL_TAG])
        case bool():
            return bytes([_TRUE_TAG if component else _FALSE_TAG])
        case int() | float():
            return bytes([_NUMBER_TAG]) + struct.pack("<d", float(component))
        case str():
            return bytes([_STRING_TAG]) + component.encode() + b"\xff"


def _hash(data: bytes) -> str:
    first, second = murmur3_128(data)
    # The two top bits are cleared so that every hash sorts below the exclusive maximum "FF".
    placed = ((second << 64) | first) & ((1 << 126) - 1)
    return f"{placed:032X}"


def effective_partition_key(components: Sequence[KeyComponent], *, hierarchical: bool) -> str:
    """Return the upper-case hex place of a key; a hierarchical key's prefix hashes to a prefix of its place."""
    if not components:
        return ""
    if hierarchical:
        return "".join(_hash(_encode(component)) for component in components)
    return _hash(b"".join(_encode(component) for component in components))


def key_component(value: Json | Undefined) -> KeyComponent:
    """Narrow a value to what a partition key may hold; `{}` is the wire form of undefined.

    Raises:
        ValueError: an array or an object.

    """
    if isinstance(value, dict) and not value:
        return UNDEFINED
    if isinstance(value, list | dict):
        raise ValueError("a partition key component must be a scalar")  # noqa: TRY004 - a bad value, not a bad call
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
