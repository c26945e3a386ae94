"""Orchestrations, activities and an entity that show one behaviour each."""

import asyncio
import os
import time
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import azure.durable_functions as df
from durabletask.entities import EntityContext, EntityInstanceId
from durabletask.task import RetryPolicy, when_all, when_any
from notes import note

blueprint = df.Blueprint()
Steps = Generator[Any, Any, Any]


@blueprint.activity_trigger(input_name="x")
async def add_one(x: int) -> int:
    return x + 1


@blueprint.activity_trigger(input_name="x")
def add_one_sync(x: int) -> int:
    return x + 1


@blueprint.activity_trigger(input_name="spec")
async def work(spec: Any) -> str:
    note(f"work started {spec['id']} {os.getpid()}")
    await asyncio.sleep(spec.get("s", 0.0))
    note(f"work done {spec['id']}")
    return str(spec["id"])


@blueprint.activity_trigger(input_name="spec")
def block(spec: Any) -> str:
    time.sleep(spec["s"])
    return "blocked"


@blueprint.activity_trigger(input_name="spec")
async def fail(spec: Any) -> str:
    note("fail called")
    raise RuntimeError(spec["text"]) if spec.get("text") is not None else ValueError


@blueprint.activity_trigger(input_name="size")
async def make_bytes(size: int) -> str:
    return "x" * size


@blueprint.activity_trigger(input_name="spec")
@blueprint.durable_client_input(client_name="client")
async def start_other(spec: Any, client: df.DurableFunctionsClient) -> str:
    return await client.schedule_new_orchestration("one", input=1, instance_id=spec["id"])


@blueprint.orchestration_trigger(context_name="ctx")
def one(ctx: Any, x: Any) -> Steps:
    return (yield ctx.call_activity("add_one", input=x))


@blueprint.orchestration_trigger(context_name="ctx")
def three(ctx: Any, x: Any) -> Steps:
    for _ in range(3):
        x = yield ctx.call_activity("add_one", input=x)
    return x


@blueprint.orchestration_trigger(context_name="ctx")
def fan(ctx: Any, n: Any) -> Steps:
    results = yield when_all([ctx.call_activity("add_one", input=i) for i in range(n)])
    return sum(results)


@blueprint.orchestration_trigger(context_name="ctx")
def busy(ctx: Any, spec: Any) -> Steps:
    done: list[Any] = []
    for number in range(spec["n"]):
        done += [(yield ctx.call_activity("work", input={"id": f"{ctx.instance_id}.{number}", "s": spec["s"]}))]
    return done


@blueprint.orchestration_trigger(context_name="ctx")
def blocking(ctx: Any, spec: Any) -> Steps:
    return (yield ctx.call_activity("block", input=spec))


@blueprint.orchestration_trigger(context_name="ctx")
def starts_other(ctx: Any, spec: Any) -> Steps:
    return (yield ctx.call_activity("start_other", input=spec))


@blueprint.orchestration_trigger(context_name="ctx")
def none_input(ctx: Any, _: Any) -> Steps:
    return (yield ctx.call_activity("add_one"))


@blueprint.orchestration_trigger(context_name="ctx")
def unknown_activity(ctx: Any, _: Any) -> Steps:
    return (yield ctx.call_activity("missing", input=1))


@blueprint.orchestration_trigger(context_name="ctx")
def failing(ctx: Any, spec: Any) -> Steps:
    policy = None
    if "attempts" in spec:
        policy = RetryPolicy(first_retry_interval=timedelta(milliseconds=20), max_number_of_attempts=spec["attempts"])
    return (yield ctx.call_activity("fail", input=spec, retry_policy=policy))


_failed_before: set[str] = set()


@blueprint.activity_trigger(input_name="key")
def first_part(key: str) -> str:
    note(f"first {key}")
    return key


@blueprint.activity_trigger(input_name="key")
def fail_first(key: str) -> str:
    """Fail at the first call with a key."""
    if key not in _failed_before:
        _failed_before.add(key)
        raise RuntimeError(key)
    return key


