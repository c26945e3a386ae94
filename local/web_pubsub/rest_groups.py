"""REST operations on group membership."""

import base64
import binascii
from http import HTTPStatus
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from local.web_pubsub import names
from local.web_pubsub.connection import Connection
from local.web_pubsub.hub import Hub, Hubs
from local.web_pubsub.rest_common import (
    RestError,
    bad_request,
    connection_of,
    done,
    exists,
    filter_of,
    group_of,
    hub_of,
    number_of,
)

_MAX_PAGE = 200


class BulkBody(BaseModel):
    """Body of the two bulk operations; without a filter they concern every connection of the hub."""

    groups: list[str] = Field(min_length=1)
    filter: str | None = None


class GroupOperations:
    def __init__(self, hubs: Hubs) -> None:
        self._hubs = hubs

    async def exists(self, request: web.Request) -> web.Response:
        return exists(found=bool(hub_of(request, self._hubs).in_group(group_of(request))))

    async def add_connection(self, request: web.Request) -> web.Response:
        hub, group = hub_of(request, self._hubs), group_of(request)
        connection = connection_of(request, hub)
        if connection is None:
            raise RestError(HTTPStatus.NOT_FOUND, "There is no such connection.", "Error.NotFound")
        hub.join(connection, group)
        return web.Response()

    async def remove_connection(self, request: web.Request) -> web.Response:
        hub, group = hub_of(request, self._hubs), group_of(request)
        connection = connection_of(request, hub)
        if connection is not None:
            hub.leave(connection, group)
        return done()

    async def remove_connection_from_all(self, request: web.Request) -> web.Response:
        hub = hub_of(request, self._hubs)
        connection = connection_of(request, hub)
        if connection is not None:
            hub.leave_all(connection)
        return done()

    async def add_user(self, request: web.Request) -> web.Response:
        hub, group = hub_of(request, self._hubs), group_of(request)
        for connection in list(hub.of_user(request.match_info["user"]).values()):
            hub.join(connection, group)
        return web.Response()

    async def remove_user(self, request: web.Request) -> web.Response:
        hub, group = hub_of(request, self._hubs), group_of(request)
        for connection in list(hub.of_user(request.match_info["user"]).values()):
            hub.leave(connection, group)
        return done()

    async def remove_user_from_all(self, request: web.Request) -> web.Response:
        hub = hub_of(request, self._hubs)
        for connection in list(hub.of_user(request.match_info["user"]).values()):
            hub.leave_all(connection)
        return done()

    async def add_to_groups(self, request: web.Request) -> web.Response:
        hub, groups, connections = await self._bulk(request)
        for connection in connections:
            for group in groups:
                hub.join(connection, group)
        return web.Response()

    async def remove_from_groups(self, request: web.Request) -> web.Response:
        hub, groups, connections = await self._bulk(request)
        for connection in connections:
            for group in groups:
                hub.leave(connection, group)
        return web.Response()

    async def _bulk(self, request: web.Request) -> tuple[Hub, list[str], list[Connection]]:
        hub = hub_of(request, self._hubs)
        try:
            body = BulkBody.model_validate_json(await request.read())
        except ValidationError as error:
            raise bad_request("The body is {groups: [...], filter?: text}.") from error
        if not all(names.is_group(group) for group in body.groups):
            raise bad_request("A group name is invalid.")
        predicate = filter_of(body.filter)
        everyone = hub.connections.values()
        return hub, body.groups, [each for each in everyone if predicate is None or predicate(each)]

    async def members(self, request: web.Request) -> web.Response:
        """List a group's connections in id order, a page at a time; `top` bounds all pages together."""
        hub, group = hub_of(request, self._hubs), group_of(request)
        size = number_of(request, "maxpagesize", 1, _MAX_PAGE) or _MAX_PAGE
        top = number_of(request, "top", 0, 2**31)
        after = _position(request.query.get("continuationToken"))
        left = sorted(each for each in hub.in_group(group) if each > after)
        page = left[: size if top is None else min(size, top)]
        body: dict[str, object] = {"value": [_member(hub.connections[each]) for each in page]}
        rest = None if top is None else top - len(page)
        if len(left) > len(page) and page and rest != 0:
            body["nextLink"] = _next_link(request, page[-1], rest)
        return web.json_response(body)


def _member(connection: Connection) -> dict[str, str]:
    member = {"connectionId": connection.id}
    if connection.user_id is not None:
        member["userId"] = connection.user_id
    return member


def _position(token: str | None) -> str:
    if token is None:
        return ""
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise bad_request("The continuation token is invalid.") from error


def _next_link(request: web.Request, last: str, top: int | None) -> str:
    query = [(key, value) for key, value in request.query.items() if key not in ("continuationToken", "top")]
    token = base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")
    query.append(("continuationToken", token))
    if top is not None:
        query.append(("top", str(top)))
    path = request.raw_path.partition("?")[0]
    return f"{request.scheme}://{request.host}{path}?{urlencode(query)}"
