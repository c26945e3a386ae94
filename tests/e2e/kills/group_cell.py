"""One group in which one question is asked while something goes wrong: who asks, another member, and a stranger."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from bench.group_direct import process_of
from tests.e2e.kills.cell import Cell, Kind
from tests.e2e.kills.doors import Doors
from tests.e2e.kills.live import live_client
from tests.e2e.stack import Stack

MEMBERS, OUTSIDE = ("ada", "ben"), "dana"


@asynccontextmanager
async def open_group_cell(stack: Stack, doors: Doors, kind: Kind, *, whispered: bool = False) -> AsyncGenerator[Cell]:
    async with AsyncExitStack() as opened:
        connecting = (live_client(stack, user=user, hub="group_chat") for user in (*MEMBERS, OUTSIDE))
        asker, other, outside = [await opened.enter_async_context(client) for client in connecting]
        cell = Cell(
            stack=stack, doors=doors, client=asker, kind=kind, others=(other,), outside=outside, whispered=whispered
        )
        async with process_of(stack) as process:
            group_id = await process.lay_down(cell.marker, [asker.principal, other.principal])
        for client in cell.clients:
            await client.open_group(group_id)
        yield cell
