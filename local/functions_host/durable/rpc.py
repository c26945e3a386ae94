"""The gRPC service that durable clients inside the app dial: `rpcBaseUrl` of the client binding."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
import grpc.aio
from durabletask.entities import EntityInstanceId
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import BoolValue, StringValue

from local import service
from local.functions_host.durable import queries
from local.functions_host.durable.control import Control
from local.functions_host.durable.entities import EntityBook
from local.functions_host.durable.errors import DurableError, InvalidError
from local.functions_host.durable.model import Instance

_SERVICE = "TaskHubSidecarService"
_HISTORY_CHUNK = 100
Methods = Mapping[str, "grpc.RpcMethodHandler[Any, Any]"]


def _given(message: Message, field: str) -> StringValue | None:
    return getattr(message, field) if message.HasField(field) else None


class ClientService:
    """One method per call; waiting calls cost a future, so any number may be parked."""

    def __init__(self, control: Control, entities: EntityBook) -> None:
        self._control = control
        self._hub = control.hub
        self._entities = entities

    def methods(self) -> dict[str, "grpc.RpcMethodHandler[Any, Any]"]:
        """Return the calls a client makes."""
        calls: dict[str, tuple[type[Message], Callable[[Any], Awaitable[Message]]]] = {
            "Hello": (empty_pb2.Empty, self.hello),
            "StartInstance": (pb.CreateInstanceRequest, self.start),
            "GetInstance": (pb.GetInstanceRequest, self.get),
            "WaitForInstanceStart": (pb.GetInstanceRequest, self.wait_start),
            "WaitForInstanceCompletion": (pb.GetInstanceRequest, self.wait_completion),
            "RaiseEvent": (pb.RaiseEventRequest, self.raise_event),
            "TerminateInstance": (pb.TerminateRequest, self.terminate),
            "SuspendInstance": (pb.SuspendRequest, self.suspend),
            "ResumeInstance": (pb.ResumeRequest, self.resume),
            "RewindInstance": (pb.RewindInstanceRequest, self.rewind),
            "RestartInstance": (pb.RestartInstanceRequest, self.restart),
            "QueryInstances": (pb.QueryInstancesRequest, self.query),
            "ListInstanceIds": (pb.ListInstanceIdsRequest, self.list_ids),
            "PurgeInstances": (pb.PurgeInstancesRequest, self.purge),
            "SignalEntity": (pb.SignalEntityRequest, self.signal_entity),
            "GetEntity": (pb.GetEntityRequest, self.get_entity),
            "QueryEntities": (pb.QueryEntitiesRequest, self.query_entities),
            "CleanEntityStorage": (pb.CleanEntityStorageRequest, self.clean_entities),
            "CreateTaskHub": (pb.CreateTaskHubRequest, self.create_hub),
            "DeleteTaskHub": (pb.DeleteTaskHubRequest, self.delete_hub),
        }
        history = streaming(pb.StreamInstanceHistoryRequest, self.stream_history)
        return {"StreamInstanceHistory": history, **{name: unary(*call) for name, call in calls.items()}}

    async def hello(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    async def start(self, request: pb.CreateInstanceRequest) -> pb.CreateInstanceResponse:
        return pb.CreateInstanceResponse(instanceId=self._control.start(request))

    async def get(self, request: pb.GetInstanceRequest) -> pb.GetInstanceResponse:
        return _found(self._hub.instances.get(request.instanceId), request)

    async def wait_start(self, request: pb.GetInstanceRequest) -> pb.GetInstanceResponse:
        def started(instance: Instance) -> bool:
            return instance.state.orchestrationStatus != pb.ORCHESTRATION_STATUS_PENDING

        return _found(await self._hub.wait_for(request.instanceId, started), request)

    async def wait_completion(self, request: pb.GetInstanceRequest) -> pb.GetInstanceResponse:
        instance = await self._hub.wait_for(request.instanceId, lambda each: each.finished)
        return _found(instance, request)

    async def raise_event(self, request: pb.RaiseEventRequest) -> pb.RaiseEventResponse:
        self._control.raise_event(request.instanceId, request.name, _given(request, "input"))
        return pb.RaiseEventResponse()

    async def terminate(self, request: pb.TerminateRequest) -> pb.TerminateResponse:
        output = _given(request, "output")
        self._control.terminate(request.instanceId, output, recursive=request.recursive)
        return pb.TerminateResponse()

    async def suspend(self, request: pb.SuspendRequest) -> pb.SuspendResponse:
        self._control.suspend(request.instanceId, _given(request, "reason"))
        return pb.SuspendResponse()

    async def resume(self, request: pb.ResumeRequest) -> pb.ResumeResponse:
        self._control.resume(request.instanceId, _given(request, "reason"))
        return pb.ResumeResponse()

    async def rewind(self, request: pb.RewindInstanceRequest) -> pb.RewindInstanceResponse:
        self._control.rewind(request.instanceId, _given(request, "reason"))
        return pb.RewindInstanceResponse()

    async def restart(self, request: pb.RestartInstanceRequest) -> pb.RestartInstanceResponse:
        instance_id = self._control.restart(request.instanceId, new_id=request.restartWithNewInstanceId)
        return pb.RestartInstanceResponse(instanceId=instance_id)

    async def query(self, request: pb.QueryInstancesRequest) -> pb.QueryInstancesResponse:
        return queries.instances(self._hub, request.query)

    async def list_ids(self, request: pb.ListInstanceIdsRequest) -> pb.ListInstanceIdsResponse:
        return queries.finished_ids(self._hub, request)

    async def purge(self, request: pb.PurgeInstancesRequest) -> pb.PurgeInstancesResponse:
        if request.HasField("purgeInstanceFilter"):
            wanted = queries.purgeable(self._hub, request.purgeInstanceFilter)
        elif request.HasField("instanceBatch"):
            wanted = list(request.instanceBatch.instanceIds)
        else:
            wanted = [request.instanceId]
        count = self._control.purge(wanted)
        return pb.PurgeInstancesResponse(deletedInstanceCount=count, isComplete=BoolValue(value=True))

    async def signal_entity(self, request: pb.SignalEntityRequest) -> pb.SignalEntityResponse:
        try:
            EntityInstanceId.parse(request.instanceId)
        except ValueError as error:
            raise InvalidError(str(error)) from error
        signal = pb.EntityOperationSignaledEvent(
            requestId=request.requestId,
            operation=request.name,
            input=_given(request, "input"),
            scheduledTime=request.scheduledTime if request.HasField("scheduledTime") else None,
        )
        with self._hub.step():
            self._entities.signal(request.instanceId, signal)
        return pb.SignalEntityResponse()

    async def get_entity(self, request: pb.GetEntityRequest) -> pb.GetEntityResponse:
        entity = self._hub.entities.get(request.instanceId)
        if entity is None or entity.state is None:
            return pb.GetEntityResponse(exists=False)
        metadata = queries.entity_metadata(entity, include_state=request.includeState)
        return pb.GetEntityResponse(exists=True, entity=metadata)

    async def query_entities(self, request: pb.QueryEntitiesRequest) -> pb.QueryEntitiesResponse:
        return queries.entities(self._hub, request.query)

    async def clean_entities(self, request: pb.CleanEntityStorageRequest) -> pb.CleanEntityStorageResponse:
        return pb.CleanEntityStorageResponse(
            emptyEntitiesRemoved=self._entities.remove_empty() if request.removeEmptyEntities else 0,
            orphanedLocksReleased=self._entities.release_orphans() if request.releaseOrphanedLocks else 0,
        )

    async def create_hub(self, _request: pb.CreateTaskHubRequest) -> pb.CreateTaskHubResponse:
        return pb.CreateTaskHubResponse()

    async def delete_hub(self, _request: pb.DeleteTaskHubRequest) -> pb.DeleteTaskHubResponse:
        return pb.DeleteTaskHubResponse()

    async def stream_history(
        self, request: pb.StreamInstanceHistoryRequest, context: Any
    ) -> AsyncIterator[pb.HistoryChunk]:
        try:
            history = self._control.history(request.instanceId)
        except DurableError as error:
            await context.abort(error.code, str(error))
            return
        for start in range(0, len(history), _HISTORY_CHUNK):
            yield pb.HistoryChunk(events=history[start : start + _HISTORY_CHUNK])


def _found(instance: Instance | None, request: pb.GetInstanceRequest) -> pb.GetInstanceResponse:
    if instance is None:
        return pb.GetInstanceResponse(exists=False)
    state = queries.state_of(instance, payloads=request.getInputsAndOutputs)
    return pb.GetInstanceResponse(exists=True, orchestrationState=state)


def unary(
    request_type: type[Message], method: Callable[[Any], Awaitable[Message]]
) -> "grpc.RpcMethodHandler[Any, Any]":
    """Return the handler of a call with one answer; a DurableError becomes its status."""

    async def call(request: Message, context: Any) -> Message:
        try:
            return await method(request)
        except DurableError as error:
            await context.abort(error.code, str(error))
            raise

    return grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=request_type.FromString, response_serializer=_serialize
    )


def streaming(
    request_type: type[Message], method: Callable[[Any, Any], AsyncIterator[Message]]
) -> "grpc.RpcMethodHandler[Any, Any]":
    """Return the handler of a call with a stream of answers."""
    return grpc.unary_stream_rpc_method_handler(
        method, request_deserializer=request_type.FromString, response_serializer=_serialize
    )


def _serialize(message: Message) -> bytes:
    return message.SerializeToString()


async def serve(methods: Methods, message_bytes: int, port: int) -> tuple[grpc.aio.Server, int]:
    """Start the server on a loopback port, 0 for a free one; messages above `message_bytes` are refused.

    Raises:
        PortBusyError: another program holds the port.

    """
    options = [("grpc.max_receive_message_length", message_bytes), ("grpc.max_send_message_length", -1)]
    server = grpc.aio.server(options=[*options, ("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, dict(methods)),))
    try:
        bound = server.add_insecure_port(f"{service.HOST}:{port}")
    except RuntimeError as error:
        raise service.PortBusyError(port) from error
    await server.start()
    return server, bound
