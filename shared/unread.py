"""How much somebody has not read yet in a group."""

from shared.audience import Reader
from shared.containers import GROUPS
from shared.cosmos import Cosmos

MOST_UNREAD = 100
"""So many stands for so many or more."""
_UNREAD = (
    f"SELECT TOP {MOST_UNREAD} c.seq FROM c WHERE c.kind = 'event' "  # noqa: S608 - a number
    "AND c.seq > @after AND c.seq <= @until AND c.actor.id != @me AND ("
    "c.type IN ('message.created', 'message.shared') OR (c.type = 'message.completed' AND c.data.finish != 'tools')"
    ") AND (NOT IS_DEFINED(c.data.audience) OR IS_NULL(c.data.audience) OR ARRAY_CONTAINS(c.data.audience, @me))"
)


class Unread:
    """Counts in the group's own partition."""

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos

    async def count(self, group_id: str, reader: Reader, mark: int, through: int) -> int:
        """Return how many messages of others, that the reader may see, stand above `mark` and up to `through` (`seq`).

        At most `MOST_UNREAD`.

        Raises:
            StoreUnavailable: try again.

        """
        after = max(mark, reader.after - 1)
        if after >= through:
            return 0
        parameters = {"@after": after, "@until": reader.until or through, "@me": reader.principal}
        return len(await self._cosmos.query(GROUPS, _UNREAD, parameters, group_id))
