"""Summaries on demand: of a session or a group, or of a part of one, as its reader sees it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import Input
from shared.access import GroupGate, access_session
from shared.audience import for_reader, reader_of
from shared.clock import iso
from shared.digest import MAX_OUTPUT_TOKENS, TOPICS, Summary, request, sources_of
from shared.errors import BudgetExhausted, SalesCoachError
from shared.event_log.log import EventLog
from shared.grounded import MAX_CHARACTERS, Line, Source, grounded, newest
from shared.identity import Principal
from shared.model import Model
from shared.model_text import WholeText, read_whole
from shared.protocol.codes import ErrorCode
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import Usage
from shared.runtime import Runtime
from shared.transcript import whole_log
from shared.usage.ledger import Spender
from shared.usage.side_work import SideWork

TIMEOUT_S = 30
_MAX_SEQ = 2**53 - 1
_CHARACTERS_A_TOKEN = 3
_CODES = (ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.CONTENT_TOO_LONG, ErrorCode.BUDGET_EXHAUSTED)
_LOG = logging.getLogger(__name__)


class Range(Input):
    """Which part: what stands from `from_seq` to `to_seq`, both included; all of it unless given."""

    from_seq: Annotated[int, Field(ge=1, le=_MAX_SEQ)] = 1
    to_seq: Annotated[int, Field(ge=1, le=_MAX_SEQ)] = _MAX_SEQ


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDependencies:
    """What summaries are made with."""

    log: EventLog
    gate: GroupGate
    model: Model
    work: SideWork


class SummariesApi:
    """Endpoints that summarise; nothing of it is stored."""

    def __init__(self, deps: SummaryDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            self._endpoint("summarise_session", "sessions/{session_id}/summary", "sessions", self.of_session),
            self._endpoint("summarise_group", "groups/{group_id}/summary", "groups", self.of_group),
        )

    def _endpoint(
        self, name: str, path: str, tag: str, handle: Callable[[ApiRequest], Awaitable[ApiReply]]
    ) -> Endpoint:
        return Endpoint(
            name=name,
            method="POST",
            path=path,
            summary="Summarise a conversation, or a part of it",
            detail="Points, names, numbers, commitments and open questions, each with the messages it rests on.",
            handle=handle,
            tag=tag,
            body=Range,
            reply=Summary,
            codes=_CODES,
        )

    async def of_session(self, asked: ApiRequest) -> ApiReply:
        session_id = asked.path["session_id"]
        await access_session(self._deps.log, asked.principal.id, session_id)
        return await self._told(asked, session_id, await whole_log(self._deps.log, session_id))

    async def of_group(self, asked: ApiRequest) -> ApiReply:
        group_id = asked.path["group_id"]
        access = await self._deps.gate.access(asked.principal.id, group_id)
        group = access.known.head.group
        assert group is not None  # noqa: S101 - the gate opens groups only
        reader = reader_of(access.member, group)
        events = await whole_log(self._deps.log, group_id)
        return await self._told(asked, group_id, [for_reader(event, reader) for event in events])

    async def _told(self, asked: ApiRequest, conversation_id: str, events: Sequence[VisibleEvent]) -> ApiReply:
        wanted = asked.body_as(Range)
        through = min(wanted.to_seq, events[-1].seq if events else 0)
        found = sources_of(events, wanted.from_seq, through)
        told = newest(found)
        lines = await self._lines(asked.principal, conversation_id, told)
        summary = Summary(
            from_seq=wanted.from_seq,
            through_seq=through,
            messages=len(found),
            earlier=len(found) - len(told),
            written=lines is not None,
            **(lines or {}),
        )
        return ApiReply(body=summary)

    async def _lines(
        self, person: Principal, conversation_id: str, told: Sequence[Source]
    ) -> dict[str, tuple[Line, ...]] | None:
        """Return the lines by topic; None when the model could not tell.

        Raises:
            BudgetExhausted: the person's budget does not allow it; the message says when it will.
            StoreUnavailable: try again.

        """
        if not told:
            return {}
        answer, work = WholeText(), self._deps.work

        async def ask() -> Usage:
            try:
                await read_whole(self._deps.model, request(told, work.model), TIMEOUT_S, answer)
            except SalesCoachError as error:
                _LOG.warning("a summary could not be told: %s", error.message)
            return answer.usage

        most = (MAX_CHARACTERS // _CHARACTERS_A_TOKEN, MAX_OUTPUT_TOKENS)
        work_id = f"{conversation_id}.summary.{iso(work.now())}"
        spender = Spender(principal=person.id, team=person.team)
        refused = await work.on_account(spender, work_id, conversation_id, most, ask)
        if refused is not None:
            info = refused.info()
            raise BudgetExhausted(info.message, after_ms=info.after_ms)
        lines = grounded(answer.text, told, TOPICS) if answer.finish == "stop" else None
        return None if lines is None else {str(topic): found for topic, found in lines.items()}


def summary_dependencies(runtime: Runtime) -> SummaryDependencies:
    """Return what summaries are made with, of the process's clients."""
    settings = runtime.settings
    work = SideWork(
        ledger=runtime.ledger,
        prices=settings.model_prices,
        model=settings.azure_openai_utility_model,
        now=runtime.now,
    )
    return SummaryDependencies(log=runtime.log, gate=runtime.gate, model=runtime.model, work=work)
