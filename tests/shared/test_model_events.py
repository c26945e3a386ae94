import json
from typing import Any

import pytest

from shared.errors import ModelFailed, ModelUnavailable
from shared.model import ModelCompleted, ModelEvent, TextDelta, ToolRequested
from shared.model_events import ResponseReader
from shared.model_sse import Frame
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Usage


def frame(kind: str, **fields: Any) -> Frame:
    return Frame(event=kind, data=json.dumps({"type": kind, **fields}).encode())


def read(*frames: Frame) -> list[ModelEvent]:
    reader = ResponseReader()
    return [event for one in frames if (event := reader.read(one))]


def call(name: str = "crm__find", arguments: str = "{}") -> Frame:
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name, "arguments": arguments}
    return frame("response.output_item.done", item=item)


def test_text_and_refusals_are_text() -> None:
    assert read(
        frame("response.output_text.delta", delta="Hello"),
        frame("response.output_text.delta", delta=""),
        frame("response.refusal.delta", delta=" no"),
    ) == [TextDelta("Hello"), TextDelta(" no")]


def test_tool_calls_keep_their_order_and_their_arguments_as_written() -> None:
    assert read(call("a", '{"q": '), call("b", ""), frame("response.completed", response={"status": "completed"})) == [
        ToolRequested(name="a", arguments='{"q": '),
        ToolRequested(name="b", arguments=""),
        ModelCompleted(finish="tools", usage=Usage()),
    ]


@pytest.mark.parametrize(
    ("response", "finish"),
    [
        ({"status": "completed"}, "stop"),
        ({}, "stop"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter"),
        ({"status": "incomplete", "incomplete_details": {"reason": "news"}}, "length"),
        ({"status": "incomplete", "incomplete_details": None}, "length"),
    ],
)
def test_the_end_says_why(response: dict[str, Any], finish: str) -> None:
    kind = "response.incomplete" if response.get("status") == "incomplete" else "response.completed"
    [end] = read(frame(kind, response=response))
    assert isinstance(end, ModelCompleted)
    assert end.finish == finish


def test_an_end_that_is_called_incomplete_is_not_whole_whatever_else_it_says() -> None:
    [end] = read(frame("response.incomplete", response={}))
    assert isinstance(end, ModelCompleted)
    assert end.finish == "length"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 3},
            Usage(input_tokens=9, cached_input_tokens=4, output_tokens=3),
        ),
        (None, Usage()),
        ({"input_tokens": -1, "output_tokens": "many"}, Usage()),
    ],
)
def test_usage_is_taken_as_far_as_it_makes_sense(usage: object, expected: Usage) -> None:
    assert read(frame("response.completed", response={"usage": usage})) == [
        ModelCompleted(finish="stop", usage=expected)
    ]


@pytest.mark.parametrize(
    ("bad", "error", "code"),
    [
        (
            frame("response.failed", response={"error": {"code": "server_error"}}),
            ModelUnavailable,
            ErrorCode.MODEL_UNAVAILABLE,
        ),
        (
            frame("response.failed", response={"error": {"code": "rate_limit_exceeded"}}),
            ModelUnavailable,
            ErrorCode.MODEL_BUSY,
        ),
        (frame("response.failed", response=None), ModelUnavailable, ErrorCode.MODEL_UNAVAILABLE),
        (frame("error", code="content_filter"), ModelFailed, ErrorCode.CONTENT_FILTERED),
        (
            Frame("message", b'{"error": {"code": "context_length_exceeded"}}'),
            ModelFailed,
            ErrorCode.CONTEXT_TOO_LONG,
        ),
        (Frame("message", b"<html>"), ModelUnavailable, ErrorCode.MODEL_UNAVAILABLE),
        (Frame("message", b"[]"), ModelUnavailable, ErrorCode.MODEL_UNAVAILABLE),
        (Frame("response.completed", b"\xff\xfe"), ModelUnavailable, ErrorCode.MODEL_UNAVAILABLE),
        (Frame("message", b"[" * 200_000), ModelUnavailable, ErrorCode.MODEL_UNAVAILABLE),
    ],
)
def test_a_failure_or_an_unreadable_frame_raises(bad: Frame, error: type[Exception], code: ErrorCode) -> None:
    with pytest.raises(error) as raised:
        ResponseReader().read(bad)
    assert getattr(raised.value, "code", None) == code


def test_frames_without_interest_or_name_are_passed_over() -> None:
    assert read(
        frame("response.created", response={}),
        frame("response.news.delta", delta="x"),
        Frame("response.function_call_arguments.delta", b"not even JSON"),
        frame("response.output_item.done", item={"type": "message"}),
        Frame("message", b'{"type": "response.output_text.delta", "delta": "unnamed"}'),
        Frame("message", b'{"type": "response.output_text.delta", "delta": null}'),
        Frame("message", b"{}"),
    ) == [TextDelta("unnamed")]


def test_half_a_character_becomes_a_mark_that_can_be_encoded() -> None:
    [delta] = read(Frame("response.output_text.delta", b'{"delta": "a\\ud800b"}'))
    assert delta == TextDelta("a\ufffdb")
