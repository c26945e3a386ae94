"""Talking to the brain without a server: the history grows as the app would grow it."""

import json
from collections.abc import Callable
from typing import Any

from local.openai import responses_request
from local.openai.brain import answer
from local.openai.reply import Pace, Reply
from tests.local.openai.tools import TOOLS, output

FLAGSHIP = "How is my pipeline for Contoso, and what should I say about price?"
PACE = Pace(first_token_ms=0, token_ms=0)
Outputs = Callable[[str], str]


def reply(items: list[Any], **extra: Any) -> Reply:
    body = {"model": "m", "input": items, "tools": TOOLS, **extra}
    return answer(responses_request.read(body, (), set()), PACE)


def said(*texts: str) -> list[Any]:
    """Return a history in which the person said these texts and was answered in between."""
    items: list[Any] = []
    for text in texts:
        items += [{"role": "user", "content": text}, {"role": "assistant", "content": "Noted."}]
    return items[:-1]


def text_of(made: Reply) -> str:
    return "".join(made.pieces)


def converse(items: list[Any], outputs: Outputs = output, **extra: Any) -> tuple[list[list[tuple[str, Any]]], str]:
    """Answer tool calls until there are none; return the calls per round, and the final text."""
    rounds: list[list[tuple[str, Any]]] = []
    for _ in range(8):
        made = reply(items, **extra)
        if not made.calls:
            return rounds, text_of(made)
        rounds.append([(call.name, json.loads(call.arguments)) for call in made.calls])
        for index, call in enumerate(made.calls):
            call_id = f"call_{len(rounds)}_{index}"
            items += [{"type": "function_call", "call_id": call_id, "name": call.name, "arguments": call.arguments}]
            items += [{"type": "function_call_output", "call_id": call_id, "output": outputs(call.name)}]
    raise AssertionError("the brain calls tools for ever")
