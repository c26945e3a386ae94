"""Typed reads of a client frame's members."""

from typing import Any, cast

from local.web_pubsub.payload import Payload, check_metadata, payload_of_frame

MAX_UINT64 = 2**64 - 1


class FrameError(ValueError):
    """The frame breaks the protocol; the connection is closed with 1007."""


class Fields:
    """Typed reads of one JSON object's members; null counts as absent."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def has(self, key: str) -> bool:
        return self._values.get(key) is not None

    def names(self) -> list[str]:
        return list(self._values)

    def raw(self, key: str) -> object:
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise FrameError(f"{key} must be a string")
        return value

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            raise FrameError(f"{key} must be true or false")
        return bool(value)

    def integer(self, key: str, least: int, most: int) -> int | None:
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise FrameError(f"{key} must be an integer from {least} to {most}")
        return value

    def ack_id(self) -> int | None:
        return self.integer("ackId", 0, MAX_UINT64)

    def child(self, key: str) -> "Fields | None":
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise FrameError(f"{key} must be an object")
        return Fields(cast("dict[str, Any]", value))

    def metadata(self) -> dict[str, str]:
        inner = self.child("metadata")
        if inner is None:
            return {}
        values = {key: inner.text(key) for key in inner.names()}
        check_metadata(values)
        return values

    def payload(self) -> Payload:
        """Return the payload; `data` may be left out when there is metadata, and is then empty text."""
        metadata = self.metadata()
        if metadata and not self.has("data"):
            return payload_of_frame("text", "", metadata)
        return payload_of_frame(self.text("dataType", "json"), self.raw("data"), metadata)
