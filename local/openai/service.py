"""Everything the HTTP surface works with, and the way from a request to its answer."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from local.holds import Holds, Passage, Words
from local.openai import chat_request, limits, responses_request, scenario
from local.openai.ask import Ask
from local.openai.brain import answer
from local.openai.chat_chunks import ChatChunks
from local.openai.delivery import drain, drive, reset, stall
from local.openai.errors import ApiError, not_found, server_error
from local.openai.identifiers import standard_headers
from local.openai.reply import Fault, Pace, Reply
from local.openai.request_log import LogEntry, RequestLog
from local.openai.response_events import ResponseEvents
from local.openai.response_store import ResponseStore
from local.openai.scenario import Choice, Raw, Scenario
from local.openai.usage import PrefixCache

log = logging.getLogger("openai")
Events = ResponseEvents | ChatChunks
WORDS = frozenset({"api", "model", "text", "step"})
MOMENTS = frozenset({"before", "during", "done"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`deployments` empty means that every model name exists."""

    pace: Pace
    context_window: int = limits.CONTEXT_WINDOW
    deployments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The state of one server."""

    settings: Settings
    scenario: Scenario = field(default_factory=Scenario)
    requests: RequestLog = field(default_factory=RequestLog)
    responses: ResponseStore = field(default_factory=ResponseStore)
    prefixes: PrefixCache = field(default_factory=PrefixCache)
    holds: Holds = field(default_factory=lambda: Holds(WORDS, MOMENTS))

    async def respond(self, request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        """Answer a Responses request.

        Raises:
            ApiError: what Azure would refuse.

        """
        received = time.monotonic()
        history = self._history(body)
        ask = responses_request.read(body, history, self.responses.item_ids())

        def store(final: Mapping[str, Any]) -> None:
            if body.get("store") is not False:
                self.responses.put(final, [*history, *responses_request.as_items(body)])

        return await self._answer(request, ask, received, ResponseEvents, store)

    async def complete(self, request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        """Answer a Chat Completions request.

        Raises:
            ApiError: what Azure would refuse.

        """
        received = time.monotonic()
        return await self._answer(request, chat_request.read(body), received, ChatChunks, lambda _final: None)

    def check_model(self, model: str) -> None:
        """Refuse a deployment that does not exist."""
        if self.settings.deployments and model not in self.settings.deployments:
            message = "The API deployment for this resource does not exist."
            raise not_found(message, code="DeploymentNotFound")

    def _history(self, body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        previous = body.get("previous_response_id")
        if not previous:
            return ()
        history = self.responses.history(str(previous))
        if history is None:
            raise responses_request.previous_not_found(str(previous))
        return history

    async def _answer(
        self,
        request: web.Request,
        ask: Ask,
        received: float,
        make: Callable[[Ask, Reply, int, int], Events],
        done: Callable[[Mapping[str, Any]], None],
    ) -> web.StreamResponse:
        self.check_model(ask.model)
        limits.check_size(ask, self.settings.context_window, "input" if ask.api == "responses" else "messages")
        passage = self.holds.take(lambda: _words(ask))
        await passage.reach("before")
        attempt = self.scenario.attempt(ask)
        choice = self.scenario.choose(ask, attempt)
        entry = self._entry(ask, received, attempt, choice.label if choice else None)
        try:
            reply = self._reply(ask, choice)
            if isinstance(reply, Raw):
                entry.close("error", reply.status)
                return web.Response(status=reply.status, headers=reply.headers, text=reply.body)
            events = make(ask, reply, limits.estimate(ask.prompt), self.prefixes.cached_tokens(ask))
            response = await (_stream if ask.stream else _whole)(request, ask, reply, events, entry, passage)
        except ApiError as error:
            entry.close("error", error.status)
            raise
        finally:
            if entry.end is None:
                entry.close("cancelled")
            log.info("%s %s %s tokens=%d rule=%s", ask.api, ask.model, entry.outcome, entry.tokens, entry.rule)
        if entry.outcome == "completed":
            done(events.final)
        return response

    def _entry(self, ask: Ask, received: float, attempt: int, rule: str | None) -> LogEntry:
        entry = LogEntry(
            number=self.requests.next_number(),
            api=ask.api,
            model=ask.model,
            text=ask.question[:2000],
            step=ask.step,
            attempt=attempt,
            rule=rule,
            stream=ask.stream,
            recv=received,
        )
        self.requests.add(entry)
        return entry

    def _reply(self, ask: Ask, choice: Choice | None) -> Reply | Raw:
        """Return what a rule, or else the brain, answers; raise the error a rule asks for."""
        if choice is None:
            return answer(ask, self.settings.pace)
        respond = choice.respond
        refused = scenario.refusal(respond, ask)
        if isinstance(refused, ApiError):
            raise refused
        if refused:
            return refused
        if not respond.by_brain:
            return scenario.scripted(respond, choice.groups, self.settings.pace)
        own = answer(ask, scenario.paced(respond, self.settings.pace))
        finish = own.finish if respond.finish == "stop" else respond.finish
        return replace(own, fault=respond.fault, unknown_event=respond.unknown_event, finish=finish)


def _words(ask: Ask) -> Words:
    return {"api": [ask.api], "model": [ask.model], "text": [ask.question], "step": [str(ask.step)]}


async def _stream(
    request: web.Request, ask: Ask, reply: Reply, events: Events, entry: LogEntry, passage: Passage
) -> web.StreamResponse:
    headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
    response = web.StreamResponse(headers={**headers, **standard_headers(ask.model)})
    await response.prepare(request)
    fault = await drive(events.steps(), reply.pace, reply.fault, response.write, entry, passage)
    if fault is None:
        entry.close("completed")
        await response.write_eof()
        return response
    match fault.kind:
        case "stall":
            await stall()
        case "reset":
            reset(request)
        case "error_frame":
            await response.write(events.error_frame())
        case "failed":
            await response.write(events.failed())
        case "truncate":
            pass
    entry.close(fault.kind)
    if fault.kind != "reset":
        await response.write_eof()
    return response


async def _whole(
    request: web.Request, ask: Ask, reply: Reply, events: Events, entry: LogEntry, passage: Passage
) -> web.StreamResponse:
    fault = await drain(events.steps(), reply.pace, reply.fault, entry, passage)
    headers = standard_headers(ask.model)
    if fault is not None:
        return await _broken(request, events, entry, fault, headers)
    entry.close("completed")
    return web.json_response(events.final, headers=headers)


async def _broken(
    request: web.Request, events: Events, entry: LogEntry, fault: Fault, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer a request without streaming that a fault strikes: nothing, an error, or a failed response."""
    if fault.kind == "stall":
        await stall()
    entry.close(fault.kind)
    if fault.kind == "failed" and isinstance(events, ResponseEvents):
        events.failed()
        return web.json_response(events.final, headers=headers)
    if fault.kind in ("reset", "truncate"):
        reset(request)
        return web.Response()
    raise server_error()
