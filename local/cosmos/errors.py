"""Failures with the status, code and substatus a client sees."""

from collections.abc import Mapping

MISMATCHED_KEY = 1001
OWNER_MISSING = 1003
NOT_FOR_ENTRA = 5300
CROSS_PARTITION_DISABLED = 1004
CONTAINER_RECREATED = 1024
THROTTLED = 3200

_CODES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    449: "RetryWith",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


class CosmosError(Exception):
    """A refusal; `status` is the HTTP status, `substatus` goes to `x-ms-substatus`."""

    def __init__(
        self, status: int, message: str, *, substatus: int = 0, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.substatus = substatus
        self.headers = dict(headers or {})

    @property
    def code(self) -> str:
        return _CODES.get(self.status, "Error")


def bad_request(message: str, substatus: int = 0) -> CosmosError:
    return CosmosError(400, message, substatus=substatus)


def unauthorized(message: str) -> CosmosError:
    return CosmosError(401, message)


def not_found() -> CosmosError:
    return CosmosError(404, "Entity with the specified id does not exist in the system.")


def owner_missing() -> CosmosError:
    return CosmosError(404, "Owner resource does not exist", substatus=OWNER_MISSING)


def conflict(message: str = "Entity with the specified id already exists in the system.") -> CosmosError:
    return CosmosError(409, message)


def precondition_failed(
    message: str = "Operation cannot be performed because one of the specified precondition is not met.",
) -> CosmosError:
    return CosmosError(412, message)


def too_large() -> CosmosError:
    return CosmosError(413, "Request size is too large")


def throttled(retry_after_ms: int) -> CosmosError:
    return CosmosError(
        429,
        "The request rate is too large. Please retry after sometime.",
        substatus=THROTTLED,
        headers={"x-ms-retry-after-ms": str(retry_after_ms)},
    )
