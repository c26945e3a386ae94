"""The message classes `azure_functions_runtime` asks its host for, as plain Python.

The runtime only constructs these by keyword and reads attributes, so protobuf is not needed.
The runtime also reads enum members as class attributes, under the names the .proto file gives them.
"""

from typing import Any, ClassVar


class Message:
    """A bag of fields; a field that was not set reads as None, as an unset optional field would."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class RpcFunctionMetadata(Message): ...


class RpcRetryOptions(Message): ...


class WorkerInitResponse(Message): ...


class WorkerMetadata(Message): ...


class FunctionMetadataResponse(Message): ...


class FunctionLoadResponse(Message): ...


class InvocationResponse(Message): ...


class RpcException(Message): ...


class ParameterBinding(Message):
    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's own name
        return "data"


class RpcHttp(Message): ...


class NullableString(Message): ...


class NullableBool(Message): ...


class NullableDouble(Message): ...


class NullableTimestamp(Message): ...


class BindingInfo(Message):
    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int | None] = None


class StatusResult(Message):
    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1
    Cancelled: ClassVar[int] = 2


class _SameSite:
    Lax = 1
    Strict = 2
    ExplicitNone = 3


setattr(_SameSite, "None", 0)


class RpcHttpCookie(Message):
    SameSite: ClassVar[type[_SameSite]] = _SameSite


class TypedData:
    """A union: exactly the one field it was built with exists (the runtime probes for others)."""

    def __init__(self, **field: Any) -> None:
        self.__dict__.update(field)

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's own name
        return next(iter(self.__dict__), None)
