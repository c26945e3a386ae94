"""After a sign-in that began at a card: the tools it opened are pinned, the card is closed, its turn goes on."""

import logging
from typing import TYPE_CHECKING

from chat.dependencies import ChatDependencies
from chat.session import pin_again
from shared import ids
from shared.cards.settle import CardDesk, Decision, answer_card
from shared.errors import SalesCoachError
from shared.people import Grant
from shared.turns import TurnEngine

if TYPE_CHECKING:
    from shared.tools.oauth_steps import Finished

_log = logging.getLogger(__name__)


class CloseSignInCard:
    """Tells the conversation how a sign-in ended."""

    def __init__(self, deps: ChatDependencies) -> None:
        self._deps = deps

    async def __call__(self, engine: TurnEngine, person: Grant, finished: "Finished") -> None:
        """Pin the person's tools again before their turn goes on, so that it can use what they signed in to.

        Raises:
            CommandRefused: there is no such card of theirs.
            Transient: trying again may help.

        """
        ticket, deps = finished.ticket, self._deps
        if finished.accepted and ids.is_session(ticket.conversation):
            try:
                await pin_again(deps, person, ticket.conversation)
            except SalesCoachError as error:
                # The call goes on all the same; the tools are offered when the session is opened the next time.
                _log.warning("the tools of %s could not be pinned again: %s", ticket.conversation, error.message)
        outcome = "accepted" if finished.accepted else "declined"
        decision = Decision(outcome=outcome, by=person.participant())
        desk = CardDesk(log=deps.log, publisher=deps.publisher, now=deps.now)
        await answer_card(desk, engine, ticket.conversation, ticket.card, decision)
