"""Faults on demand, for tests: twice-delivered activities, delays, failing calls, a killed worker."""

import asyncio
import random
from collections.abc import Callable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from local.functions_host.invoker import Failure, Outcome


class Fault(BaseModel):
    """Strike at the `nth` call (from 1, counted since the plan was set) of a function, or at every call if 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["kill_worker", "fail", "delay"]
    kind: Literal["activity", "orchestrator", "entity"] = "activity"
    name: str = ""
    when: Literal["before", "after"] = "before"
    nth: int = Field(default=1, ge=0)
    after_ms: int = Field(default=0, ge=0)
    message: str = "ChaosError: injected failure"

    @model_validator(mode="after")
    def _fail_afterwards(self) -> Self:
        if self.action == "fail" and self.when == "before":
            raise ValueError('"fail" replaces an outcome: it needs "when": "after"')
        return self


class Plan(BaseModel):
    """What `PUT /admin/chaos` takes. `delay_ms` is a range every delivery waits before it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    duplicate_activities: bool = False
    delay_ms: tuple[int, int] = (0, 0)
    clock_offset_s: float = 0.0
    seed: int = 0
    faults: tuple[Fault, ...] = ()


class Chaos:
    """Applies the current plan; the empty one does nothing."""

    def __init__(self, kill_worker: Callable[[], None]) -> None:
        self._kill_worker = kill_worker
        self._counts: dict[tuple[str, str, str], int] = {}
        self.plan = Plan()
        self.struck: dict[str, dict[str, int]] = {}
        self._random = random.Random(0)  # noqa: S311 - reproducible test faults

    def set(self, plan: Plan) -> None:
        self.plan = plan
        self._counts.clear()
        self.struck = {}
        self._random.seed(plan.seed)

    def duplicates(self) -> bool:
        return self.plan.duplicate_activities

    def note(self, what: str, name: str) -> None:
        """Count what was done to a function since the plan was set."""
        names = self.struck.setdefault(what, {})
        names[name] = names.get(name, 0) + 1

    async def before(self, kind: str, name: str) -> None:
        low, high = self.plan.delay_ms
        if high:
            await asyncio.sleep(self._random.uniform(low, high) / 1000)
            self.note("delayed", name)
        for fault in self._due(kind, name, "before"):
            await self._strike(fault)

    async def after(self, kind: str, name: str, outcome: Outcome) -> Outcome:
        for fault in self._due(kind, name, "after"):
            if fault.action == "fail":
                self.note("failed", name)
                return Failure(fault.message)
            await self._strike(fault)
        return outcome

    async def _strike(self, fault: Fault) -> None:
        if fault.action == "delay":
            await asyncio.sleep(fault.after_ms / 1000)
        elif fault.action == "kill_worker":
            asyncio.get_running_loop().call_later(fault.after_ms / 1000, self._kill_worker)

    def _due(self, kind: str, name: str, when: str) -> list[Fault]:
        if not self.plan.faults:
            return []
        key = (kind, name.lower(), when)
        count = self._counts[key] = self._counts.get(key, 0) + 1
        return [
            each
            for each in self.plan.faults
            if each.kind == kind
            and each.when == when
            and each.name.lower() in {"", name.lower()}
            and each.nth in {0, count}
        ]
