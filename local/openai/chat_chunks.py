"""The chunk stream of one answer in the Chat Completions API."""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from local.openai.ask import Ask
from local.openai.delivery import Mark, Steps
from local.openai.errors import safe_results
from local.openai.identifiers import call_id
from local.openai.reply import Reply
from local.openai.usage import Usage, output_tokens

ARGUMENT_CHUNK = 24
DONE = b"data: [DONE]\n\n"


def dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def frame(value: object) -> bytes:
    return f"data: {dump(value)}\n\n".encode()


class ChatChunks:
    """Makes the frames and, once `steps()` is exhausted, holds the `final` completion object."""

    def __init__(self, ask: Ask, reply: Reply, input_tokens: int, cached_tokens: int) -> None:
        self._ask = ask
        self._reply = reply.capped(ask.max_tokens)
        self._input = (input_tokens, cached_tokens)
        self._text: list[str] = []
        self._ids = [call_id() for _ in self._reply.calls]
        self.id = "chatcmpl-" + secrets.token_hex(15)
        self._base: dict[str, Any] = {
            "id": self.id,
            "created": int(time.time()),
            "model": ask.model,
            "system_fingerprint": "fp_local",
        }
        self.final: Mapping[str, Any] = self._base

    def steps(self) -> Steps:
        """Yield frames and marks in the service's order; the text of a token is fixed when it is asked for."""
        if self._ask.include_usage:
            self._base["usage"] = None
        yield frame(self._prompt_annotations())
        has_text = bool(self._reply.pieces or not self._reply.calls)
        yield self._chunk({"role": "assistant", "content": "" if has_text else None, "refusal": None})
        yield from self._content()
        yield from self._calls()
        yield Mark.END
        finish = self._finish()
        yield self._chunk({}, finish)
        self._base.pop("usage", None)
        usage = self._usage()
        if self._ask.include_usage:
            chunk = {**self._base, "object": "chat.completion.chunk", "choices": [], "usage": usage}
            yield frame(chunk)
        self.final = self._whole(finish, usage)
        yield DONE

    def failed(self) -> bytes:
        """Return the frame that ends a broken answer; this API has only the error frame for it."""
        return self.error_frame()

    def error_frame(self) -> bytes:
        """Return the `error` frame that breaks off a stream."""
        message = "The server had an error while processing your request."
        error = {"message": message, "type": "server_error", "param": None, "code": "server_error"}
        return frame({"error": error})

    def _prompt_annotations(self) -> Mapping[str, Any]:
        """The frame Azure sends first: no choices, an empty id, the filter's view of the prompt."""
        results = [{"prompt_index": 0, "content_filter_results": safe_results()}]
        empty = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
        return {**empty, "prompt_filter_results": results}

    def _choice(self, delta: Mapping[str, Any], finish: str | None) -> Mapping[str, Any]:
        violating = "violence" if finish == "content_filter" else None
        results = safe_results(violating) if delta.get("content") or finish else {}
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return {**choice, "content_filter_results": results}

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        chunk = {**self._base, "object": "chat.completion.chunk", "choices": [self._choice(delta, finish)]}
        return frame(chunk)

    def _content(self) -> Steps:
        """Yield the text; everything but the token is rendered once, which keeps a frame cheap."""
        marker = "\0"
        head, tail = self._chunk({"content": marker}).decode().split(json.dumps(marker))
        for index in range(len(self._reply.pieces)):
            yield Mark.TOKEN
            piece = self._reply.token(index)
            self._text.append(piece)
            yield f"{head}{json.dumps(piece)}{tail}".encode()

    def _calls(self) -> Steps:
        for index, call in enumerate(self._reply.calls):
            function = {"name": call.name, "arguments": ""}
            opened = {"index": index, "id": self._ids[index], "type": "function", "function": function}
            yield Mark.TOKEN
            yield self._chunk({"tool_calls": [opened]})
            for start in range(0, len(call.arguments), ARGUMENT_CHUNK):
                part = {"arguments": call.arguments[start : start + ARGUMENT_CHUNK]}
                yield Mark.TOKEN
                yield self._chunk({"tool_calls": [{"index": index, "function": part}]})

    def _finish(self) -> str:
        if self._reply.calls and self._reply.finish == "stop":
            return "tool_calls"
        return self._reply.finish

    def _usage(self) -> Mapping[str, Any]:
        total, cached = self._input
        thought = self._reply.reasoning if self._ask.reasoning else ""
        calls = "".join(call.name + call.arguments for call in self._reply.calls)
        spent, reasoning = output_tokens("".join(self._text), calls, thought)
        return Usage(input=total, cached=cached, output=spent, reasoning=reasoning).for_chat()

    def _whole(self, finish: str, usage: Mapping[str, Any]) -> Mapping[str, Any]:
        content = "".join(self._text)
        text = content if content or not self._reply.calls else None
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        if self._reply.calls:
            message["tool_calls"] = [
                {"id": tool_id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
                for tool_id, c in zip(self._ids, self._reply.calls, strict=True)
            ]
        results = safe_results("violence" if finish == "content_filter" else None)
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        return {
            **self._base,
            "object": "chat.completion",
            "choices": [{**choice, "content_filter_results": results}],
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": safe_results()}],
            "usage": usage,
        }
