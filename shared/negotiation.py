"""The answer of `negotiate`, the same for both hubs."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.clock import iso
from shared.errors import BROKEN, SalesCoachError
from shared.problems import problem
from shared.sign_in import SignInDesk, negotiate
from shared.telemetry.tracing import span

_LOG = logging.getLogger(__name__)


class BrowserPasses(Protocol):
    """Lets a browser show later whose it is."""

    def browser_pass(self, principal: str) -> Mapping[str, str]:
        """Return the headers that do, for somebody who has just signed in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """An HTTP answer: a client URL, or why there is none."""

    status: int
    content: bytes
    media_type: str
    headers: Mapping[str, str]


async def answer_negotiate(desk: SignInDesk, passes: BrowserPasses, headers: Mapping[str, str]) -> Negotiation:
    """Answer a request to connect to the desk's hub; `headers` are the request's."""
    with span("negotiate"):
        return await _answered(desk, passes, headers)


async def _answered(desk: SignInDesk, passes: BrowserPasses, headers: Mapping[str, str]) -> Negotiation:
    try:
        client = await negotiate(desk, {name.lower(): value for name, value in headers.items()})
    except SalesCoachError as error:
        return _refused(error)
    except Exception:  # noqa: BLE001 - the boundary: a defect of ours must be seen, and told in the one form
        _LOG.exception("negotiating failed unexpectedly")
        return _refused(SalesCoachError(BROKEN))
    body = {"url": client.url, "expires_at": iso(client.expires_at), "capabilities": ["streaming"]}
    return Negotiation(
        status=200,
        content=json.dumps(body).encode(),
        media_type="application/json",
        headers=passes.browser_pass(client.principal),
    )


def _refused(error: SalesCoachError) -> Negotiation:
    told = problem(error)
    return Negotiation(status=told.status, content=told.content, media_type=told.media_type, headers=told.headers)
