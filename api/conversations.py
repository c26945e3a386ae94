"""What sessions and groups have alike over HTTP: an endpoint for each, one gate, events as their reader sees them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from api.endpoint import ApiRequest, Endpoint
from shared.access import GroupGate, access_session
from shared.audience import Reader, for_reader, reader_of
from shared.event_log.log import EventLog
from shared.protocol.events import StoredEvent, VisibleEvent

_SESSION, _GROUP = "sessions/{session_id}/", "groups/{group_id}/"


def of_both(endpoint: Endpoint, group_name: str) -> tuple[Endpoint, Endpoint]:
    """Return the endpoint of sessions, and the same of groups."""
    path = endpoint.path.replace(_SESSION, _GROUP, 1)
    return endpoint, replace(endpoint, name=group_name, path=path, tag="groups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A conversation somebody may read; `reader` is None in a session of their own, all of which is theirs."""

    id: str
    reader: Reader | None

    def seen(self, event: StoredEvent) -> VisibleEvent:
        """Return what the person gets in place of the event."""
        return event if self.reader is None else for_reader(event, self.reader)

    def all_seen(self, events: Iterable[StoredEvent]) -> tuple[VisibleEvent, ...]:
        return tuple(self.seen(event) for event in events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """The one way in for requests whose path names a session or a group."""

    log: EventLog
    gate: GroupGate

    async def open(self, request: ApiRequest) -> Opened:
        """Return the conversation that the path names.

        Raises:
            CommandRefused: with `conversation_not_found`.
            StoreUnavailable: try again.

        """
        principal, session_id = request.principal.id, request.path.get("session_id")
        if session_id is not None:
            await access_session(self.log, principal, session_id)
            return Opened(id=session_id, reader=None)
        group_id = request.path["group_id"]
        access = await self.gate.access(principal, group_id)
        group = access.known.head.group
        assert group is not None  # noqa: S101 - the gate opens groups only
        return Opened(id=group_id, reader=reader_of(access.member, group))
