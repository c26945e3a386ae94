"""Credentials a test holds in its hands, and a scripted server that looks at what it is shown."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from shared.errors import SignInUnavailable
from shared.tools.authorization import SignInRequired
from shared.tools.catalog import ServerSpec
from tests.shared.tools.scripted_server import ScriptedServer


@dataclass
class Wallet:
    """Credentials by principal; `next` is what a refused one is replaced by, `wider_one` one that lacks scopes.

    `can_ask`: a person could be asked for a wider one.
    """

    held: dict[str, str] = field(default_factory=dict[str, str])
    next: dict[str, str] = field(default_factory=dict[str, str])
    rejected: list[str] = field(default_factory=list[str])
    wider_one: str | None = None
    can_ask: bool = True
    scopes: list[str] = field(default_factory=list[str])
    away: bool = False

    async def header(
        self, server: ServerSpec, principal: str, *, rejected: str | None = None, scope: str | None = None
    ) -> tuple[str, str] | None:
        self.scopes += [scope] if scope is not None else []
        assert server.name == "scripted"
        if self.away:
            raise SignInUnavailable("The sign-in service does not answer.")
        if rejected is not None:
            self.rejected.append(rejected)
            self.held.pop(principal, None)
            if principal in self.next:
                self.held[principal] = self.next.pop(principal)
        if principal not in self.held:
            raise SignInRequired("nobody signed in")
        return "Authorization", f"Bearer {self.held[principal]}"

    async def wider(self, server: ServerSpec, principal: str, value: str, scope: str) -> tuple[str, str] | None:
        assert server.name == "scripted"
        assert value == f"Bearer {self.held[principal]}"
        self.scopes.append(scope)
        if self.wider_one is not None:
            return "Authorization", f"Bearer {self.wider_one}"
        if self.can_ask:
            raise SignInRequired("a sign-in could give more")
        return None


def put_before(server: ScriptedServer, method: str, check: Any) -> None:
    """Let `check` refuse requests of a method before the server answers them."""

    async def answer(request: web.Request, message: dict[str, Any]) -> web.StreamResponse:
        refused = await check(request, message)
        return refused if refused is not None else server.default(method, message)

    server.on(method, answer)
