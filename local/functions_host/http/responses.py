"""From a function's outcome to an HTTP answer."""

from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from local.functions_host.invoker import Failure, Outcome

_SAME_SITE = {1: "Lax", 2: "Strict", 3: "None"}
_NO_COPY = frozenset({"content-length", "transfer-encoding", "connection"})


def set_cookie(cookie: dict[str, Any]) -> str:
    """Return the Set-Cookie line for one structured cookie."""
    parts = [f"{cookie['name']}={cookie['value']}"]
    if cookie["max_age"] is not None:
        parts.append(f"Max-Age={int(cookie['max_age'])}")
    for key, label in (("domain", "Domain"), ("path", "Path"), ("expires", "Expires")):
        if cookie[key]:
            parts.append(f"{label}={cookie[key]}")
    if cookie["secure"]:
        parts.append("Secure")
    if cookie["http_only"]:
        parts.append("HttpOnly")
    if cookie["same_site"] in _SAME_SITE:
        parts.append(f"SameSite={_SAME_SITE[cookie['same_site']]}")
    return "; ".join(parts)


def from_outcome(outcome: Outcome) -> web.Response:
    """A failed function answers 500 without a body, as production does; the log has the reason."""
    if isinstance(outcome, Failure):
        return web.Response(status=500)
    if outcome.kind == "none":
        return web.Response(status=204)
    if outcome.http is None:
        kind = "application/json" if outcome.kind == "json" else "text/plain"
        return web.Response(body=outcome.body, content_type=kind, charset="utf-8")
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in outcome.http["headers"].items():
        if name.lower() not in _NO_COPY:
            headers[name] = value
    for cookie in outcome.http["cookies"]:
        headers.add("Set-Cookie", set_cookie(cookie))
    return web.Response(status=outcome.http["status"], headers=headers, body=outcome.body)


def text(status: int, message: str) -> web.Response:
    return web.Response(status=status, text=message)
