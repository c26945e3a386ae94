"""One trace, whatever lies between; failures say whose they are."""

from datetime import UTC, datetime

import pytest
from opentelemetry import trace

from shared.errors import ModelUnavailable
from shared.telemetry import tracing
from shared.telemetry.tracing import current_trace_id, current_traceparent, span, turn_span, within_turn
from tests.shared.telemetry.recorder import Recorder

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


def test_a_span_belongs_to_the_trace_it_is_given(told: Recorder) -> None:
    with span("command query", parent=CLIENT):
        assert current_trace_id() == TRACE_ID
    made = told.spans()["command query"]
    assert made.parent is not None
    assert f"{made.parent.span_id:016x}" == "00f067aa0ba902b7"


def test_what_is_handed_on_names_the_running_span(told: Recorder) -> None:
    with span("command query", parent=CLIENT) as made:
        handed_on = current_traceparent()
    assert handed_on == f"00-{TRACE_ID}-{made.get_span_context().span_id:016x}-01"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "",
        "nonsense",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"ff-{TRACE_ID}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID.upper()}-00f067aa0ba902b7-01",
        CLIENT + "\n",
    ],
)
def test_a_trace_context_that_cannot_be_read_begins_a_trace_of_its_own(told: Recorder, wrong: str | None) -> None:
    with span("command query", parent=wrong):
        assert current_trace_id() not in {None, TRACE_ID}
    assert told.spans()["command query"].parent is None


def test_the_runtimes_own_trace_is_linked(told: Recorder) -> None:
    with span("host invocation"):
        host = current_trace_id()
        with span("command query", parent=CLIENT):
            pass
    (link,) = told.spans()["command query"].links
    assert f"{link.context.trace_id:032x}" == host


def test_steps_of_a_turn_lie_within_a_span_that_is_told_once_the_turn_has_ended(told: Recorder) -> None:
    with span("call_model", parent=within_turn(CLIENT, "t_1")):
        pass
    turn_span(CLIENT, "t_1", datetime(2026, 1, 1, tzinfo=UTC), {"salescoach.status": "completed"}, "")
    whole, step = told.spans()["invoke_agent salescoach"], told.spans()["call_model"]
    assert step.parent is not None
    assert whole.context is not None
    assert step.parent.span_id == whole.context.span_id
    assert whole.parent is not None
    assert f"{whole.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert whole.start_time == int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1e9)


def test_a_turn_told_twice_is_the_same_span(told: Recorder) -> None:
    for _ in range(2):
        turn_span(CLIENT, "t_1", datetime(2026, 1, 1, tzinfo=UTC), {}, "model_unavailable")
    first, second = told.named("invoke_agent salescoach")
    assert first.context is not None
    assert second.context is not None
    assert first.context.span_id == second.context.span_id
    with span("next") as following:
        assert following.get_span_context().span_id != first.context.span_id


def test_a_turn_without_a_trace_tells_no_span(told: Recorder) -> None:
    turn_span(None, "t_1", datetime(2026, 1, 1, tzinfo=UTC), {}, "")
    assert within_turn(None, "t_1") is None
    assert told.spans() == {}


def test_a_failure_tells_whose_fault_it_is_and_nothing_that_was_said(told: Recorder) -> None:
    with pytest.raises(ModelUnavailable), span("call_model"):
        raise ModelUnavailable("quotes a secret")
    with pytest.raises(ZeroDivisionError), span("defect"):
        _ = 1 / 0
    failed, defect = told.spans()["call_model"], told.spans()["defect"]
    assert failed.attributes is not None
    assert failed.attributes["salescoach.fault"] == "model"
    assert failed.attributes["error.type"] == "ModelUnavailable"
    assert defect.attributes is not None
    assert defect.attributes["salescoach.fault"] == "app"
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert "secret" not in failed.to_json()


def test_without_an_exporter_the_clients_trace_is_handed_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_TRACER", trace.NoOpTracer())
    with span("command query", parent=CLIENT):
        assert current_traceparent() == CLIENT
