"""What a tool server says is wrong with a credential when it turns a request away (RFC 6750, `WWW-Authenticate`)."""

import re
from dataclasses import dataclass
from http import HTTPStatus

import httpx2

from shared.tools.scopes import usable_scopes

_LONGEST_HEADER = 4000
_INSUFFICIENT = "insufficient_scope"
_PARAMETER = re.compile(r'(?<![A-Za-z_-])([A-Za-z_-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A refusal of a credential. `scope` is what it has to have, as OAuth writes scopes; None when nothing usable.

    `narrow`: the credential is good, but lacks `scope`. `signed_out`: it is not good any more, or there was none.
    Neither: whose credential it is may not do this.
    """

    scope: str | None = None
    narrow: bool = False
    signed_out: bool = False


def challenge_of(response: httpx2.Response) -> Challenge | None:
    """Return what a refusal says of the credential; None for an answer that is none."""
    status = response.status_code
    if status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return None
    told = _parameters(response.headers.get("www-authenticate", ""))
    scope = usable_scopes(told.get("scope", ""))
    narrow = told.get("error") == _INSUFFICIENT and scope is not None
    signed_out = status == HTTPStatus.UNAUTHORIZED and not narrow
    return Challenge(scope=scope if narrow or signed_out else None, narrow=narrow, signed_out=signed_out)


def _parameters(header: str) -> dict[str, str]:
    """Return the parameters by name; the first of a name counts, and what stands inside quotes names none."""
    found: dict[str, str] = {}
    if len(header) <= _LONGEST_HEADER:
        for name, quoted, bare in _PARAMETER.findall(header):
            found.setdefault(name.lower(), quoted or bare)
    return found
