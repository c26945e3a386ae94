"""The event stream of one answer in the Responses API."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from local.openai.ask import Ask, mapping, objects
from local.openai.delivery import Mark, Steps
from local.openai.errors import safe_results
from local.openai.identifiers import call_id, new_id
from local.openai.reply import Call, Reply, pieces_of
from local.openai.usage import Usage, output_tokens

Item = dict[str, Any]
ARGUMENT_CHUNK = 24
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
FAILURE = {"code": "server_error", "message": "The model produced an internal error."}


def dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


class ResponseEvents:
    """Makes the frames and, once `steps()` is exhausted, holds the `final` response object."""

    def __init__(self, ask: Ask, reply: Reply, input_tokens: int, cached_tokens: int) -> None:
        self._ask = ask
        self._reply = reply.capped(ask.max_tokens)
        self._input = (input_tokens, cached_tokens)
        self._sequence = 0
        self._output: list[Item] = []
        self.id = new_id("resp")
        self._base = _base(ask, self.id)
        self.final: Mapping[str, Any] = self._base

    def steps(self) -> Steps:
        """Yield frames and marks in the service's order; the text of a token is fixed when it is asked for."""
        yield self._frame("response.created", response=self._base)
        yield self._frame("response.in_progress", response=self._base)
        if self._reply.unknown_event:
            yield self._frame("response.local_unknown.delta", note="an event type no client knows yet")
        if self._ask.reasoning:
            yield from self._reasoning()
        if self._reply.pieces or not self._reply.calls:
            yield from self._message()
        for call in self._reply.calls:
            yield from self._call(call)
        yield Mark.END
        self.final = self._finished()
        yield self._frame(f"response.{self.final['status']}", response=self.final)

    def failed(self) -> bytes:
        """Return the `response.failed` frame that ends a broken answer."""
        response = {**self._base, "status": "failed", "error": FAILURE, "output": self._output}
        self.final = response
        return self._frame("response.failed", response=response)

    def error_frame(self) -> bytes:
        """Return the `error` frame that breaks off a stream."""
        error = FAILURE | {"param": None}
        return self._frame("error", **error)

    def _frame(self, kind: str, **fields: Any) -> bytes:
        data = {"type": kind, "sequence_number": self._next(), **fields}
        return f"event: {kind}\ndata: {dump(data)}\n\n".encode()

    def _next(self) -> int:
        number = self._sequence
        self._sequence += 1
        return number

    def _delta(self, kind: str, **place: Any) -> Callable[[str], bytes]:
        """Return a maker of delta frames; all but number and text is rendered once, which keeps it cheap."""
        head = f'event: {kind}\ndata: {{"type":"{kind}","sequence_number":'
        tail = f',{dump(place)[1:-1]},"delta":'

        def frame(piece: str) -> bytes:
            return f"{head}{self._next()}{tail}{json.dumps(piece)}}}\n\n".encode()

        return frame

    def _reasoning(self) -> Steps:
        item: Item = {"id": new_id("rs"), "type": "reasoning", "summary": []}
        place = {"item_id": item["id"], "output_index": len(self._output)}
        yield self._frame("response.output_item.added", output_index=len(self._output), item=dict(item))
        if self._ask.reasoning_summary:
            part = {"type": "summary_text", "text": self._reply.reasoning}
            spot = {**place, "summary_index": 0}
            yield self._frame("response.reasoning_summary_part.added", part={**part, "text": ""}, **spot)
            delta = self._delta("response.reasoning_summary_text.delta", **spot)
            for piece in pieces_of(self._reply.reasoning):
                yield delta(piece)
            yield self._frame("response.reasoning_summary_text.done", text=part["text"], **spot)
            yield self._frame("response.reasoning_summary_part.done", part=part, **spot)
            item["summary"] = [part]
        if self._ask.reasoning_encrypted:
            item["encrypted_content"] = "gAAAA" + secrets.token_urlsafe(120)
        yield self._done(item)

    def _message(self) -> Steps:
        item: Item = {"id": new_id("msg"), "type": "message", "role": "assistant"}
        place = {"item_id": item["id"], "output_index": len(self._output), "content_index": 0}
        part: Item = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        opened = {**item, "status": "in_progress", "content": []}
        yield self._frame("response.output_item.added", output_index=len(self._output), item=opened)
        yield self._frame("response.content_part.added", part=part, **place)
        sent: list[str] = []
        delta = self._delta("response.output_text.delta", logprobs=[], **place)
        for index in range(len(self._reply.pieces)):
            yield Mark.TOKEN
            piece = self._reply.token(index)
            sent.append(piece)
            yield delta(piece)
        text = "".join(sent)
        yield self._frame("response.output_text.done", text=text, logprobs=[], **place)
        part = {**part, "text": text}
        yield self._frame("response.content_part.done", part=part, **place)
        status = "completed" if self._reply.finish == "stop" else "incomplete"
        yield self._done({**item, "status": status, "content": [part]})

    def _call(self, call: Call) -> Steps:
        item: Item = {"id": new_id("fc"), "type": "function_call", "call_id": call_id(), "name": call.name}
        place = {"item_id": item["id"], "output_index": len(self._output)}
        yield Mark.TOKEN
        opened = {**item, "status": "in_progress", "arguments": ""}
        yield self._frame("response.output_item.added", output_index=len(self._output), item=opened)
        delta = self._delta("response.function_call_arguments.delta", **place)
        for start in range(0, len(call.arguments), ARGUMENT_CHUNK):
            yield Mark.TOKEN
            yield delta(call.arguments[start : start + ARGUMENT_CHUNK])
        done = {"arguments": call.arguments, "name": call.name, **place}
        yield self._frame("response.function_call_arguments.done", **done)
        yield self._done({**item, "status": "completed", "arguments": call.arguments})

    def _done(self, item: Item) -> bytes:
        frame = self._frame("response.output_item.done", output_index=len(self._output), item=item)
        self._output.append(item)
        return frame

    def _finished(self) -> Mapping[str, Any]:
        reason = INCOMPLETE.get(self._reply.finish)
        total, cached = self._input
        usage = Usage(input=total, cached=cached, **self._spent())
        filters = [{"blocked": False, "source_type": "prompt", "content_filter_results": safe_results()}]
        if self._reply.finish == "content_filter":
            results = safe_results("violence")
            filters.append({"blocked": True, "source_type": "completion", "content_filter_results": results})
        return {
            **self._base,
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "completed_at": int(time.time()),
            "output": self._output,
            "usage": usage.for_responses(),
            "content_filters": filters,
        }

    def _spent(self) -> dict[str, int]:
        texts = [item["content"][0]["text"] for item in self._output if item["type"] == "message"]
        thought = self._reply.reasoning if self._ask.reasoning else ""
        calls = "".join(call.name + call.arguments for call in self._reply.calls)
        spent, reasoning = output_tokens("".join(texts), calls, thought)
        return {"output": spent, "reasoning": reasoning}


def _base(ask: Ask, response_id: str) -> Mapping[str, Any]:
    """The response object as it is before anything is generated."""
    body = ask.body
    reasoning = mapping(body.get("reasoning"))
    text = mapping(body.get("text"))
    return {
        "id": response_id,
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": ask.max_tokens,
        "max_tool_calls": body.get("max_tool_calls"),
        "metadata": body.get("metadata") or {},
        "model": ask.model,
        "output": [],
        "parallel_tool_calls": ask.parallel,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default",
        "store": body.get("store") is not False,
        "temperature": 1.0,
        "text": {"format": text.get("format") or {"type": "text"}, "verbosity": text.get("verbosity")},
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": [{"strict": None, **tool} for tool in objects(body.get("tools"))],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": body.get("truncation") or "disabled",
        "usage": None,
        "user": body.get("user"),
    }
