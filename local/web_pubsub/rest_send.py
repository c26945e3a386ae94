"""REST operations that send a message."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import cast

from aiohttp import web

from local.hold_door import abort
from local.holds import RequestDroppedError, Words
from local.web_pubsub.chaos import Chaos
from local.web_pubsub.connection import Connection, Message, message_to
from local.web_pubsub.hub import Hub, Hubs
from local.web_pubsub.payload import Payload, PayloadError, check_metadata, load_json, payload_of_http
from local.web_pubsub.rest_common import RestError, bad_request, chosen, group_of, hub_of, ttl_of
from local.web_pubsub.settings import MAX_MESSAGE_BYTES
from local.web_pubsub.traffic import Traffic

_METADATA = "x-webpubsub-metadata-"

type Finder = Callable[[Hub], Iterable[Connection]]


async def read_payload(request: web.Request) -> Payload:
    """Return the request's content; a missing content type means binary.

    Raises:
        RestError: 400 for too much or malformed content, 415 for an unknown media type.

    """
    if (request.content_length or 0) > MAX_MESSAGE_BYTES:
        raise bad_request("A message has at most 1 MB.")
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise bad_request("A message has at most 1 MB.") from error
    metadata = {
        name[len(_METADATA) :]: value for name, value in request.headers.items() if name.lower().startswith(_METADATA)
    }
    try:
        check_metadata(metadata)
        payload = payload_of_http(request.content_type, request.charset, body, metadata)
    except PayloadError as error:
        raise bad_request(str(error)) from error
    if payload is None or request.content_type == "application/x-protobuf":
        text = f"Content type {request.content_type} is not supported."
        raise RestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text, "Error.UnsupportedMediaType")
    return payload


def _words(hub: Hub, target: str, payload: Payload) -> Words:
    """Describe a send to tests that hold it; `type` is that of the event it carries, if it is one."""
    try:
        content = load_json(payload.content)
    except PayloadError:
        content = None
    kind = cast("dict[str, object]", content).get("type", "") if isinstance(content, dict) else ""
    return {"hub": [hub.name], "target": [target], "type": [str(kind)]}


class SendOperations:
    """Sends to all, a group, a user or a connection; 202 whether or not anyone is there."""

    def __init__(self, hubs: Hubs, chaos: Chaos, traffic: Traffic) -> None:
        self._hubs = hubs
        self._chaos = chaos
        self._traffic = traffic

    async def _send(self, request: web.Request, target: str, find: Finder, group: str | None = None) -> web.Response:
        hub = hub_of(request, self._hubs)
        payload = await read_payload(request)
        message = message_to(payload, ttl=ttl_of(request), group=group)
        passage = self._chaos.holds.take(lambda: _words(hub, target, payload))
        try:
            await passage.reach("before")
            await self._carry_out(request, target, message, find=find, hub=hub)
            await passage.reach("done")
        except RequestDroppedError:
            return abort(request)
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _carry_out(self, request: web.Request, target: str, message: Message, *, find: Finder, hub: Hub) -> None:
        """Deliver the message, as often as the switches say.

        Raises:
            RestError: the switches want it refused.
            RequestDroppedError: they want it delivered and its answer lost.

        """
        times = await self._chaos.sends()
        refusal = self._chaos.take_send_failure()
        if refusal is not None:
            raise RestError(refusal, "Refused on purpose.", "Error.Injected")
        count = 0
        for _ in range(times):
            count += self._deliver(hub, request, find, message)
        self._traffic.note("send", hub.name, target, f"{count} receivers", message.payload.content)
        if self._chaos.take_lost_answer():
            raise RequestDroppedError

    def _deliver(self, hub: Hub, request: web.Request, find: Finder, message: Message) -> int:
        return hub.send(chosen(request, find(hub)), message)

    async def to_all(self, request: web.Request) -> web.Response:
        return await self._send(request, "all", lambda hub: hub.connections.values())

    async def to_group(self, request: web.Request) -> web.Response:
        group = group_of(request)
        return await self._send(request, f"group {group}", lambda hub: hub.in_group(group).values(), group)

    async def to_user(self, request: web.Request) -> web.Response:
        user_id = request.match_info["user"]
        return await self._send(request, f"user {user_id}", lambda hub: hub.of_user(user_id).values())

    async def to_connection(self, request: web.Request) -> web.Response:
        connection_id = request.match_info["connection"]

        def find(hub: Hub) -> list[Connection]:
            connection = hub.connections.get(connection_id)
            return [] if connection is None else [connection]

        return await self._send(request, f"connection {connection_id}", find)
