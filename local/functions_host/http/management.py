"""The durable extension's HTTP API under `/runtime/webhooks/durabletask`."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import durabletask.internal.orchestrator_service_pb2 as pb
from aiohttp import web
from google.protobuf.json_format import MessageToDict
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable import events, queries
from local.functions_host.durable.control import Control
from local.functions_host.durable.errors import DurableError, FinishedError, InvalidError
from local.functions_host.durable.hub import Hub

PREFIX = "/runtime/webhooks/durabletask"
_INSTANCE = re.compile(r"/instances/([^/]+)(?:/(\w+)(?:/(.+))?)?/?")
_START = re.compile(r"/orchestrators/([^/]+)(?:/([^/]+))?/?")
_STATUS_NAMES = {
    pb.ORCHESTRATION_STATUS_RUNNING: "Running",
    pb.ORCHESTRATION_STATUS_COMPLETED: "Completed",
    pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW: "ContinuedAsNew",
    pb.ORCHESTRATION_STATUS_FAILED: "Failed",
    pb.ORCHESTRATION_STATUS_CANCELED: "Canceled",
    pb.ORCHESTRATION_STATUS_TERMINATED: "Terminated",
    pb.ORCHESTRATION_STATUS_PENDING: "Pending",
    pb.ORCHESTRATION_STATUS_SUSPENDED: "Suspended",
}
_STATUS_VALUES = {name.lower(): value for value, name in _STATUS_NAMES.items()}


def _flag(query: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = query.get(name)
    return default if value is None else value.lower() == "true"


def _payload(value: StringValue) -> Any:
    try:
        return json.loads(value.value) if value.value else None
    except ValueError:
        return value.value


def _time(value: str) -> float:
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError as error:
        raise InvalidError(f"'{value}' is not a date.") from error


def _statuses(query: Mapping[str, str]) -> list[pb.OrchestrationStatus]:
    names = [each.strip().lower() for each in query.get("runtimeStatus", "").split(",") if each.strip()]
    unknown = [each for each in names if each not in _STATUS_VALUES]
    if unknown:
        raise InvalidError(f"unknown runtimeStatus {unknown[0]}")
    return [_STATUS_VALUES[each] for each in names]


def describe(state: pb.OrchestrationState, *, show_input: bool = True) -> dict[str, Any]:
    """Return the status document of one instance."""
    output: Any = _payload(state.output)
    if state.HasField("failureDetails"):
        output = state.failureDetails.errorMessage
    return {
        "name": state.name,
        "instanceId": state.instanceId,
        "runtimeStatus": _STATUS_NAMES[state.orchestrationStatus],
        "input": _payload(state.input) if show_input else None,
        "customStatus": _payload(state.customStatus),
        "output": output,
        "createdTime": state.createdTimestamp.ToJsonString(),
        "lastUpdatedTime": state.lastUpdatedTimestamp.ToJsonString(),
    }


class Management:
    """Answers status, control and purge requests."""

    def __init__(self, hub: Hub, control: Control) -> None:
        self._hub = hub
        self._control = control

    async def handle(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path[len(PREFIX) :]
        try:
            if path.rstrip("/") == "/instances":
                return self._list(request) if request.method == "GET" else self._purge_many(request)
            if match := _INSTANCE.fullmatch(path):
                return await self._instance(request, *(unquote(each) if each else "" for each in match.groups()))
            if match := _START.fullmatch(path):
                return await self._start(request, *(unquote(each) if each else "" for each in match.groups()))
        except DurableError as error:
            return web.Response(status=error.http_status, text=str(error))
        return web.Response(status=404)

    async def _instance(self, request: web.Request, instance_id: str, action: str, rest: str) -> web.Response:
        if not action:
            if request.method == "GET":
                return self._status(request, instance_id)
            if request.method == "DELETE":
                return self._purge_one(instance_id)
            return web.Response(status=405)
        if request.method != "POST":
            return web.Response(status=405)
        reason = events.text(json.dumps(request.query["reason"])) if "reason" in request.query else None
        match action.lower():
            case "raiseevent" if rest:
                self._control.raise_event(instance_id, rest, await _body(request))
            case "terminate":
                self._unfinished(instance_id)
                self._control.terminate(instance_id, reason)
            case "suspend":
                self._control.suspend(instance_id, reason)
            case "resume":
                self._control.resume(instance_id, reason)
            case "restart":
                new_id = _flag(request.query, "restartWithNewInstanceId", default=True)
                return self._accepted(request, self._control.restart(instance_id, new_id=new_id))
            case _:
                return web.Response(status=404)
        return web.Response(status=202)

    def _unfinished(self, instance_id: str) -> None:
        if self._control.get(instance_id).finished:
            raise FinishedError(f"The instance '{instance_id}' has already finished.")

    def _status(self, request: web.Request, instance_id: str) -> web.Response:
        instance = self._control.get(instance_id)
        document = describe(instance.state, show_input=_flag(request.query, "showInput", default=True))
        if _flag(request.query, "showHistory", default=False):
            document["historyEvents"] = [MessageToDict(each) for each in self._control.history(instance_id)]
        failed = instance.state.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
        code = 200 if instance.finished else 202
        if failed and _flag(request.query, "returnInternalServerErrorOnFailure", default=False):
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
            query.createdTimeFrom.CopyFrom(events.stamp(_time(text["createdTimeFrom"])))
        if "createdTimeTo" in text:
            query.createdTimeTo.CopyFrom(events.stamp(_time(text["createdTimeTo"])))
        page = queries.instances(self._hub, query)
        show_input = _flag(text, "showInput", default=True)
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
        wanted.createdTimeFrom.CopyFrom(events.stamp(_time(text["createdTimeFrom"])))
        if "createdTimeTo" in text:
            wanted.createdTimeTo.CopyFrom(events.stamp(_time(text["createdTimeTo"])))
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
