"""One question asked as a browser would, and taken back: `python -m scripts.smoke_chat URL` with `SMOKE_TOKEN` set.

Negotiates, connects, opens a temporary session, asks, waits for the whole answer and deletes the session. Prints how
long each took. `SMOKE_TOKEN` is a person's access token for the app.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

QUESTION = "In one sentence: what can you help me with?"
_REQUEST_S = 60

type Frame = dict[str, Any]


class SmokeFailedError(Exception):
    """The deployment does not work; the message says what did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds each step took; `first_text` and `answer` count from when the question was sent."""

    negotiate: float
    connect: float
    first_text: float
    answer: float

    def line(self) -> str:
        return (
            f"negotiate {self.negotiate:.0f} ms, connect {self.connect:.0f} ms, "
            f"first text {self.first_text:.0f} ms, whole answer {self.answer:.0f} ms"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the app is and who asks; `patience_s` is how long a step may take."""

    http: aiohttp.ClientSession
    base_url: str
    token: str
    patience_s: float

    async def call(self, method: str, path: str, body: Frame | None = None) -> Frame:
        """Return the JSON the app answers.

        Raises:
            SmokeFailedError: it refuses.

        """
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.base_url.rstrip('/')}/api/{path}"
        async with self.http.request(method, url, json=body, headers=headers) as reply:
            text = await reply.text()
            if reply.status >= HTTPStatus.BAD_REQUEST:
                raise SmokeFailedError(f"{method} /api/{path} answered {reply.status}: {text[:300]}")
            return json.loads(text) if text else {}


async def smoke(target: Target, question: str = QUESTION) -> Timings:
    """Ask one question in a session that is deleted afterwards.

    Raises:
        SmokeFailedError: something did not answer, or not as it should.

    """
    started = time.monotonic()
    client = await target.call("POST", "chat/negotiate")
    negotiated = time.monotonic()
    session_id = str((await target.call("POST", "sessions", {"temporary": True}))["session_id"])
    try:
        connecting = time.monotonic()
        async with target.http.ws_connect(str(client["url"])) as socket:
            await _wait_for(socket, "connection.ack", target.patience_s)
            connected = time.monotonic()
            first, done = await _ask(socket, session_id, question, target.patience_s)
    finally:
        await target.call("DELETE", f"sessions/{session_id}")
    return Timings(
        negotiate=(negotiated - started) * 1000,
        connect=(connected - connecting) * 1000,
        first_text=first * 1000,
        answer=done * 1000,
    )


async def _ask(
    socket: aiohttp.ClientWebSocketResponse, session_id: str, question: str, patience_s: float
) -> tuple[float, float]:
    """Return the seconds to the first text and to the whole answer."""
    await socket.send_json({"type": "session.update", "session_id": session_id, "capabilities": ["streaming"]})
    await _wait_for(socket, "session.created", patience_s)
    asked = time.monotonic()
    await socket.send_json({"type": "query", "content": question})
    first = None
    while True:
        frame = await _next(socket, patience_s)
        if frame.get("type") == "message.delta" and first is None:
            first = time.monotonic() - asked
        if frame.get("type") == "chat_response":
            break
    done = time.monotonic() - asked
    if frame.get("status") != "completed" or not frame.get("response"):
        raise SmokeFailedError(f"the answer ended {frame.get('status')}: {json.dumps(frame)[:300]}")
    return first or done, done


async def _wait_for(socket: aiohttp.ClientWebSocketResponse, kind: str, patience_s: float) -> Frame:
    while True:
        frame = await _next(socket, patience_s)
        if frame.get("type") == kind:
            return frame


async def _next(socket: aiohttp.ClientWebSocketResponse, patience_s: float) -> Frame:
    try:
        message = await socket.receive(timeout=patience_s)
    except TimeoutError:
        raise SmokeFailedError(f"nothing came over the socket for {patience_s:.0f} s") from None
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise SmokeFailedError(f"the socket closed ({socket.close_code})")
    frame: Frame = json.loads(message.data)
    if frame.get("type") == "error":
        raise SmokeFailedError(f"the app refused: {frame.get('code')} {frame.get('message')}")
    return frame


async def run(base_url: str, token: str, patience_s: float) -> Timings:
    """Open a client for one smoke test; see `smoke`."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_read=_REQUEST_S)) as http:
        try:
            return await smoke(Target(http=http, base_url=base_url, token=token, patience_s=patience_s))
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError, KeyError) as error:
            raise SmokeFailedError(f"{base_url} does not answer as the app would: {type(error).__name__}") from error


async def main(words: list[str], environment: Mapping[str, str]) -> int:
    """Read the command line, ask, and say how long it took or what did not work."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="scheme and host under which browsers reach the app")
    parser.add_argument("--patience", type=float, default=120, help="seconds one step may take")
    arguments = parser.parse_args(words)
    token = environment.get("SMOKE_TOKEN")
    if not token:
        sys.stderr.write("Set SMOKE_TOKEN to a person's access token for the app.\n")
        return 2
    try:
        timings = await run(arguments.url, token, arguments.patience)
    except SmokeFailedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{arguments.url} answers: {timings.line()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], os.environ)))
