"""Secrets at rest: AES-256-GCM under keys that can be replaced one after the other.

A sealed text is bound to the place it is kept at: what was sealed for one place cannot be opened at another.
"""

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import SettingsInvalid

_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_CHARACTERS = 8
_VERSION = "1"


class SealBroken(Exception):  # noqa: N818 - reads as what happened
    """The text was not sealed here, not for this place, or under a key that is gone."""


def new_key() -> str:
    """Return a new key as `CREDENTIALS_KEYS` takes it: 32 random bytes, base64url."""
    return _text(secrets.token_bytes(_KEY_BYTES))


class Sealer:
    """Seals under the newest key, opens under any."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """Take `keys` newest first.

        Raises:
            SettingsInvalid: there is none, or one is not 32 bytes in base64url; the keys are not quoted.

        """
        if not keys:
            raise SettingsInvalid("CREDENTIALS_KEYS: at least one key is needed")
        decoded = [_key(number, text) for number, text in enumerate(keys, start=1)]
        self._newest = _key_id(decoded[0])
        self._keys = {_key_id(key): AESGCM(key) for key in decoded}

    def seal(self, text: str, place: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, text.encode(), _bound(self._newest, place))
        return f"{_VERSION}.{self._newest}.{_text(nonce + sealed)}"

    def open(self, sealed: str, place: str) -> str:
        """Return the text.

        Raises:
            SealBroken: it cannot be opened here; the message never quotes it.

        """
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        key = self._keys.get(key_id)
        if version != _VERSION or key is None:
            raise SealBroken("sealed under a key that is not among ours")
        try:
            data = _bytes(body)
            return key.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _bound(key_id, place)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("changed, or sealed for another place") from None


def _bound(key_id: str, place: str) -> bytes:
    return f"{_VERSION}.{key_id}.{place}".encode()


def _key(number: int, text: str) -> bytes:
    try:
        key = _bytes(text.strip())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingsInvalid(f"CREDENTIALS_KEYS: key {number} is not {_KEY_BYTES} bytes in base64url")
    return key


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"salescoach key id" + key).hexdigest()[:_KEY_ID_CHARACTERS]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
