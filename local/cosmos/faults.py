"""Failures and delays a test asks for."""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

from local.cosmos.errors import CosmosError


class FaultSpec(BaseModel):
    """A fault for the next `count` requests whose path `match`es (a regular expression) and whose method is `method`.

    `status` 0 only delays. `retry_after_ms` goes out with any failure; 429 says 10 ms when it is not given.
    `after` lets the operation happen first and loses its answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(default=0, ge=0, le=599)
    substatus: int = 0
    match: str = ""
    method: str | None = None
    count: int = Field(default=1, ge=1)
    delay_ms: int = Field(default=0, ge=0)
    retry_after_ms: int | None = Field(default=None, ge=0)
    after: bool = False

    @field_validator("match")
    @classmethod
    def compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.PatternError as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    def error(self) -> CosmosError:
        wait = 10 if self.retry_after_ms is None and self.status == 429 else self.retry_after_ms  # noqa: PLR2004 - HTTP
        headers = {} if wait is None else {"x-ms-retry-after-ms": str(wait)}
        return CosmosError(self.status, "Injected fault.", substatus=self.substatus, headers=headers)


@dataclass(slots=True)
class _Armed:
    spec: FaultSpec
    left: int


class Faults:
    """The armed faults; the first that matches is used."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, specs: list[FaultSpec]) -> None:
        """Replace all faults."""
        self._armed = [_Armed(spec, spec.count) for spec in specs]

    def left(self) -> list[FaultSpec]:
        """Describe the faults not used up."""
        return [armed.spec.model_copy(update={"count": armed.left}) for armed in self._armed]

    def take(self, method: str, path: str) -> FaultSpec | None:
        """Use up one occurrence of the fault that fits a request."""
        for armed in self._armed:
            spec = armed.spec
            if (spec.method is None or spec.method.upper() == method) and re.search(spec.match, path):
                armed.left -= 1
                if armed.left == 0:
                    self._armed.remove(armed)
                return spec
        return None
