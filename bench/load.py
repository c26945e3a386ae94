"""People asking a running SalesCoach, here or in Azure: `python -m bench.load --url URL --people N --seconds S`.

Each person is a plain WebSocket client that negotiates, opens a session, asks, waits for the whole answer, thinks, and
asks again: the client of `bench.turn`, against whatever is running. Prints a line of JSON for every turn as it ends
and, at the end, a summary; exits 1 when `--most-failed` or `--slowest-ms` was missed. `docs/load.md` tells more.

Where tokens come from: `--identity URL` asks the development cloud's issuer for a person of their own each; `--tokens
FILE` holds tokens made beforehand, one a line, shared by turns; else the environment's `LOAD_TOKENS`, as that file.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.turn_client import Asked, Asker, Variant, connected

QUESTIONS: tuple[tuple[str, Variant], ...] = (
    ("What should I say when somebody finds us too dear?", "bare"),
    ("How is my pipeline for Contoso?", "tool"),
    ("Prepare me for a first call with a cautious buyer.", "bare"),
    ("What does our playbook say about discounts, and how are my deals?", "tool"),
)
_NEGOTIATING_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """Who asks what of whom: `people` come within `ramp_s`, and go on for `seconds` with `think_s` between turns."""

    url: str
    people: int
    seconds: float
    ramp_s: float
    think_s: float
    tokens: Sequence[str]
    identity: str | None


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it; times in milliseconds. `lost` are people who could not come in, with why."""

    first_delta_ms: list[float] = field(default_factory=list[float])
    answer_ms: list[float] = field(default_factory=list[float])
    failed: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])

    def add(self, asked: Asked) -> dict[str, Any]:
        """Count a turn; return it as it is told."""
        told: dict[str, Any] = {"status": asked.status, "answer_ms": _ms(asked.sent, asked.done), "bytes": asked.bytes}
        if asked.first_delta:
            told["first_delta_ms"] = _ms(asked.sent, asked.first_delta)
        if asked.status != "completed":
            self.failed.append(asked.status)
            return told
        self.answer_ms.append(told["answer_ms"])
        if "first_delta_ms" in told:
            self.first_delta_ms.append(told["first_delta_ms"])
        return told

    def summary(self, seconds: float) -> dict[str, Any]:
        turns = len(self.answer_ms) + len(self.failed)
        return {
            "turns": turns,
            "turns_per_second": round(turns / seconds, 2),
            "failed": len(self.failed),
            "lost": len(self.lost),
            "why": sorted({*self.failed, *self.lost})[:10],
            "first_delta_ms": _spread(self.first_delta_ms),
            "answer_ms": _spread(self.answer_ms),
        }


type Tell = Callable[[dict[str, Any]], None]
"""Given a dictionary for each turn and each person lost; `type` says which."""


async def run(plan: LoadPlan, tell: Tell) -> Outcome:
    """Let all people ask; `tell` is given each turn as it ends."""
    outcome = Outcome()
    ends = time.monotonic() + plan.ramp_s + plan.seconds
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        people = (_person(plan, number, http, ends, outcome, tell) for number in range(plan.people))
        await asyncio.gather(*people)
    return outcome


async def _person(
    plan: LoadPlan, number: int, http: aiohttp.ClientSession, ends: float, outcome: Outcome, tell: Tell
) -> None:
    await asyncio.sleep(plan.ramp_s * number / plan.people)
    try:
        url = await _client_url(plan, number, http)
        async with connected(url, http) as asker:
            await _ask_on(plan, asker, ends, outcome, tell)
    except (aiohttp.ClientError, ConnectionError, TimeoutError, RuntimeError) as error:
        why = f"{type(error).__name__}: {error}"
        outcome.lost.append(why)
        tell({"type": "lost", "why": why})


