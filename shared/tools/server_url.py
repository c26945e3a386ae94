"""The rules for an MCP server's address: https, or http on this machine; no credentials; nothing link-local."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from shared.tools.catalog_document import CatalogInvalid, Problem

# Two characters between percent signs would be read out of an escaped byte.
_VARIABLE = re.compile(r"%([A-Z][A-Z0-9_]{2,})%")
_CLEAN_URL = re.compile(r"[!-~]+")


def variables_of(template: str) -> frozenset[str]:
    """Return the names of the variables in an address."""
    return frozenset(_VARIABLE.findall(template))


def resolve_url(template: str, variables: Mapping[str, str], *, path: tuple[str, ...]) -> str:
    """Return the address with its variables filled in.

    Raises:
        CatalogInvalid: a variable has no value, or the address breaks a rule; `path` leads to the field.

    """
    missing = sorted(name for name in variables_of(template) if not variables.get(name))
    if missing:
        raise CatalogInvalid.because([Problem(path, f"no value for {', '.join(missing)}")])
    url = _VARIABLE.sub(lambda found: variables[found.group(1)].rstrip("/"), template)
    if problem := _problem(url):
        raise CatalogInvalid.because([Problem(path, problem)])
    return url


def _problem(url: str) -> str | None:
    if not _CLEAN_URL.fullmatch(url):
        return "holds blanks or characters outside ASCII"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("https", "http") or not host:
        return "must be an https URL"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must hold neither credentials nor a fragment"
    return _host_problem(parts, host)


def _host_problem(parts: SplitResult, host: str) -> str | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        local = host == "localhost"
    else:
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return "names an address no tool server can have"
        local = address.is_loopback
    return "http is only allowed to this machine" if parts.scheme == "http" and not local else None