@blueprint.orchestration_trigger(context_name="ctx")
def fails_once(ctx: Any, key: Any) -> Steps:
    first = yield ctx.call_activity("first_part", input=key)
    second = yield ctx.call_activity("fail_first", input=key)
    return [first, second]


@blueprint.orchestration_trigger(context_name="ctx")
def big(ctx: Any, size: Any) -> Steps:
    return len((yield ctx.call_activity("make_bytes", input=size)))


@blueprint.orchestration_trigger(context_name="ctx")
def big_input(ctx: Any, size: Any) -> Steps:
    return (yield ctx.call_activity("add_one", input="x" * size))


@blueprint.orchestration_trigger(context_name="ctx")
def big_output(ctx: Any, size: Any) -> Steps:
    return "x" * size


@blueprint.orchestration_trigger(context_name="ctx")
def approval(ctx: Any, spec: Any) -> Steps:
    event = ctx.wait_for_external_event("answer")
    timer = ctx.create_timer(timedelta(seconds=spec["s"]))
    winner = yield when_any([event, timer])
    if winner is event:
        return {"answer": event.get_result()}
    return "late"


@blueprint.orchestration_trigger(context_name="ctx")
def two_events(ctx: Any, _: Any) -> Steps:
    first = yield ctx.wait_for_external_event("answer")
    ctx.set_custom_status({"first": first})
    second = yield ctx.wait_for_external_event("answer")
    return [first, second]


@blueprint.orchestration_trigger(context_name="ctx")
def sleeper(ctx: Any, seconds: Any) -> Steps:
    yield ctx.create_timer(timedelta(seconds=seconds))
    return "woke"


@blueprint.orchestration_trigger(context_name="ctx")
def parent(ctx: Any, spec: Any) -> Steps:
    return (yield ctx.call_sub_orchestrator(spec["name"], input=spec["input"], instance_id=spec.get("id")))


@blueprint.orchestration_trigger(context_name="ctx")
def generations(ctx: Any, spec: Any) -> Steps:
    """Leave a long timer behind in each generation; only the last generation's may count."""
    if spec["left"]:
        ctx.create_timer(timedelta(seconds=spec["s"]))
        ctx.continue_as_new({**spec, "left": spec["left"] - 1})
        return None
    timer = ctx.create_timer(timedelta(seconds=60))
    event = ctx.wait_for_external_event("go")
    winner = yield when_any([timer, event])
    return "event" if winner is event else "timer"


@blueprint.entity_trigger(context_name="ctx")
def counter(ctx: EntityContext, value: Any) -> int:
    state: int = ctx.get_state(int, 0)
    state = value if ctx.operation == "set" else state + value
    ctx.set_state(state)
    return state


@blueprint.orchestration_trigger(context_name="ctx")
def count(ctx: Any, key: Any) -> Steps:
    entity = EntityInstanceId("counter", key)
    ctx.signal_entity(entity, "add", 5)
    return (yield ctx.call_entity(entity, "add", 2))


@blueprint.orchestration_trigger(context_name="ctx")
def locked_increment(ctx: Any, key: Any) -> Steps:
    """Read, pause, write: increments get lost unless the section isolates."""
    entity = EntityInstanceId("counter", key)
    with (yield ctx.lock_entities([entity])):
        value = yield ctx.call_entity(entity, "add", 0)
        yield ctx.call_activity("work", input={"id": f"lock-{ctx.instance_id}", "s": 0.02})
        yield ctx.call_entity(entity, "set", value + 1)


@blueprint.orchestration_trigger(context_name="ctx")
def read_counter(ctx: Any, key: Any) -> Steps:
    return (yield ctx.call_entity(EntityInstanceId("counter", key), "add", 0))


@blueprint.orchestration_trigger(context_name="ctx")
def slow_orchestrator(ctx: Any, x: Any) -> Steps:
    """Leaves a note and holds its thread for a while, so that a test can strike in the middle."""
    note(f"episode {os.getpid()}")
    time.sleep(0.3)
    return (yield ctx.call_activity("add_one", input=x))
