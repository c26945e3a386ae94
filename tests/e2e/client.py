"""A plain WebSocket client that knows nothing but JSON frames."""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.sync.client import ClientConnection, connect

from tests.e2e.stack import Stack

type Event = dict[str, Any]
WAIT_S = 60


@dataclass(slots=True)
class PlainClient:
    """One connection; keeps every event it got."""

    socket: ClientConnection
    principal: str = ""
    events: list[Event] = field(default_factory=list[Event])

    @classmethod
    @contextmanager
    def open(cls, stack: Stack, user: str = "ada", hub: str = "chat") -> Generator["PlainClient"]:
        status, body = negotiate(stack, stack.token(user), hub)
        assert status == 200, body
        with connect(body["url"], open_timeout=20) as socket:
            yield cls(socket=socket, principal=user_of(body["url"]))

    def send(self, command: Event) -> None:
        self.socket.send(json.dumps(command))

    def wait_for(self, wanted: str | Callable[[Event], bool], timeout_s: float = WAIT_S) -> Event:
        """Return the next event that fits, keeping all that come before it."""

        def fits(event: Event) -> bool:
            return event["type"] == wanted if isinstance(wanted, str) else wanted(event)

        ends = time.monotonic() + timeout_s
        while True:
            try:
                event: Event = json.loads(self.socket.recv(timeout=max(0.0, ends - time.monotonic())))
            except TimeoutError:
                raise AssertionError(f"waited in vain; got {[event['type'] for event in self.events]}") from None
            self.events.append(event)
            if fits(event):
                return event

    def collect(self, kinds: dict[str, int]) -> dict[str, list[Event]]:
        """Wait until so many events of each kind have come since now, in whatever order."""
        since = len(self.events)
        while True:
            got = {kind: [event for event in self.events[since:] if event["type"] == kind] for kind in kinds}
            if all(len(got[kind]) >= count for kind, count in kinds.items()):
                return got
            self.wait_for(lambda _event: True)

    def open_session(self, session_id: str | None = None, **fields: object) -> Event:
        self.send({"type": "session.update", "session_id": session_id, **fields})
        return self.wait_for(lambda event: event["type"] in {"session.created", "error"})


def user_of(url: str) -> str:
    """Return the principal a client URL is for, as its token names it."""
    token = parse_qs(urlsplit(url).query)["access_token"][0]
    claims = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


def negotiate(stack: Stack, token: str | None, hub: str = "chat") -> tuple[int, dict[str, Any]]:
    """Return status and body of a negotiation with this bearer token."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = stack.url("functions_host") + f"/api/{hub}/negotiate"
    request = urllib.request.Request(url, method="POST", headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())
