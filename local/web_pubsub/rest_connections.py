"""REST operations on connections, users, permissions and client tokens."""

from collections.abc import Iterable
from http import HTTPStatus

from aiohttp import web

from local.web_pubsub import names
from local.web_pubsub.connection import Connection
from local.web_pubsub.hub import Hubs
from local.web_pubsub.lifecycle import Lifecycle
from local.web_pubsub.permissions import Permission
from local.web_pubsub.rest_common import (
    RestError,
    bad_request,
    chosen,
    connection_of,
    done,
    exists,
    group_of,
    hub_of,
    number_of,
    reason_of,
)
from local.web_pubsub.tokens import Tokens

_DEFAULT_MINUTES = 60
_CLIENT_PATHS = {"default": "client", "mqtt": "clients/mqtt", "socketio": "clients/socketio"}
_MAX_MINUTES = 7 * 24 * 60


class ConnectionOperations:
    def __init__(self, hubs: Hubs, lifecycle: Lifecycle) -> None:
        self._hubs = hubs
        self._lifecycle = lifecycle

    async def exists(self, request: web.Request) -> web.Response:
        return exists(found=connection_of(request, hub_of(request, self._hubs)) is not None)

    async def user_exists(self, request: web.Request) -> web.Response:
        return exists(found=bool(hub_of(request, self._hubs).of_user(request.match_info["user"])))

    def _close(self, request: web.Request, connections: Iterable[Connection]) -> web.Response:
        for connection in chosen(request, connections):
            self._lifecycle.end(connection, reason_of(request))
        return done()

    async def close(self, request: web.Request) -> web.Response:
        connection = connection_of(request, hub_of(request, self._hubs))
        return self._close(request, [] if connection is None else [connection])

    async def close_all(self, request: web.Request) -> web.Response:
        return self._close(request, hub_of(request, self._hubs).connections.values())

    async def close_group(self, request: web.Request) -> web.Response:
        return self._close(request, hub_of(request, self._hubs).in_group(group_of(request)).values())

    async def close_user(self, request: web.Request) -> web.Response:
        user_id = request.match_info["user"]
        return self._close(request, hub_of(request, self._hubs).of_user(user_id).values())


class PermissionOperations:
    def __init__(self, hubs: Hubs) -> None:
        self._hubs = hubs

    def _target(self, request: web.Request) -> tuple[Connection | None, Permission, str | None]:
        try:
            permission = Permission(request.match_info["permission"])
        except ValueError as error:
            raise bad_request("The permission is joinLeaveGroup or sendToGroup.") from error
        group = request.query.get("targetName")
        if group is not None and not names.is_group(group):
            raise bad_request("targetName is not a group name.")
        return connection_of(request, hub_of(request, self._hubs)), permission, group

    async def grant(self, request: web.Request) -> web.Response:
        connection, permission, group = self._target(request)
        if connection is None:
            raise RestError(HTTPStatus.NOT_FOUND, "There is no such connection.", "Error.NotFound")
        connection.permissions.grant(permission, group)
        return web.Response()

    async def check(self, request: web.Request) -> web.Response:
        connection, permission, group = self._target(request)
        return exists(found=connection is not None and connection.permissions.allows(permission, group))

    async def revoke(self, request: web.Request) -> web.Response:
        connection, permission, group = self._target(request)
        if connection is not None:
            connection.permissions.revoke(permission, group)
        return done()


class TokenOperations:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    async def generate(self, request: web.Request) -> web.Response:
        """Return a client access token for the host that was asked.

        MQTT and Socket.IO clients get tokens for their own paths, which this service does not serve.
        """
        hub, query = request.match_info["hub"], request.query
        if not names.is_hub(hub):
            raise bad_request("The hub name is invalid.")
        path = _CLIENT_PATHS.get(query.get("clientType", "Default").lower())
        if path is None:
            raise bad_request("clientType is Default, MQTT or SocketIO.")
        groups = query.getall("group", [])
        if not all(names.is_group(group) for group in groups):
            raise bad_request("A group name is invalid.")
        minutes = number_of(request, "minutesToExpire", 1, _MAX_MINUTES) or _DEFAULT_MINUTES
        audience = f"{request.scheme}://{request.host}/{path}/hubs/{hub}"
        token = self._tokens.make_client(audience, query.get("userId"), query.getall("role", []), groups, minutes)
        return web.json_response({"token": token})
