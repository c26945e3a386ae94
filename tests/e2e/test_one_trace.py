"""One trace from the click to the answer, through the socket, the orchestration, the model and the tools."""

import secrets
import time
from typing import Any

import pytest

from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
TOLD_S = 20.0
"""The app tells every second, its first time after loading what exports."""


def _spans(stack: Stack, trace_id: str, last: str) -> list[dict[str, Any]]:
    """Return a trace's spans once the one that ends last has been told."""
    url, ends = f"{stack.url('traces')}/api/traces", time.monotonic() + TOLD_S
    while time.monotonic() < ends:
        if trace_id in stack.get(url)["traces"]:
            spans = stack.get(f"{url}/{trace_id}")["spans"]
            if any(span["name"] == last for span in spans):
                return spans
        time.sleep(0.2)
    raise AssertionError(f"{last} was not told in {TOLD_S} s")


def test_a_click_its_turn_its_model_calls_and_its_tools_are_one_trace(stack: Stack, client: PlainClient) -> None:
    client.open_session()
    trace_id, click = secrets.token_hex(16), secrets.token_hex(8)
    client.send({"type": "query", "content": QUESTION, "traceparent": f"00-{trace_id}-{click}-01"})
    answer = client.wait_for("chat_response")

    spans = _spans(stack, trace_id, "finish_turn")
    by_id = {span["span_id"]: span for span in spans}
    names = [span["name"] for span in spans]

    def way(span: dict[str, Any]) -> list[str]:
        above = by_id.get(span["parent_id"])
        return [span["name"], *(way(above) if above else [span["parent_id"]])]

    command = next(span for span in spans if span["name"] == "command query")
    assert command["parent_id"] == click
    turn = next(span for span in spans if span["name"] == "invoke_agent salescoach")
    assert turn["attributes"]["salescoach.turn.id"] == answer["turn_id"]
    assert turn["attributes"]["salescoach.status"] == "completed"
    model = next(span for span in spans if span["name"].startswith("chat "))
    assert way(model)[1:] == ["call_model", "invoke_agent salescoach", "command query", click]
    assert model["attributes"]["gen_ai.usage.output_tokens"] > 0
    sent = next(span for span in spans if span["name"] == "MCP send tools/call get_pipeline")
    within = ["execute_tool get_pipeline", "call_tool", "invoke_agent salescoach", "command query", click]
    assert way(sent)[1:] == within
    stores = [span["attributes"] for span in spans if span["attributes"].get("db.system.name") == "azure.cosmosdb"]
    assert {"execute_batch", "upsert_item"} <= {attributes["db.operation.name"] for attributes in stores}
    assert all(float(attributes["azure.cosmosdb.operation.request_charge"]) > 0 for attributes in stores)
    assert not [attributes for attributes in stores if answer["conversation_id"] in str(attributes)]
    # Each activity ran once; however often the orchestrator was replayed, it told nothing.
    assert names.count("invoke_agent salescoach") == names.count("finish_turn") == 1
    assert names.count("call_tool") == names.count("execute_tool get_pipeline") + names.count(
        "execute_tool search_playbook"
    )
    assert not [name for name in names if name.startswith("orchestration")]


def test_an_error_names_the_trace_it_can_be_found_under(stack: Stack, client: PlainClient) -> None:
    client.open_session()
    trace_id = secrets.token_hex(16)
    wrong = {"type": "turn.stop", "conversation_id": "s_nobodys", "turn_id": "t_none"}
    client.send(wrong | {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"})

    assert client.wait_for("error")["trace_id"] == trace_id

    spans = _spans(stack, trace_id, "command turn.stop")
    (span,) = (span for span in spans if span["name"] == "command turn.stop")
    assert span["failed"]
    assert span["attributes"]["salescoach.fault"] == "user"
    assert f"trace_id={trace_id} span_id=" in stack.output
