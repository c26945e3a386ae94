"""An authorization server of which a test can say how it answers."""

import asyncio
import json
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Authority:
    """An authorization server that rotates, and ends everything when a refresh token comes twice."""

    url: str = ""
    valid: str = "refresh-0"
    taken: list[str] = field(default_factory=list[str])
    reused: bool = False
    rotates: bool = True
    status: int = 200
    error: str = "invalid_grant"
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    cut: bool = False

    def __post_init__(self) -> None:
        self.go_on.set()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        shown = str((await request.post())["refresh_token"])
        self.asked.set()
        await self.go_on.wait()
        if self.status != 200:
            return web.json_response({"error": self.error}, status=self.status)
        self.reused |= self.rotates and shown in self.taken
        if self.reused or shown != self.valid:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.taken.append(shown)
        if self.cut:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        number = len(self.taken)
        body = {"access_token": f"access-{number}", "token_type": "Bearer", "expires_in": 3600}
        if self.rotates:
            self.valid = f"refresh-{number}"
            body["refresh_token"] = self.valid
        return web.Response(text=json.dumps(body), content_type="application/json")
