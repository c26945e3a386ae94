"""Choosing the scenario rule for a request, and turning it into a reply, an error or a raw answer."""

import json
import re
from collections import Counter
from dataclasses import dataclass

from local.openai import errors
from local.openai.ask import Ask
from local.openai.errors import ApiError
from local.openai.reply import Call, Pace, Reply, numbered, pieces_of
from local.openai.script import Match, Respond, Script, ScriptedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An answer sent as it is: any status and body, for tests of broken servers."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The rule that applies to a request, with the groups its text pattern caught."""

    label: str
    respond: Respond
    groups: dict[str, str]


class Scenario:
    """The script in force, with what it has to remember."""

    def __init__(self, script: Script | None = None) -> None:
        self.replace(script or Script())

    def replace(self, script: Script) -> None:
        """Use another script and forget all counts."""
        self.script = script
        self._used: Counter[int] = Counter()
        self._attempts: Counter[str] = Counter()

    def attempt(self, ask: Ask) -> int:
        """Count this request; return how often it has come, from 1."""
        key = ask.fingerprint
        self._attempts[key] += 1
        return self._attempts[key]

    def choose(self, ask: Ask, attempt: int) -> Choice | None:
        """Return the first rule that matches and is not used up."""
        for index, rule in enumerate(self.script.rules):
            if rule.times is not None and self._used[index] >= rule.times:
                continue
            groups = _matches(rule.match, ask, attempt)
            if groups is not None:
                self._used[index] += 1
                return Choice(label=rule.name or f"rule {index}", respond=rule.respond, groups=groups)
        return None


def _matches(match: Match, ask: Ask, attempt: int) -> dict[str, str] | None:
    wanted = ((match.api, ask.api), (match.step, ask.step), (match.attempt, attempt))
    if any(expected is not None and expected != actual for expected, actual in wanted):
        return None
    for pattern, text in ((match.model, ask.model), (match.instructions, ask.instructions)):
        if pattern is not None and not re.search(pattern, text):
            return None
    if match.anywhere is not None and not any(re.search(match.anywhere, text) for text in ask.texts):
        return None
    if match.text is None:
        return {}
    found = re.search(match.text, ask.question)
    if not found:
        return None
    numbered_groups = {str(i): group or "" for i, group in enumerate((found[0], *found.groups()))}
    return numbered_groups | {name: group or "" for name, group in found.groupdict().items()}


def refusal(respond: Respond, ask: Ask) -> ApiError | Raw | None:
    """Return the error or raw answer a rule asks for, if it does."""
    match respond.error:
        case "rate_limit":
            return errors.rate_limited(respond.retry_after_ms)
        case "content_filter":
            return errors.content_filter(ask.api)
        case "context_length":
            param = "input" if ask.api == "responses" else "messages"
            return errors.context_length(128_000, 128_001, param)
        case "server" | "unavailable":
            return errors.server_error(500 if respond.error == "server" else 503)
        case None:
            pass
    if respond.status is None:
        return None
    if respond.body is None and respond.status == errors.rate_limited().status:
        refused = errors.rate_limited(respond.retry_after_ms)
        refused.headers.update(respond.headers)
        return refused
    body = respond.body if respond.body is not None else errors.server_error(respond.status).body()
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    return Raw(status=respond.status, headers={"content-type": kind, **respond.headers}, body=text)


def scripted(respond: Respond, groups: dict[str, str], pace: Pace) -> Reply:
    """Return the reply a rule spells out."""
    if respond.tokens is not None:
        pieces = numbered(respond.tokens, stamped=respond.stamp)
    else:
        pieces = pieces_of(_filled(respond.text or "", groups))
    calls = tuple(
        Call(name=_filled(call.name, groups), arguments=_arguments(call, groups, malformed=respond.malformed_arguments))
        for call in respond.calls
        for _ in range(call.repeat)
    )
    return Reply(
        pieces=pieces,
        stamped=respond.stamp,
        calls=calls,
        reasoning=respond.reasoning or "Following the script.",
        finish=respond.finish,
        pace=paced(respond, pace),
        fault=respond.fault,
        unknown_event=respond.unknown_event,
    )


def paced(respond: Respond, pace: Pace) -> Pace:
    """Return the pace with what a rule overrides."""
    return Pace(
        first_token_ms=pace.first_token_ms if respond.first_token_ms is None else respond.first_token_ms,
        token_ms=pace.token_ms if respond.token_ms is None else respond.token_ms,
    )


def _arguments(call: ScriptedCall, groups: dict[str, str], *, malformed: bool) -> str:
    raw = call.arguments
    text = _filled(raw if isinstance(raw, str) else json.dumps(raw), groups, as_json=not isinstance(raw, str))
    return text[: max(1, len(text) - 1)] if malformed else text


def _filled(text: str, groups: dict[str, str], *, as_json: bool = False) -> str:
    def value(found: re.Match[str]) -> str:
        group = groups.get(found[1], found[0])
        return json.dumps(group)[1:-1] if as_json else group

    return re.sub(r"\{\{(\w+)\}\}", value, text)
