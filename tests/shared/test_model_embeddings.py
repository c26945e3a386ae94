"""Vectors come in the order of their texts, with what they took."""

from aiohttp import web

from shared.protocol.shapes import Usage
from tests.shared.stub_server import stub_server
from tests.shared.test_model_openai_wire import AzureOpenAIModel, app_token


async def test_vectors_come_in_the_order_of_their_texts_with_what_the_service_counted() -> None:
    async def answer(http: web.Request) -> web.StreamResponse:
        asked = await http.json()
        assert (asked["model"], asked["input"], asked["dimensions"]) == ("vectors", ["one", "two"], 2)
        data = [{"object": "embedding", "index": index, "embedding": [index, 0.5]} for index in (1, 0)]
        usage = {"prompt_tokens": 9, "total_tokens": 9}
        return web.json_response({"object": "list", "model": "vectors", "data": data, "usage": usage})

    async with stub_server(answer) as url:
        model = AzureOpenAIModel(url, app_token)
        made = await model.embed("vectors", ["one", "two"], 2)
        await model.close()
    assert made.vectors == [[0, 0.5], [1, 0.5]]
    assert made.usage == Usage(input_tokens=9)
