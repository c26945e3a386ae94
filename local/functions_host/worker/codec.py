"""Turns frames into the runtime's invocation requests and its answers back into frames."""

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

from local.functions_host.wire import Frame
from local.functions_host.worker import protos


def retry_options(options: Any) -> dict[str, Any] | None:
    """Return a function's retry policy as plain values, intervals in seconds."""
    if options is None:
        return None
    names = {"delay": "delay_interval", "shortest": "minimum_interval", "longest": "maximum_interval"}
    found = {short: getattr(options, name) for short, name in names.items()}
    times = {name: value.total_seconds() for name, value in found.items() if value is not None}
    return {"strategy": options.retry_strategy, "count": options.max_retry_count, **times}


def _retry_context(header: dict[str, Any]) -> SimpleNamespace:
    count, limit, message = header.get("retry") or (0, 0, None)
    exception = None if message is None else SimpleNamespace(message=message, source="", stack_trace="")
    return SimpleNamespace(retry_count=count, max_retry_count=limit, exception=exception)


def _typed_data(kind: str, value: Any) -> protos.TypedData:
    if kind == "base64":
        return protos.TypedData(string=base64.b64encode(value).decode("ascii"))
    if kind == "empty":
        return protos.TypedData()
    if kind in {"string", "json"} and isinstance(value, bytes):
        return protos.TypedData(**{kind: value.decode()})
    return protos.TypedData(**{kind: value})


def _http(header: dict[str, Any], body: bytes) -> protos.TypedData:
    payload = protos.TypedData(bytes=body) if body else protos.TypedData()
    return protos.TypedData(http=SimpleNamespace(**header["http"], body=payload))


def invocation(frame: Frame) -> SimpleNamespace:
    """Return the request object for `azure_functions_runtime.invocation_request`."""
    header = frame.header
    trigger, kind = header["trigger"], header["kind"]
    data = _http(header, frame.body) if kind == "http" else _typed_data(kind, frame.body)
    inputs = [protos.ParameterBinding(name=trigger, data=data)]
    inputs += [
        protos.ParameterBinding(name=name, data=protos.TypedData(string=value))
        for name, value in header.get("strings", {}).items()
    ]
    metadata = {key: _typed_data("json", value) for key, value in header.get("metadata", {}).items()}
    trace = SimpleNamespace(
        trace_parent=header.get("traceparent", ""), trace_state=header.get("tracestate", ""), attributes={}
    )
    request = SimpleNamespace(
        invocation_id=header["invocation"],
        function_id=header["function"],
        input_data=inputs,
        trigger_metadata=metadata,
        trace_context=trace,
        retry_context=_retry_context(header),
    )
    return SimpleNamespace(request=SimpleNamespace(invocation_request=request))


def _nullable(holder: Any) -> Any:
    """Unwrap a Nullable* message: its first field's value, or None."""
    return None if holder is None else next(iter(vars(holder).values()), None)


def _expiry(holder: Any) -> str | None:
    """Return the date as HTTP writes it; the runtime read it with `datetime.timestamp` of a naive date."""
    stamp = _nullable(holder)
    if stamp is None:
        return None
    moment = datetime.fromtimestamp(int(stamp.seconds))  # noqa: DTZ006 - undoes the runtime's naive conversion
    return format_datetime(moment.replace(tzinfo=UTC), usegmt=True)


def _cookie(cookie: Any) -> dict[str, Any]:
    return {
        "name": cookie.name,
        "value": cookie.value,
        "domain": _nullable(cookie.domain),
        "path": _nullable(cookie.path),
        "expires": _expiry(cookie.expires),
        "secure": _nullable(cookie.secure),
        "http_only": _nullable(cookie.http_only),
        "same_site": cookie.same_site,
        "max_age": _nullable(cookie.max_age),
    }


def _value(data: Any) -> tuple[dict[str, Any], bytes]:
    kind = None if data is None else data.WhichOneof("data")
    if kind is None:
        return {"kind": "none"}, b""
    value = getattr(data, kind)
    if kind == "http":
        http = {
            "status": int(value.status_code),
            "headers": value.headers,
            "cookies": [_cookie(each) for each in value.cookies or ()],
        }
        return {"kind": "http", "http": http}, value.body.bytes
    if kind == "bytes":
        return {"kind": kind}, value
    return {"kind": kind}, str(value).encode()


def _outputs(bindings: Any) -> dict[str, str | None]:
    outputs: dict[str, str | None] = {}
    for binding in bindings or ():
        _, body = _value(binding.data)
        outputs[binding.name] = body.decode(errors="replace")
    return outputs


def answer(number: int, response: Any) -> Frame:
    """Return the frame for an InvocationResponse; a failure carries `message` and `stack`."""
    header: dict[str, Any] = {"type": "done", "id": number}
    if response.result.status != protos.StatusResult.Success:
        error = response.result.exception
        header |= {"ok": False, "message": error.message, "stack": error.stack_trace}
        return Frame(header)
    value, body = _value(response.return_value)
    header |= {"ok": True, **value}
    if response.output_data:
        header["outputs"] = _outputs(response.output_data)
    return Frame(header, body)
