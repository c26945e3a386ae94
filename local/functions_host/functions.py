"""What the app declares: functions and their bindings, as the worker indexed them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

_DURABLE_NAME_KEYS = {
    "orchestrationtrigger": "orchestration",
    "activitytrigger": "activity",
    "entitytrigger": "entityName",
}
SUPPORTED_TRIGGERS = frozenset(
    {"httptrigger", "timertrigger", "queuetrigger", "cosmosdbtrigger", "warmuptrigger", *_DURABLE_NAME_KEYS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryOptions:
    """A function's own retry policy: times in seconds, a negative `count` means without end."""

    strategy: str
    count: int
    delay: float = 0.0
    shortest: float = 0.0
    longest: float = 0.0


@dataclass(frozen=True, slots=True)
class Function:
    """One function. Binding dictionaries are the indexed JSON: `type`, `name`, `direction` and more."""

    id: str
    name: str
    bindings: tuple[dict[str, Any], ...]
    trigger: dict[str, Any]
    retry: RetryOptions | None = None

    @classmethod
    def from_metadata(cls, metadata: dict[str, Any]) -> Self:
        """Read one entry of the worker's table; a ValueError says that it has no trigger."""
        bindings = tuple(metadata["bindings"])
        for binding in bindings:
            if str(binding["direction"]).upper() == "IN" and binding["type"].lower().endswith("trigger"):
                retry = metadata.get("retry")
                options = RetryOptions(**retry) if retry is not None else None
                return cls(metadata["id"], metadata["name"], bindings, binding, options)
        raise ValueError(f"function {metadata['name']} has no trigger")

    @property
    def trigger_type(self) -> str:
        return str(self.trigger["type"]).lower()

    @property
    def client_names(self) -> list[str]:
        """Names of the durable client bindings."""
        return [each["name"] for each in self.bindings if each["type"].lower() == "durableclient"]

    @property
    def unsupported(self) -> list[str]:
        """Types of bindings this host cannot serve."""
        known = {"http", "durableclient"}
        return [
            each["type"]
            for each in self.bindings
            if each["type"].lower() not in known and each["type"].lower() not in SUPPORTED_TRIGGERS
        ]

    @property
    def route(self) -> str:
        """The HTTP route without its prefix."""
        return str(self.trigger.get("route") or self.name).strip("/")

    def resolved(self, resolve: Callable[[str], str]) -> Self:
        """Return the function with `resolve` applied to every text of its bindings."""

        def plain(binding: dict[str, Any]) -> dict[str, Any]:
            return {key: resolve(value) if isinstance(value, str) else value for key, value in binding.items()}

        return replace(self, bindings=tuple(map(plain, self.bindings)), trigger=plain(self.trigger))


class FunctionTable:
    """All functions, and the durable ones by trigger type and (case-insensitive) durable name."""

    def __init__(self, functions: list[Function]) -> None:
        self.functions = functions
        self._by_name = {each.name.lower(): each for each in functions}
        self._durable: dict[tuple[str, str], Function] = {}
        for function in functions:
            key = _DURABLE_NAME_KEYS.get(function.trigger_type)
            if key is not None:
                name = function.trigger.get(key) or function.name
                self._durable[function.trigger_type, str(name).lower()] = function

    def named(self, name: str) -> Function | None:
        return self._by_name.get(name.lower())

    def durable(self, trigger_type: str, name: str) -> Function | None:
        return self._durable.get((trigger_type, name.lower()))

    def of_type(self, trigger_type: str) -> list[Function]:
        return [each for each in self.functions if each.trigger_type == trigger_type]