async def _ask_on(plan: LoadPlan, asker: Asker, ends: float, outcome: Outcome, tell: Tell) -> None:
    for text, variant in itertools.cycle(QUESTIONS):
        if time.monotonic() >= ends:
            return
        asked = await asker.ask(f"load-{secrets.token_hex(6)}", variant, text)
        tell({"type": "turn", **outcome.add(asked)})
        if asked.status.startswith("lost"):
            raise ConnectionError(asked.status)
        await asyncio.sleep(random.uniform(0.5, 1.5) * plan.think_s)  # noqa: S311 - people are not in step


async def _client_url(plan: LoadPlan, number: int, http: aiohttp.ClientSession) -> str:
    """Sign a person in, as the browser does."""
    token = await _token(plan, number, http)
    timeout = aiohttp.ClientTimeout(total=_NEGOTIATING_S)
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(f"{plan.url}/api/chat/negotiate", headers=headers, timeout=timeout) as reply:
        if not reply.ok:
            raise ConnectionError(f"negotiate answered {reply.status}: {(await reply.text())[:200]}")
        return str((await reply.json())["url"])


async def _token(plan: LoadPlan, number: int, http: aiohttp.ClientSession) -> str:
    if plan.identity is None:
        return plan.tokens[number % len(plan.tokens)]
    wanted = {"user": "ada", "claims": {"oid": f"10ad0000-0000-4000-8000-{number:012d}"}}
    async with http.post(f"{plan.identity}/_token", json=wanted) as reply:
        reply.raise_for_status()
        return str((await reply.json())["access_token"])


def plan_of(words: Sequence[str] | None = None) -> tuple[LoadPlan, argparse.Namespace]:
    """Read the command line; exits with a word where something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="where browsers reach the app, such as http://127.0.0.1:4280")
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--ramp", type=float, default=5, help="seconds in which all people have come")
    parser.add_argument("--think", type=float, default=5, help="seconds a person thinks between turns, on average")
    parser.add_argument("--identity", help="the development cloud's issuer, such as http://127.0.0.1:8087")
    parser.add_argument("--tokens", type=Path, help="file of tokens, one a line")
    parser.add_argument("--most-failed", type=float, default=0.01, help="part of turns that may fail")
    parser.add_argument("--slowest-ms", type=float, help="95th percentile of the first text, at most")
    flags = parser.parse_args(words)
    text = flags.tokens.read_text(encoding="utf-8") if flags.tokens else os.environ.get("LOAD_TOKENS", "")
    tokens = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not tokens and not flags.identity:
        parser.error("name --identity, --tokens or LOAD_TOKENS: nobody can sign in")
    plan = LoadPlan(
        url=flags.url.rstrip("/"),
        people=flags.people,
        seconds=flags.seconds,
        ramp_s=flags.ramp,
        think_s=flags.think,
        tokens=tokens,
        identity=flags.identity,
    )
    return plan, flags


def verdict(outcome: Outcome, most_failed: float, slowest_ms: float | None) -> list[str]:
    """Return what was missed."""
    turns = len(outcome.answer_ms) + len(outcome.failed)
    missed: list[str] = []
    if not turns:
        missed.append("no turn ended")
    elif (len(outcome.failed) + len(outcome.lost)) / (turns + len(outcome.lost)) > most_failed:
        missed.append(f"{len(outcome.failed)} turns failed and {len(outcome.lost)} people were lost")
    spread = _spread(outcome.first_delta_ms)
    if slowest_ms is not None and (spread is None or spread["p95"] > slowest_ms):
        missed.append(f"first text: {spread['p95'] if spread else 'none'} ms at the 95th percentile")
    return missed


def _spread(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1), "most": max(values)}


def _ms(begin: float, end: float) -> float:
    return round((end - begin) * 1000, 1)


def _print(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


def main() -> int:
    plan, flags = plan_of()
    outcome = asyncio.run(run(plan, _print))
    _print({"type": "summary", **outcome.summary(plan.seconds + plan.ramp_s)})
    missed = verdict(outcome, flags.most_failed, flags.slowest_ms)
    for each in missed:
        print(f"missed: {each}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
