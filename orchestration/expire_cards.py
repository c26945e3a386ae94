"""The `expire_cards` activity: nobody answered in time, which is an answer of its own and never a yes."""

from orchestration.dependencies import TurnDependencies
from orchestration.messages import ExpireRequest
from shared.cards.settle import expire_card
from shared.errors import CommandRefused
from shared.turns import TurnEngine


async def expire_cards(deps: TurnDependencies, engine: TurnEngine, request: ExpireRequest) -> str:
    """Close those of the cards that are open; returns how many were.

    Raises:
        StoreUnavailable, PublishFailed: the engine runs it again; every part of it may be repeated.

    """
    expired = 0
    for question_id in request.questions:
        try:
            settled = await expire_card(deps.desk, engine, request.conversation_id, question_id)
        except CommandRefused:
            # Closed with its turn, or with the conversation.
            continue
        expired += settled.first
    return str(expired)
