"""The durable extension's HTTP API under `/runtime/webhooks/durabletask`."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import durabletask.internal.orchestrator_service_pb2 as pb
from aiohttp import web
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events, queries
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.errors import DurableError, FinishedError, InvalidError
from local.functions_host.http import history
from local.functions_host.http.durable_values import STATUS_NAMES, decoded, flag, time_of
from local.functions_host.http.entities import EntityApi

PREFIX = "/runtime/webhooks/durabletask"
_INSTANCE = re.compile(r"/instances/([^/]+)(?:/(\w+)(?:/(.+))?)?/?")
_START = re.compile(r"/orchestrators/([^/]+)(?:/([^/]+))?/?")
_STATUS_VALUES = {name.lower(): value for value, name in STATUS_NAMES.items()}


def _statuses(query: Mapping[str, str]) -> list[pb.OrchestrationStatus]:
    names = [each.strip().lower() for each in query.get("runtimeStatus", "").split(",") if each.strip()]
    unknown = [each for each in names if each not in _STATUS_VALUES]
    if unknown:
        raise InvalidError(f"unknown runtimeStatus {unknown[0]}")
    return [_STATUS_VALUES[each] for each in names]


def describe(state: pb.OrchestrationState, *, show_input: bool = True) -> dict[str, Any]:
    """Return the status document of one instance."""
    output: Any = decoded(state.output)
    if state.HasField("failureDetails"):
        output = state.failureDetails.errorMessage
    return {
        "name": state.name,
        "instanceId": state.instanceId,
        "runtimeStatus": STATUS_NAMES[state.orchestrationStatus],
        "input": decoded(state.input) if show_input else None,
        "customStatus": decoded(state.customStatus),
        "output": output,
        "createdTime": state.createdTimestamp.ToJsonString(),
        "lastUpdatedTime": state.lastUpdatedTimestamp.ToJsonString(),
    }


class Management:
    """Answers status, control and purge requests."""

    def __init__(self, engine: Engine) -> None:
        self._hub = engine.hub
        self._control = engine.control
        self._entities = EntityApi(engine)

    async def handle(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path[len(PREFIX) :]
        try:
            if path.rstrip("/") == "/instances":
                return self._list(request) if request.method == "GET" else self._purge_many(request)
            if match := _INSTANCE.fullmatch(path):
                return await self._instance(request, *(unquote(each) if each else "" for each in match.groups()))
            if match := _START.fullmatch(path):
                return await self._start(request, *(unquote(each) if each else "" for each in match.groups()))
            answer = await self._entities.handle(request, path)
        except DurableError as error:
            return web.Response(status=error.http_status, text=str(error))
        return answer or web.Response(status=404)

    async def _instance(self, request: web.Request, instance_id: str, action: str, rest: str) -> web.Response:
        if not action and request.method == "GET":
            return self._status(request, instance_id)
        if not action and request.method == "DELETE":
            return self._purge_one(instance_id)
        if not action or request.method != "POST":
            return web.Response(status=405)
        reason = request.query.get("reason")
        match action.lower():
            case "raiseevent" if rest:
                self._control.raise_event(instance_id, rest, await _body(request))
            case "restart":
                new_id = flag(request.query, "restartWithNewInstanceId", default=True)
                return self._accepted(request, self._control.restart(instance_id, new_id=new_id))
            case _:
                return self._act(instance_id, action.lower(), reason)
        return web.Response(status=202)

    def _act(self, instance_id: str, action: str, reason: str | None) -> web.Response:
        payload = None if reason is None else events.text(json.dumps(reason))
        match action:
            case "terminate":
                self._unfinished(instance_id)
                self._control.terminate(instance_id, payload)
            case "suspend":
                self._control.suspend(instance_id, payload)
            case "resume":
                self._control.resume(instance_id, payload)
            case "rewind":
                self._control.rewind(instance_id, events.text(reason))
            case _:
                return web.Response(status=404)
        return web.Response(status=202)

    def _unfinished(self, instance_id: str) -> None:
        if self._control.get(instance_id).finished:
            raise FinishedError(f"The instance '{instance_id}' has already finished.")

    def _status(self, request: web.Request, instance_id: str) -> web.Response:
        instance = self._control.get(instance_id)
        document = describe(instance.state, show_input=flag(request.query, "showInput", default=True))
        if flag(request.query, "showHistory", default=False):
            show_output = flag(request.query, "showHistoryOutput", default=False)
            document["historyEvents"] = history.described(self._control.history(instance_id), show_output=show_output)
        failed = instance.state.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
        code = 200 if instance.finished else 202
        if failed and flag(request.query, "returnInternalServerErrorOnFailure", default=False):
            code = 500
        answer = web.json_response(document, status=code)
        if not instance.finished:
            answer.headers["Location"] = str(request.url)
            answer.headers["Retry-After"] = "10"
        return answer

    def _purge_one(self, instance_id: str) -> web.Response:
        self._control.get(instance_id)
        count = self._control.purge([instance_id])
        return web.json_response({"instancesDeleted": count}, status=200 if count else 404)

    def _list(self, request: web.Request) -> web.Response:
        text = request.query
        query = pb.InstanceQuery(
            runtimeStatus=_statuses(text),
            maxInstanceCount=int(text["top"]) if text.get("top", "").isdigit() else 0,
            instanceIdPrefix=events.text(text.get("instanceIdPrefix", "")),
            continuationToken=events.text(request.headers.get("x-ms-continuation-token", "")),
            fetchInputsAndOutputs=True,
        )
        if "createdTimeFrom" in text:
            query.createdTimeFrom.CopyFrom(events.stamp(time_of(text["createdTimeFrom"])))
        if "createdTimeTo" in text:
            query.createdTimeTo.CopyFrom(events.stamp(time_of(text["createdTimeTo"])))
        page = queries.instances(self._hub, query)
        show_input = flag(text, "showInput", default=True)
        answer = web.json_response([describe(each, show_input=show_input) for each in page.orchestrationState])
        if page.continuationToken.value:
            answer.headers["x-ms-continuation-token"] = page.continuationToken.value
        return answer

    def _purge_many(self, request: web.Request) -> web.Response:
        if request.method != "DELETE":
            return web.Response(status=405)
        text = request.query
        wanted = pb.PurgeInstanceFilter(runtimeStatus=_statuses(text))
        if "createdTimeFrom" not in text:
            raise InvalidError("createdTimeFrom is required")
        wanted.createdTimeFrom.CopyFrom(events.stamp(time_of(text["createdTimeFrom"])))
        if "createdTimeTo" in text:
            wanted.createdTimeTo.CopyFrom(events.stamp(time_of(text["createdTimeTo"])))
        count = self._control.purge(queries.purgeable(self._hub, wanted))
        return web.json_response({"instancesDeleted": count}, status=200 if count else 404)

    async def _start(self, request: web.Request, name: str, instance_id: str) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405)
        start = pb.CreateInstanceRequest(name=name, instanceId=instance_id, input=await _body(request))
        return self._accepted(request, self._control.start(start))

    def _accepted(self, request: web.Request, instance_id: str) -> web.Response:
        base = f"{request.scheme}://{request.host}{PREFIX}/instances/{quote(instance_id, safe='')}"
        document = {
            "id": instance_id,
            "statusQueryGetUri": base,
            "sendEventPostUri": f"{base}/raiseEvent/{{eventName}}",
            "terminatePostUri": f"{base}/terminate?reason={{text}}",
            "suspendPostUri": f"{base}/suspend?reason={{text}}",
            "resumePostUri": f"{base}/resume?reason={{text}}",
            "rewindPostUri": f"{base}/rewind?reason={{text}}",
            "restartPostUri": f"{base}/restart",
            "purgeHistoryDeleteUri": base,
        }
        return web.json_response(document, status=202, headers={"Location": base, "Retry-After": "10"})


async def _body(request: web.Request) -> StringValue | None:
    raw = await request.read()
    if not raw:
        return None
    try:
        json.loads(raw)
        return StringValue(value=raw.decode())
    except ValueError as error:
        raise InvalidError("The body must be JSON.") from error
