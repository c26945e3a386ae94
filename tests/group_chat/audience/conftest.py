from collections.abc import AsyncIterator

import pytest

from shared.settings import ServiceAddress
from tests.conftest import DATABASE
from tests.group_chat.audience.hall import Hall, hall_over


@pytest.fixture
async def hall(cosmos_address: ServiceAddress) -> AsyncIterator[Hall]:
    async with hall_over(cosmos_address, DATABASE) as made:
        yield made
