"""Requests below the SDK, signed like its own."""

import json
from email.utils import formatdate
from urllib.parse import quote

import aiohttp

from local.cosmos.auth import EMULATOR_KEY, signature


def signed(method: str, resource_type: str, link: str, key: str = EMULATOR_KEY) -> dict[str, str]:
    """Headers of a request signed with the account key."""
    date = formatdate(usegmt=True)
    token = f"type=master&ver=1.0&sig={signature(key, method, resource_type, link, date)}"
    return {"authorization": quote(token, "-_.!~*'()"), "x-ms-date": date, "x-ms-version": "2020-07-15"}


async def post_item(url: str, link: str, body: object, **headers: str) -> tuple[int, dict[str, str], str]:
    """POST to a container's items; `body` is JSON, or bytes as they are. Answers status, headers and text."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/{link}/docs/", data=data, headers=signed("post", "docs", link) | named) as answer,
    ):
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.text()
