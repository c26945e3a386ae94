"""How the durable HTTP API spells flags, times and payloads."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
from google.protobuf.wrappers_pb2 import StringValue

from local.functions_host.durable.errors import InvalidError

STATUS_NAMES = {
    pb.ORCHESTRATION_STATUS_RUNNING: "Running",
    pb.ORCHESTRATION_STATUS_COMPLETED: "Completed",
    pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW: "ContinuedAsNew",
    pb.ORCHESTRATION_STATUS_FAILED: "Failed",
    pb.ORCHESTRATION_STATUS_CANCELED: "Canceled",
    pb.ORCHESTRATION_STATUS_TERMINATED: "Terminated",
    pb.ORCHESTRATION_STATUS_PENDING: "Pending",
    pb.ORCHESTRATION_STATUS_SUSPENDED: "Suspended",
}


def flag(query: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = query.get(name)
    return default if value is None else value.lower() == "true"


def time_of(value: str) -> float:
    """Return seconds since the epoch; a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidError(f"'{value}' is not a date.") from error
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def decoded(value: StringValue) -> Any:
    """Return the JSON value of a payload; what is no JSON stays text."""
    try:
        return json.loads(value.value) if value.value else None
    except ValueError:
        return value.value
