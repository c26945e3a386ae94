"""Summaries on demand: of a session or a group, or of a part of one, as its reader sees it."""

import logging
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from api.conversations import Conversations, of_both
from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import Input
from shared.digest import TOPICS, Summary, request, sources_of
from shared.errors import BudgetExhausted, ModelFailed, ModelUnavailable
from shared.grounded import Line, Source, grounded, newest
from shared.model_text import WholeText
from shared.protocol.codes import ErrorCode
from shared.transcript import whole_log
from shared.usage.ledger import Spender
from shared.usage.side_calls import Bill, SideCalls

TIMEOUT_S = 30
_MAX_SEQ = 2**53 - 1
_LOG = logging.getLogger(__name__)


class Range(Input):
    """Which part: what stands from `from_seq` to `to_seq`, both included; all of it unless given."""

    from_seq: Annotated[int, Field(ge=1, le=_MAX_SEQ)] = 1
    to_seq: Annotated[int, Field(ge=1, le=_MAX_SEQ)] = _MAX_SEQ


class SummariesApi:
    """Endpoints that summarise, on the account of who asks; nothing of it is stored."""

    def __init__(self, conversations: Conversations, calls: SideCalls) -> None:
        self._conversations = conversations
        self._calls = calls

    def endpoints(self) -> tuple[Endpoint, ...]:
        summary = Endpoint(
            name="summarise_session",
            method="POST",
            path="sessions/{session_id}/summary",
            summary="Summarise a conversation, or a part of it",
            detail="Points, names, numbers, commitments and open questions, each with the messages it rests on.",
            handle=self.tell,
            tag="sessions",
            body=Range,
            reply=Summary,
            codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.CONTENT_TOO_LONG, ErrorCode.BUDGET_EXHAUSTED),
        )
        return of_both(summary, "summarise_group")

    async def tell(self, asked: ApiRequest) -> ApiReply:
        opened, wanted = await self._conversations.open(asked), asked.body_as(Range)
        events = opened.all_seen(await whole_log(self._conversations.log, opened.id))
        through = min(wanted.to_seq, events[-1].seq if events else 0)
        found = sources_of(events, wanted.from_seq, through)
        told = newest(found)
        spender = Spender(principal=asked.principal.id, team=asked.principal.team)
        lines = await self._lines(Bill(spender=spender, conversation_id=opened.id), told)
        summary = Summary(
            from_seq=wanted.from_seq,
            through_seq=through,
            messages=len(found),
            earlier=len(found) - len(told),
            written=lines is not None,
            **(lines or {}),
        )
        return ApiReply(body=summary)

    async def _lines(self, bill: Bill, told: Sequence[Source]) -> dict[str, tuple[Line, ...]] | None:
        """Return the lines by topic; None when the model could not tell.

        Raises:
            BudgetExhausted, BudgetBusy: the person's budget does not allow it; the message says when it will.
            StoreUnavailable: try again.

        """
        if not told:
            return {}
        answer = WholeText()
        try:
            await self._calls.read(bill, request(told, self._calls.deployment), TIMEOUT_S, answer)
        except BudgetExhausted:
            raise
        except (ModelFailed, ModelUnavailable) as error:
            _LOG.warning("a summary could not be told: %s", error.message)
        lines = grounded(answer.text, told, TOPICS) if answer.finish == "stop" else None
        return None if lines is None else {str(topic): found for topic, found in lines.items()}
