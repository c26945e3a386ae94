"""The entity part of the durable extension's HTTP API."""

import json
import re
from typing import Any
from urllib.parse import unquote

import durabletask.internal.orchestrator_service_pb2 as pb
from aiohttp import web
from durabletask.entities import EntityInstanceId
from google.protobuf.wrappers_pb2 import Int32Value, StringValue

from local.functions_host.durable import events, queries
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.errors import InvalidError, NotFoundError
from local.functions_host.http.durable_values import decoded, flag, time_of

_ROUTE = re.compile(r"/entities(?:/([^/]+)(?:/([^/]+))?)?/?")


class EntityApi:
    """Read, list and signal entities."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def handle(self, request: web.Request, path: str) -> web.Response | None:
        """Answer requests below `/entities`; None says that the path is not one of them."""
        match = _ROUTE.fullmatch(path)
        if match is None:
            return None
        name, key = (unquote(each) if each else "" for each in match.groups())
        if request.method == "GET":
            return self._state(name, key) if key else self._list(request, name)
        if key and request.method in {"POST", "DELETE"}:
            return await self._signal(request, name, key)
        return web.Response(status=405)

    def _state(self, name: str, key: str) -> web.Response:
        entity = self._engine.hub.entities.get(_entity_id(name, key))
        if entity is None or entity.state is None:
            raise NotFoundError(f"There is no entity {name} with key {key}.")
        return web.json_response(decoded(StringValue(value=entity.state)))

    def _list(self, request: web.Request, name: str) -> web.Response:
        text, show_state = request.query, flag(request.query, "fetchState", default=False)
        top = text.get("top", "")
        query = pb.EntityQuery(
            instanceIdStartsWith=events.text(f"@{name.lower()}@" if name else None),
            includeState=show_state,
            pageSize=Int32Value(value=int(top)) if top.isdigit() else None,
            continuationToken=events.text(request.headers.get("x-ms-continuation-token", "")),
        )
        if "lastOperationTimeFrom" in text:
            query.lastModifiedFrom.CopyFrom(events.stamp(time_of(text["lastOperationTimeFrom"])))
        if "lastOperationTimeTo" in text:
            query.lastModifiedTo.CopyFrom(events.stamp(time_of(text["lastOperationTimeTo"])))
        page = queries.entities(self._engine.hub, query)
        answer = web.json_response([_described(each, show_state=show_state) for each in page.entities])
        if page.continuationToken.value:
            answer.headers["x-ms-continuation-token"] = page.continuationToken.value
        return answer

    async def _signal(self, request: web.Request, name: str, key: str) -> web.Response:
        operation = request.query.get("op", "delete" if request.method == "DELETE" else "")
        raw = (await request.read()).decode(errors="replace")
        if raw and request.content_type != "application/json":
            raw = json.dumps(raw)
        signal = pb.EntityOperationSignaledEvent(operation=operation, input=events.text(raw or None))
        with self._engine.hub.step():
            self._engine.entities.signal(_entity_id(name, key), signal)
        return web.Response(status=202)


def _entity_id(name: str, key: str) -> str:
    try:
        return str(EntityInstanceId(name, key))
    except ValueError as error:
        raise InvalidError(str(error)) from error


def _described(entity: pb.EntityMetadata, *, show_state: bool) -> dict[str, Any]:
    parsed = EntityInstanceId.parse(entity.instanceId)
    document: dict[str, Any] = {
        "entityId": {"name": parsed.entity, "key": parsed.key},
        "lastOperationTime": entity.lastModifiedTime.ToJsonString(),
    }
    if show_state:
        document["state"] = decoded(entity.serializedState)
    return document
