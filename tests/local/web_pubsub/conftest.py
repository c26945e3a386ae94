from collections.abc import AsyncGenerator

import pytest
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient

from local.web_pubsub.app import Service, running
from local.web_pubsub.settings import Settings
from tests.local.web_pubsub.harness import ODD, Client, Handler, client, connection_string, handler_running


@pytest.fixture
async def handler() -> AsyncGenerator[Handler]:
    async with handler_running() as started:
        yield started


@pytest.fixture
def settings(handler: Handler) -> Settings:
    return Settings(upstream=handler.url, recovery_window=10.0, retry_delays=(0.01, 0.02, 0.03))


@pytest.fixture
async def service(settings: Settings) -> AsyncGenerator[Service]:
    async with running(settings, admin_port=0) as started:
        yield started


@pytest.fixture
async def sdk(service: Service) -> AsyncGenerator[WebPubSubServiceClient]:
    async with WebPubSubServiceClient.from_connection_string(connection_string(service), "chat") as opened:
        yield opened


@pytest.fixture
async def one(service: Service) -> AsyncGenerator[Client]:
    """A client whose user and group names need percent-encoding."""
    async with client(service, user_id="u@x/y", groups=[ODD]) as opened:
        yield opened
