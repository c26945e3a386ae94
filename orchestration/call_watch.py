"""A call while it runs: an eye on the stop flag, its progress to the readers, and questions it asks meanwhile."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from orchestration.call_cards import Kept, answer_of, cards_of
from orchestration.dependencies import TurnDependencies
from orchestration.messages import CallRequest
from orchestration.narrowing import of_call
from orchestration.open_cards import LIVE_EXPIRY_S, Ask, card_event, entry_of
from shared import ids
from shared.cards.settle import expire_card
from shared.errors import PublishFailed, Transient
from shared.event_log import parking
from shared.event_log.head import Head
from shared.event_log.shapes import Appended, Draft
from shared.protocol.cards import ToolCallProgress
from shared.protocol.shapes import ToolCallPart
from shared.tools.outcome import CallOutcome, InputAnswer, InputRequest
from shared.turns import TurnEngine

WATCH_S = 1.0
"""How often a running call looks whether its turn goes on."""
PROGRESS_S = 0.25
"""At most so often a call tells how far it is."""
ANSWER_POLL_S = 0.5


async def unless_stopped(
    deps: TurnDependencies, request: CallRequest, calling: Awaitable[CallOutcome]
) -> CallOutcome | None:
    """Return what came of the call, or give it up and return None when its turn is stopped or over meanwhile."""
    call = asyncio.ensure_future(calling)
    try:
        while True:
            done, _ = await asyncio.wait({call}, timeout=WATCH_S)
            if done:
                return call.result()
            with suppress(Transient):
                head = (await deps.log.head(request.conversation_id)).head
                if parking.standing(head, ids.parse_call(request.call_id).turn_id) != "runs":
                    return None
    finally:
        call.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await call


class Observer:
    """What a running call tells and asks; one per call."""

    def __init__(self, deps: TurnDependencies, engine: TurnEngine, request: CallRequest, part: ToolCallPart) -> None:
        self._deps = deps
        self._engine = engine
        self._request = request
        self._part = part
        self._told_at = float("-inf")
        self._asking = asyncio.Lock()

    async def progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Tell the readers, unless that was done a moment ago."""
        now = asyncio.get_running_loop().time()
        if now - self._told_at < PROGRESS_S:
            return
        self._told_at = now
        event = ToolCallProgress(
            conversation_id=self._request.conversation_id,
            turn_id=ids.parse_call(self._request.call_id).turn_id,
            call_id=self._request.call_id,
            progress=progress,
            total=total,
            message=message,
        )
        # In a group only the asker sees what a tool is told and tells.
        only = None if ids.is_session(self._request.conversation_id) else (self._request.asker,)
        with suppress(PublishFailed):
            await self._deps.publisher.to_readers(self._request.conversation_id, event, only)

    async def ask(self, request: InputRequest) -> InputAnswer:
        """Open a card while the server holds its connection open, and wait for the answer as long as it stands."""
        async with self._asking:
            question_id = await self._open(request)
            if question_id is None:
                return InputAnswer(key=request.key, action="cancel")
            return await self._answer(question_id, request.key)

    async def _open(self, asked: InputRequest) -> str | None:
        deps, request = self._deps, self._request
        record = await deps.log.record(request.conversation_id, after=request.question_seq - 1)
        question_id = ids.card(request.call_id, len(cards_of(record, request.call_id)) + 1)
        ask = Ask(
            question_id=question_id,
            kind=asked.kind,
            message=asked.message,
            expires_s=LIVE_EXPIRY_S,
            kept=Kept(key=asked.key, live=True),
            schema=asked.schema,
            url=asked.url,
        )
        now = deps.now()
        turn_id = ids.parse_call(request.call_id).turn_id
        opened = card_event(request, self._part, ask, now, of_call(record, request.call_id, request.asker))

        def decide(head: Head) -> Draft | None:
            if parking.standing(head, turn_id) != "runs" or not parking.has_room(head, 1):
                return None
            return Draft(
                events=(opened,),
                head=parking.show(head, entry_of(request, ask, now)),
            )

        result = await deps.log.append(request.conversation_id, decide)
        if not isinstance(result, Appended):
            return None
        await deps.publisher.to_conversation(request.conversation_id, result.events)
        return question_id

    async def _answer(self, question_id: str, key: str) -> InputAnswer:
        deps, conversation_id = self._deps, self._request.conversation_id
        loop = asyncio.get_running_loop()
        ends = loop.time() + LIVE_EXPIRY_S
        while loop.time() < ends:
            with suppress(Transient):
                if await deps.log.event(conversation_id, ids.closed(question_id)) is not None:
                    break
            await asyncio.sleep(ANSWER_POLL_S)
        else:
            await expire_card(deps.desk, self._engine, conversation_id, question_id)
        record = await deps.log.record(conversation_id, after=self._request.question_seq - 1)
        card = next(c for c in cards_of(record, self._request.call_id) if c.opened.question_id == question_id)
        return answer_of(card) if card.closed else InputAnswer(key=key, action="cancel")
