"""What telling costs: `python -m bench.telemetry`.

Tells what a turn with two model steps of 50 tokens each and one tool call tells, its 19 requests to the store included,
again and again: in a process without an exporter, in one that keeps no trace, and in one that exports all of them to an
OTLP receiver in another process (`local.traces`). Prints the processor time of a turn, exporting included; what else
the machine does should not count, but slows the processor down.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator

from shared.clock import utc_now
from shared.model import Model, ModelCompleted, ModelEvent, ModelRequest, TextDelta
from shared.protocol.shapes import Usage
from shared.telemetry import exporters, metrics, names
from shared.telemetry.model_calls import ToldModel
from shared.telemetry.store_calls import cosmos_call
from shared.telemetry.tracing import current_traceparent, span, turn_span, within_turn

TURNS = 2_000
TOKENS = 50
GOAL_MS = 2.0
"""Of processor time a turn, with an exporter; without one it should not be noticed."""
_BATCH = {"x-ms-cosmos-is-batch-request": "True"}
_REQUEST = ModelRequest(model="m", instructions="", items=(), tools=(), cache_key="", max_output_tokens=1)


class _Scripted(Model):
    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:  # noqa: ARG002 - the port
        for _ in range(TOKENS):
            yield TextDelta("token ")
        yield ModelCompleted(finish="stop", usage=Usage(input_tokens=1_000, output_tokens=TOKENS))


async def _nothing() -> None:
    return


async def _turn(model: Model, number: int) -> None:
    with span("command query", parent=f"00-{number + 1:032x}-00f067aa0ba902b7-01"):
        _ask_store(3)
        trace = current_traceparent()
    within = within_turn(trace, f"t_{number}")
    for step in range(2):
        with span("call_model", parent=within, attributes={names.TURN: f"t_{number}"}):
            _ask_store(4)
            async for _ in model.stream(_REQUEST):
                pass
        if not step:
            with span("call_tool", parent=within), span("execute_tool get_pipeline"), span("MCP send tools/call"):
                _ask_store(4)
                metrics.tool_duration.record(0.1, {names.TOOL: "get_pipeline"})
    with span("finish_turn", parent=within):
        _ask_store(4)
        metrics.turns.add(1, {names.STATUS: "completed"})
        metrics.turn_duration.record(1.0, {names.STATUS: "completed"})
    turn_span(trace, f"t_{number}", utc_now(), {names.STATUS: "completed"}, "")


def _ask_store(times: int) -> None:
    for _ in range(times):
        with cosmos_call("POST", "http://store/dbs/salescoach/colls/sessions/docs/", _BATCH) as call:
            call.answered(200, {"x-ms-request-charge": "5.2"})


async def _measured(model: Model) -> float:
    """Return milliseconds of processor time a turn."""
    for number in range(100):
        await _turn(model, number)
    began = time.process_time()
    for number in range(TURNS):
        await _turn(model, number)
    return (time.process_time() - began) * 1000 / TURNS


def measure(endpoint: str, sample_ratio: float) -> float:
    """Return what a turn costs, in milliseconds; `endpoint` empty: without an exporter."""
    told = exporters.start(exporters.receivers("", endpoint), sample_ratio=sample_ratio) if endpoint else None
    took = asyncio.run(_measured(ToldModel(_Scripted(), content=False, sign_in=_nothing)))
    if told is not None:
        told.flush()
    return took


def main() -> int:
    """Measure both, each in a process of its own, and say whether the goal was met."""
    if len(sys.argv) > 1:
        print(measure(sys.argv[1].removeprefix("to="), float(sys.argv[2])))
        return 0
    receiver = subprocess.Popen(
        [sys.executable, "-m", "local.traces", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert receiver.stdout is not None
        endpoint = receiver.stdout.readline().split()[-1]
        without, unkept, exported = (_in_process(*way) for way in (("", 1.0), (endpoint, 0.0), (endpoint, 1.0)))
    finally:
        receiver.terminate()
        receiver.wait()
    print(f"without an exporter: {without:.3f} ms of processor time a turn")
    print(f"no trace is kept:    {unkept:.3f} ms of processor time a turn (metrics are)")
    print(f"exported by OTLP:    {exported:.3f} ms of processor time a turn (goal {GOAL_MS:g})")
    return int(exported > GOAL_MS)


def _in_process(endpoint: str, sample_ratio: float) -> float:
    command = [sys.executable, "-m", "bench.telemetry", f"to={endpoint}", str(sample_ratio)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(ran.stdout)


if __name__ == "__main__":
    sys.exit(main())
