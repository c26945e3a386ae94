import json
from dataclasses import replace

from shared.model import TextDelta
from tests.shared.stub_server import stub_server
from tests.shared.test_model_openai_wire import AzureOpenAIModel, Service, app_token, request

SCHEMA = {"type": "object", "properties": {"speak": {"type": "boolean"}}, "required": ["speak"]}


async def test_an_answer_that_has_to_fit_a_schema_is_asked_for_strictly() -> None:
    service = Service()
    async with stub_server(service) as url:
        model = AzureOpenAIModel(url, app_token)
        wanted = replace(request(), answer_schema=json.dumps(SCHEMA))
        first, *_ = [event async for event in model.stream(wanted)]
        assert first == TextDelta("Hello")
        _ = [event async for event in model.stream(request())]
        await model.close()
    with_schema, without = service.bodies
    assert with_schema["text"] == {
        "format": {"type": "json_schema", "name": "answer", "strict": True, "schema": SCHEMA}
    }
    assert "text" not in without
