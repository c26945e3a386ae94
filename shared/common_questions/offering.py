"""Offering an approved answer beside a turn. The turn goes on as if nothing was offered.

A question is embedded for this only where somebody has approved an answer at all. It is masked first, as for analysis.
"""

import asyncio
import logging
from dataclasses import dataclass

from shared import ids
from shared.answers import text_of
from shared.common_questions.approved import ApprovedAnswers, Match, best_match
from shared.common_questions.masking import embeddable, masked
from shared.common_questions.vectors import DIMENSIONS, packed, unpacked
from shared.errors import SalesCoachError
from shared.event_log.log import EventLog
from shared.model import Embedder
from shared.protocol.durable import MessageCreated
from shared.protocol.ephemeral import AnswerOffered
from shared.publisher import Publisher

TIMEOUT_S = 3.0

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDependencies:
    """What offers are made with; `embedding_model` is empty where there is none, and nothing is offered."""

    log: EventLog
    approved: ApprovedAnswers
    embedder: Embedder
    embedding_model: str
    publisher: Publisher


async def offer_answer(deps: OfferDependencies, conversation_id: str, turn_id: str) -> bool:
    """Offer the approved answer that fits the turn's question, if there is one; tell whether it was offered.

    Only in a person's own session that is kept. Nothing is raised: a turn without an offer lacks nothing.
    """
    if not deps.embedding_model or not ids.is_session(conversation_id):
        return False
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await _offer(deps, conversation_id, turn_id)
    except SalesCoachError as error:
        _LOG.warning("nothing was offered beside %s: %s", turn_id, error.code)
    except TimeoutError:
        _LOG.warning("nothing was offered beside %s within %.0f s", turn_id, TIMEOUT_S)
    return False


async def _offer(deps: OfferDependencies, conversation_id: str, turn_id: str) -> bool:
    answers = await deps.approved.offered()
    if not answers or (await deps.log.known_head(conversation_id)).temporary:
        return False
    asked = await deps.log.event(conversation_id, ids.created(ids.question_message(turn_id)))
    if not isinstance(asked, MessageCreated):
        return False
    text = embeddable(masked(text_of(asked.parts), (asked.author.name,)))
    if not text:
        return False
    (vector,) = (await deps.embedder.embed(deps.embedding_model, [text], DIMENSIONS)).vectors
    match = best_match(unpacked(packed(vector)), answers)
    if match is None:
        return False
    await deps.approved.record(match, conversation_id, turn_id)
    await deps.publisher.to_readers(conversation_id, told(match, conversation_id, turn_id))
    return True


def told(match: Match, conversation_id: str, turn_id: str) -> AnswerOffered:
    """Return the event that tells of the offer."""
    answer = match.answer
    return AnswerOffered(
        conversation_id=conversation_id,
        turn_id=turn_id,
        cluster_id=answer.cluster_id,
        version=answer.version,
        text=answer.text,
        approved_at=answer.at,
        similarity=round(match.similarity, 4),
    )
