"""Reading many orchestrations or entities: filters, order, pages."""

from collections.abc import Callable, Iterable

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from local.functions_host.durable import events
from local.functions_host.durable.hub import Hub
from local.functions_host.durable.model import Entity, Instance

_PAGE = 100
_SEPARATOR = "|"


def _inside(value: Timestamp, message: pb.InstanceQuery | pb.PurgeInstanceFilter) -> bool:
    moment = value.ToNanoseconds()
    if message.HasField("createdTimeFrom") and moment < message.createdTimeFrom.ToNanoseconds():
        return False
    return not (message.HasField("createdTimeTo") and moment >= message.createdTimeTo.ToNanoseconds())


def state_of(instance: Instance, *, payloads: bool) -> pb.OrchestrationState:
    """Return a copy of the state; input and output only if asked for."""
    state = pb.OrchestrationState()
    state.CopyFrom(instance.state)
    if not payloads:
        state.ClearField("input")
        state.ClearField("output")
    return state


def instances(hub: Hub, query: pb.InstanceQuery) -> pb.QueryInstancesResponse:
    """Return one page in order of creation; the continuation token is an offset."""
    wanted = set(query.runtimeStatus)
    prefix = query.instanceIdPrefix.value
    found = [
        each
        for each in hub.instances.values()
        if (not wanted or each.state.orchestrationStatus in wanted)
        and each.instance_id.startswith(prefix)
        and _inside(each.state.createdTimestamp, query)
    ]
    found.sort(key=lambda each: each.state.createdTimestamp.ToNanoseconds())
    page, token = _page(found, query.continuationToken.value, query.maxInstanceCount)
    return pb.QueryInstancesResponse(
        orchestrationState=[state_of(each, payloads=query.fetchInputsAndOutputs) for each in page],
        continuationToken=events.text(token),
    )


def _page[T](found: list[T], token: str, size: int) -> tuple[list[T], str | None]:
    start = int(token) if token.isdigit() else 0
    end = start + size if size > 0 else len(found)
    return found[start:end], str(end) if end < len(found) else None


def purgeable(hub: Hub, wanted: pb.PurgeInstanceFilter) -> list[str]:
    """Return ids of the finished instances a purge filter means."""
    statuses = set(wanted.runtimeStatus)
    return [
        each.instance_id
        for each in hub.instances.values()
        if each.finished
        and (not statuses or each.state.orchestrationStatus in statuses)
        and _inside(each.state.createdTimestamp, wanted)
    ]


def finished_ids(hub: Hub, request: pb.ListInstanceIdsRequest) -> pb.ListInstanceIdsResponse:
    """Return ids of finished instances in order of completion; the key names the last one of a page."""
    low = request.completedTimeFrom.ToNanoseconds() if request.HasField("completedTimeFrom") else None
    high = request.completedTimeTo.ToNanoseconds() if request.HasField("completedTimeTo") else None
    wanted = set(request.runtimeStatus)
    keys: list[tuple[int, str]] = []
    for each in hub.instances.values():
        if not each.finished or (wanted and each.state.orchestrationStatus not in wanted):
            continue
        moment = each.state.completedTimestamp.ToNanoseconds()
        if (low is None or moment >= low) and (high is None or moment < high):
            keys.append((moment, each.instance_id))
    keys.sort()
    if request.lastInstanceKey.value:
        moment_text, _, last_id = request.lastInstanceKey.value.partition(_SEPARATOR)
        keys = [key for key in keys if key > (int(moment_text), last_id)]
    page = keys[: request.pageSize or _PAGE]
    more = len(page) < len(keys)
    return pb.ListInstanceIdsResponse(
        instanceIds=[key[1] for key in page],
        lastInstanceKey=events.text(f"{page[-1][0]}{_SEPARATOR}{page[-1][1]}") if more else None,
    )


def entity_metadata(entity: Entity, *, include_state: bool) -> pb.EntityMetadata:
    return pb.EntityMetadata(
        instanceId=entity.entity_id,
        lastModifiedTime=events.stamp(entity.modified),
        backlogQueueSize=len(entity.inbox),
        lockedBy=events.text(entity.locked_by or None),
        serializedState=events.text(entity.state) if include_state else None,
    )


def entities(hub: Hub, query: pb.EntityQuery) -> pb.QueryEntitiesResponse:
    """Return one page in order of id; entities without state count only as transient ones."""
    found = list(_matching(hub.entities.values(), query))
    found.sort(key=lambda each: each.entity_id)
    page, token = _page(found, query.continuationToken.value, query.pageSize.value)
    return pb.QueryEntitiesResponse(
        entities=[entity_metadata(each, include_state=query.includeState) for each in page],
        continuationToken=events.text(token),
    )


def _matching(found: Iterable[Entity], query: pb.EntityQuery) -> Iterable[Entity]:
    prefix = query.instanceIdStartsWith.value
    conditions: list[Callable[[Entity], bool]] = [lambda each: each.entity_id.startswith(prefix)]
    if not query.includeTransient:
        conditions.append(lambda each: each.state is not None)
    if query.HasField("lastModifiedFrom"):
        low = events.seconds_of(query.lastModifiedFrom)
        conditions.append(lambda each: each.modified >= low)
    if query.HasField("lastModifiedTo"):
        high = events.seconds_of(query.lastModifiedTo)
        conditions.append(lambda each: each.modified < high)
    return (each for each in found if all(condition(each) for condition in conditions))
