"""What the coach may know and use for each asker of a group; in a session that is pinned when it is opened."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from shared.event_log.log import EventLog
from shared.manifests import Manifests, PinnedManifest
from shared.people import Grant

_RECENT_SECONDS = 60
_MAX_RECENT = 500

type _Asker = tuple[str, str, frozenset[str], str | None]


class AskerManifests:
    """Builds a manifest of a person's own rights, and pins it in the group they ask in.

    What was built is used for a minute; whether a call is allowed is asked again when it is made.
    """

    def __init__(self, manifests: Manifests, log: EventLog, now: Callable[[], datetime]) -> None:
        self._manifests = manifests
        self._log = log
        self._now = now
        self._recent: OrderedDict[_Asker, tuple[datetime, PinnedManifest]] = OrderedDict()

    async def of(self, grant: Grant, time_zone: str | None = None) -> PinnedManifest:
        """Return what the coach may know and use for this person now; in UTC, unless their `time_zone` is known.

        Raises:
            PromptUnavailable: no prompt was ever read.

        """
        asker, now = (grant.principal, grant.name, grant.roles, time_zone), self._now()
        known = self._recent.get(asker)
        if known is not None and (now - known[0]).total_seconds() < _RECENT_SECONDS:
            return known[1]
        made = await self._manifests.build(grant, grant.roles, time_zone)
        if not made.manifest.unavailable:
            # What was made while a server was away, or before the person signed in to it, is made again next time.
            self._recent[asker] = (now, made)
            self._recent.move_to_end(asker)
            if len(self._recent) > _MAX_RECENT:
                self._recent.popitem(last=False)
        return made

    async def pin(self, group_id: str, grant: Grant, time_zone: str | None = None) -> str:
        """Store what the coach may know and use for this person beside the group's log, and return its id.

        The turn of their question names it (`Waiting.manifest_id`). Pinning it twice changes nothing.

        Raises:
            PromptUnavailable: no prompt was ever read.
            StoreUnavailable: try again.

        """
        made = await self.of(grant, time_zone)
        await self._log.pin(group_id, made.id, made.manifest)
        return made.id
