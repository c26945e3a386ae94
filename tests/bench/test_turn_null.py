"""The client with nothing in between does the turn by itself."""

import json
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bench.turn_null import null_peer

CALL = {"type": "function_call", "id": "fc_1", "call_id": "c_1", "name": "crm__find", "arguments": '{"query": "x"}'}


class Emulators:
    """A model that first calls and then answers in two tokens, and the tool's server; notes what it was given."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.called: list[dict[str, Any]] = []

    async def model(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        tokens = [{"type": "response.output_text.delta", "delta": f"t{n}@1000000 "} for n in range(2)]
        wish = {"type": "response.output_item.done", "item": CALL}
        events = tokens if len(body["input"]) > 1 else [wish]
        frames = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
        return web.Response(text="".join(frames), content_type="text/event-stream")

    async def tool(self, request: web.Request) -> web.StreamResponse:
        self.called.append(await request.json())
        return web.json_response({"result": {"content": [{"type": "text", "text": "Contoso"}]}})


async def test_it_calls_the_tool_and_reads_the_answer() -> None:
    emulators = Emulators()
    app = web.Application()
    app.router.add_post("/openai/v1/responses", emulators.model)
    app.router.add_post("/crm/mcp", emulators.tool)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        async with null_peer(url, url, "crm", "find") as peer:
            asked = await peer.ask("bench-tool-1x0", "tool")
    assert (asked.status, asked.deltas, len(asked.ages)) == ("completed", 2, 2)
    assert asked.sent < asked.first_delta <= asked.done
    assert emulators.called[0]["params"] == {"name": "find", "arguments": {"query": "x"}}
    wish = {key: value for key, value in CALL.items() if key != "id"}
    result = {"type": "function_call_output", "call_id": "c_1", "output": "Contoso"}
    assert emulators.asked[1]["input"][1:] == [wish, result]


async def test_a_lost_turn_is_told_and_ends_nothing_else() -> None:
    gone = f"http://127.0.0.1:{unused_port()}"
    async with null_peer(gone, gone, "crm", "find") as peer:
        asked = await peer.ask("bench-bare-1x0", "bare")
    assert asked.status.startswith("lost: ")
    assert asked.done
