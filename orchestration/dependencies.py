"""What the activities work with; built once by the composition root and handed in, never imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orchestration.spending import Spending
from shared.blob import BlobStore
from shared.cards.settle import CardDesk
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.members import Members
from shared.memory_store import Memories
from shared.model import Model
from shared.people import People
from shared.publisher import Publisher
from shared.summaries import Summaries
from shared.tools.catalogs import Catalogs

if TYPE_CHECKING:
    from shared.tools.mcp_client import McpTools

type SignInUrl = Callable[[str, str, str, str], str | None]
"""Returns where a person signs in to a server for a card: by server, card id, principal, conversation id."""


def no_sign_in(_server: str, _card_id: str, _principal: str, _conversation_id: str) -> str | None:
    """Return no page: there is nowhere to sign in to a server."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDependencies:
    """Clients and settings of the turn; `chat_model` is the deployment that answers."""

    log: EventLog
    live: LiveText
    people: People
    memories: Memories
    members: Members
    publisher: Publisher
    model: Model
    chat_model: str
    spending: Spending
    summaries: Summaries
    catalogs: Catalogs
    tools: "McpTools"
    blobs: BlobStore
    sign_in_url: SignInUrl
    now: Callable[[], datetime]
    tells_content: bool = False
    """Spans may hold what tools were given and gave back."""

    @property
    def desk(self) -> CardDesk:
        return CardDesk(log=self.log, publisher=self.publisher, now=self.now)
