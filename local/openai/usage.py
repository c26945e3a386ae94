"""Token accounting: lengths by estimate, cached tokens by remembered prefixes."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.openai.ask import Ask
from local.openai.limits import estimate

CACHED_FROM = 1024
CACHE_STEP = 128
CHARS_PER_TOKEN = 4
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request."""

    input: int
    cached: int
    output: int
    reasoning: int

    def for_responses(self) -> Mapping[str, Any]:
        return {
            "input_tokens": self.input,
            "input_tokens_details": {"cached_tokens": self.cached, "cache_write_tokens": 0},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
            "total_tokens": self.input + self.output,
        }

    def for_chat(self) -> Mapping[str, Any]:
        return {
            "prompt_tokens": self.input,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens": self.output,
            "completion_tokens_details": {
                "reasoning_tokens": self.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "total_tokens": self.input + self.output,
        }


class PrefixCache:
    """Remembers prompt prefixes in steps of 128 tokens, from 1,024 on, apart per model and cache key."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def cached_tokens(self, ask: Ask) -> int:
        """Return how many leading tokens an earlier request shared, and remember this one."""
        prompt = ask.prompt.encode()
        digest = hashlib.blake2b(f"{ask.model}\0{ask.cache_key}\0".encode(), digest_size=16)
        cached = done = 0
        for tokens in range(CACHED_FROM, len(prompt) // CHARS_PER_TOKEN + 1, CACHE_STEP):
            digest.update(prompt[done : tokens * CHARS_PER_TOKEN])
            done = tokens * CHARS_PER_TOKEN
            key = digest.digest()
            if key in self._seen:
                cached = tokens
                self._seen.move_to_end(key)
            else:
                self._seen[key] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return cached


def output_tokens(text: str, calls: str, reasoning: str) -> tuple[int, int]:
    """Return the tokens of all output, reasoning included, and those of the reasoning alone."""
    thought = estimate(reasoning) if reasoning else 0
    return thought + sum(estimate(part) for part in (text, calls) if part), thought
