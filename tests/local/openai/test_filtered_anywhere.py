"""A text the content filter refuses wherever it stands in the input, not only in the last question."""

import json
from typing import Any

import openai
import pytest

from tests.local.openai.conftest import MODEL, Local

MARKER = "[[filtered]]"
RULE = {"match": {"anywhere": r"\[\[filtered\]\]"}, "respond": {"error": "content_filter"}}
ASKED = {"role": "user", "content": "How is Contoso?"}
CALLED = {"type": "function_call", "call_id": "c1", "name": "find", "arguments": '{"query": "Contoso"}'}
RETURNED = {"type": "function_call_output", "call_id": "c1", "output": "Nothing."}
HISTORIES: dict[str, Any] = {
    "the question": [{"role": "user", "content": f"What is {MARKER}?"}],
    "a question of before": [{"role": "user", "content": MARKER}, {"role": "assistant", "content": "No."}, ASKED],
    "an answer of before": [ASKED, {"role": "assistant", "content": f"It is {MARKER}."}, ASKED],
    "a part of a message": [{"role": "user", "content": [{"type": "input_text", "text": MARKER}]}, ASKED],
    "what a developer said": [{"role": "developer", "content": MARKER}, ASKED],
    "a call's arguments": [ASKED, {**CALLED, "arguments": json.dumps({"query": MARKER})}, RETURNED],
    "a tool's result": [ASKED, CALLED, {**RETURNED, "output": f'{{"note": "{MARKER}"}}'}],
}


def _chat(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"model": MODEL, "messages": list(messages)}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=[name.replace(" ", "_") for name in HISTORIES])
async def test_a_text_is_filtered_wherever_it_stands_in_the_input(local: Local, history: list[Any]) -> None:
    await local.script(RULE)
    with pytest.raises(openai.BadRequestError) as refused:
        await local.sdk.responses.create(model=MODEL, input=history)
    assert refused.value.code == "content_filter"
    status, text = await local.raw("/openai/v1/responses", {"model": MODEL, "input": history})
    assert (status, json.loads(text)["error"]["content_filters"][0]["blocked"]) == (400, True)


async def test_it_is_filtered_before_anything_is_streamed(local: Local) -> None:
    await local.script(RULE)
    with pytest.raises(openai.BadRequestError, match="content management policy"):
        await local.sdk.responses.create(model=MODEL, input=HISTORIES["a tool's result"], stream=True)
    assert [(entry["status"], entry["tokens"]) for entry in await local.log()] == [(400, 0)]


async def test_a_stored_response_that_is_gone_on_from_counts_as_input(local: Local) -> None:
    first = await local.sdk.responses.create(model=MODEL, input=f"Remember {MARKER}.")
    await local.script(RULE)
    with pytest.raises(openai.BadRequestError):
        await local.sdk.responses.create(model=MODEL, input="go on", previous_response_id=first.id)


async def test_without_the_text_the_rule_is_passed_over(local: Local) -> None:
    await local.script(RULE, {"respond": {"text": "Fine."}})
    clean: Any = [ASKED, {"role": "assistant", "content": "It is filtered [a] [[b]]."}, ASKED]
    assert (await local.sdk.responses.create(model=MODEL, input=clean)).output_text == "Fine."


async def test_chat_filters_it_in_its_own_shape_in_a_tools_message_too(local: Local) -> None:
    await local.script(RULE)
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    body = _chat(
        ASKED, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c1"} | {"content": MARKER}
    )
    status, text = await local.raw("/openai/v1/chat/completions", body)
    assert (status, json.loads(text)["error"]["innererror"]["code"]) == (400, "ResponsibleAIPolicyViolation")


async def test_other_conditions_and_groups_of_the_question_go_with_it(local: Local) -> None:
    both = {"match": {"anywhere": "price", "text": r"about (\w+)"}, "respond": {"text": "On {{1}}."}}
    await local.script(both, {"respond": {"text": "Other."}})

    async def answered(*texts: str) -> str:
        asked: Any = [{"role": "user", "content": text} for text in texts]
        return (await local.sdk.responses.create(model=MODEL, input=asked)).output_text

    assert await answered("the price", "about Contoso") == "On Contoso."
    assert await answered("the price", "go on") == "Other."
    assert await answered("the weather", "about Contoso") == "Other."
