"""The content of one message in its four data types, and its two spellings: HTTP body and JSON frame."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn

_METADATA_KEY = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}")
_METADATA_VALUE_BYTES = 1024
_METADATA_BYTES = 8 * 1024


class PayloadError(ValueError):
    """The content does not fit its declared data type."""


class DataType(StrEnum):
    TEXT = "text"
    JSON = "json"
    BINARY = "binary"
    PROTOBUF = "protobuf"


_CONTENT_TYPES = {
    DataType.TEXT: "text/plain; charset=utf-8",
    DataType.JSON: "application/json; charset=utf-8",
    DataType.BINARY: "application/octet-stream",
    DataType.PROTOBUF: "application/x-protobuf",
}
_BY_CONTENT_TYPE = {value.partition(";")[0]: key for key, value in _CONTENT_TYPES.items()}


def _refuse_constant(name: str) -> NoReturn:
    raise PayloadError(f"{name} is not JSON")


def load_json(text: str | bytes) -> Any:
    """Parse strict JSON (no NaN or Infinity).

    Raises:
        PayloadError: it is not JSON, or nested too deeply to read.

    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"invalid JSON: {error}") from error


def dump_json(value: object) -> bytes:
    """Return compact JSON in UTF-8; text with lone surrogates stays escaped, as UTF-8 cannot hold them."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One message's content as bytes: UTF-8 for text and JSON, the bytes themselves for the binary types."""

    data_type: DataType
    content: bytes
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self.data_type]

    @property
    def is_binary(self) -> bool:
        return self.data_type in (DataType.BINARY, DataType.PROTOBUF)

    def as_json(self) -> bytes:
        """Return the JSON text of a frame's `data` member."""
        match self.data_type:
            case DataType.JSON:
                return self.content
            case DataType.TEXT:
                return dump_json(self.content.decode())
            case _:
                return b'"' + base64.b64encode(self.content) + b'"'


def payload_of_frame(data_type: str, data: object, metadata: Mapping[str, str]) -> Payload:
    """Return the payload of a client frame's `dataType` and parsed `data`.

    Raises:
        PayloadError: the data does not fit the type.

    """
    try:
        kind = DataType(data_type.lower())
    except ValueError as error:
        raise PayloadError(f"unknown dataType {data_type!r}") from error
    if kind is DataType.JSON:
        if data is None:
            raise PayloadError("JSON data must not be null")
        return Payload(data_type=kind, content=dump_json(data), metadata=metadata)
    if not isinstance(data, str):
        raise PayloadError(f"data of type {kind} must be a string")
    try:
        content = data.encode() if kind is DataType.TEXT else base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PayloadError(f"data is not valid {kind}: {error}") from error
    return Payload(data_type=kind, content=content, metadata=metadata)


def payload_of_http(
    content_type: str, charset: str | None, body: bytes, metadata: Mapping[str, str] | None = None
) -> Payload | None:
    """Return the payload of an HTTP body, or None when the media type is not one of the service's.

    Raises:
        PayloadError: the body does not fit its media type or charset.

    """
    kind = _BY_CONTENT_TYPE.get(content_type.lower())
    if kind is None:
        return None
    if kind in (DataType.TEXT, DataType.JSON):
        try:
            body = body.decode(charset or "utf-8").removeprefix("\ufeff").encode()
        except (LookupError, UnicodeError) as error:
            raise PayloadError(f"the body is not {charset or 'utf-8'}: {error}") from error
    if kind is DataType.JSON:
        load_json(body)
    return Payload(data_type=kind, content=body, metadata=metadata or {})


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Check keys (HTTP token, 256 characters), values (1 kB) and total size (8 kB).

    Raises:
        PayloadError: a rule is broken.

    """
    total = 0
    for key, value in metadata.items():
        size = len(value.encode("utf-8", "surrogatepass"))
        total += len(key) + size
        if not _METADATA_KEY.fullmatch(key) or size > _METADATA_VALUE_BYTES:
            raise PayloadError(f"metadata {key!r} has an invalid key or too long a value")
        if any(mark in value for mark in "\r\n\0"):
            raise PayloadError(f"metadata {key!r} has a control character in its value")
    if total > _METADATA_BYTES:
        raise PayloadError("metadata is larger than 8 kB")
