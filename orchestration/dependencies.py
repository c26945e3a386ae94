"""What the activities work with; built once by the composition root and handed in, never imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orchestration.spending import Spending
from shared.blob import BlobStore
from shared.event_log.live import LiveText
from shared.event_log.log import EventLog
from shared.model import Model
from shared.people import People
from shared.publisher import Publisher
from shared.summaries import Summaries
from shared.tools.catalog import Catalog
from shared.tools.mcp_client import McpTools


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDependencies:
    """Clients and settings of the turn; `chat_model` is the deployment that answers, `utility_model` the one beside."""

    log: EventLog
    live: LiveText
    people: People
    publisher: Publisher
    model: Model
    chat_model: str
    utility_model: str
    spending: Spending
    summaries: Summaries
    catalog: Catalog
    tools: McpTools
    blobs: BlobStore
    now: Callable[[], datetime]
