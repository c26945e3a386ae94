from dataclasses import replace

import aiohttp
import pytest

from local.web_pubsub.app import running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import client


@pytest.mark.parametrize("shown", [False, True])
async def test_payloads_are_on_the_status_page_only_when_asked_for(settings: Settings, *, shown: bool) -> None:
    async with running(replace(settings, show_payloads=shown)) as service, client(service, groups=["g"]) as one:
        await one.ask(type="sendToGroup", group="g", dataType="text", data="published <text>")
        await one.ask(type="event", event="ask", dataType="text", data="asked text", ackId=1)
        async with aiohttp.ClientSession() as session, session.get(f"{service.url}/") as response:
            page = await response.text()
    assert ("published &lt;text&gt;" in page) is shown
    assert ("asked text" in page) is shown
    assert "published <text>" not in page
    assert "1 receivers" in page
