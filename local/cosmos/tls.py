"""A certificate authority for development, kept in a directory so that clients trust it once."""

import os
import ssl
from pathlib import Path
from typing import Final

import trustme

AUTHORITY_FILE: Final = "ca.pem"
_AUTHORITY_KEY_FILE: Final = "ca.key"
LEAF_FILE: Final = "cosmos.pem"
_NAMES: Final = ("127.0.0.1", "localhost", "::1")


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _authority(folder: Path) -> trustme.CA:
    certificate, key = folder / AUTHORITY_FILE, folder / _AUTHORITY_KEY_FILE
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made = trustme.CA(organization_name="SalesCoach development")
    _write_private(key, made.private_key_pem.bytes())
    certificate.write_bytes(made.cert_pem.bytes())
    return made


def _is_fresh(leaf: Path, authority: Path) -> bool:
    """Whether a leaf is there and no older than the authority: an older authority's would not verify."""
    return leaf.exists() and leaf.stat().st_mtime_ns >= authority.stat().st_mtime_ns


def server_context(folder: Path, leaf_file: str = LEAF_FILE) -> ssl.SSLContext:
    """Return a context for the loopback names; makes what `folder` lacks, reuses what it has.

    Services that share a folder share the authority, each with a leaf of its own.

    Raises:
        OSError: the folder cannot be read or written.

    """
    folder.mkdir(parents=True, exist_ok=True)
    authority, leaf = _authority(folder), folder / leaf_file
    if not _is_fresh(leaf, folder / AUTHORITY_FILE):
        _write_private(leaf, authority.issue_cert(*_NAMES).private_key_and_cert_chain_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    return context
