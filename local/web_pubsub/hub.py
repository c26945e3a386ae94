"""One hub's live connections by id, group and user."""

from collections.abc import Iterable, Iterator

from local.web_pubsub.connection import Connection, Message

type Members = dict[str, Connection]
_NOBODY: Members = {}


class Hub:
    """An index; it sends, but decides nothing about who may do what."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.connections: Members = {}
        self.groups: dict[str, Members] = {}
        self.users: dict[str, Members] = {}

    def add(self, connection: Connection) -> None:
        self.connections[connection.id] = connection
        if connection.user_id is not None:
            self.users.setdefault(connection.user_id, {})[connection.id] = connection

    def remove(self, connection: Connection) -> None:
        """Forget a connection and its memberships; removing twice is harmless."""
        self.connections.pop(connection.id, None)
        self.leave_all(connection)
        if connection.user_id is not None:
            _take(self.users, connection.user_id, connection)

    def join(self, connection: Connection, group: str) -> None:
        if not connection.ended:
            connection.groups |= {group}
            self.groups.setdefault(group, {})[connection.id] = connection

    def leave(self, connection: Connection, group: str) -> None:
        connection.groups -= {group}
        _take(self.groups, group, connection)

    def leave_all(self, connection: Connection) -> None:
        for group in connection.groups:
            _take(self.groups, group, connection)
        connection.groups = frozenset()

    def in_group(self, group: str) -> Members:
        return self.groups.get(group, _NOBODY)

    def of_user(self, user_id: str) -> Members:
        return self.users.get(user_id, _NOBODY)

    def send(self, receivers: Iterable[Connection], message: Message) -> int:
        """Send to each receiver; returns how many there were."""
        chosen = list(receivers)  # an overflowing client is removed from the index while we walk
        for connection in chosen:
            connection.send(message)
        return len(chosen)


class Hubs:
    """All hubs, made when first used; names are compared without regard to case."""

    def __init__(self) -> None:
        self._hubs: dict[str, Hub] = {}

    def get(self, name: str) -> Hub:
        key = name.lower()
        hub = self._hubs.get(key)
        if hub is None:
            hub = self._hubs[key] = Hub(key)
        return hub

    def __iter__(self) -> Iterator[Hub]:
        return iter(list(self._hubs.values()))

    def connections(self) -> list[Connection]:
        return [connection for hub in self for connection in hub.connections.values()]


def _take(index: dict[str, Members], key: str, connection: Connection) -> None:
    members = index.get(key)
    if members is not None:
        members.pop(connection.id, None)
        if not members:
            del index[key]
