"""What no turn waits for tells its failures too: in a span, and counted with the domain at fault."""

import pytest

from shared.errors import StoreUnavailable
from shared.telemetry import names
from shared.telemetry.work import timed_work, work
from tests.shared.telemetry.recorder import Recorder


@pytest.mark.parametrize("around", [work, timed_work])
@pytest.mark.parametrize(("error", "fault"), [(StoreUnavailable("no"), "platform"), (KeyError("secret"), "app")])
def test_a_failure_is_told_and_counted_with_its_fault(
    told: Recorder, around: type, error: Exception, fault: str
) -> None:
    failed = {names.PLACE: "sweeper", names.FAULT: fault}
    before = told.total(names.FAILURES, **failed)
    with pytest.raises(type(error)), around("sweeper"):
        raise error
    (made,) = told.named("sweeper")
    assert made.attributes is not None
    assert made.attributes[names.FAULT] == fault
    assert not made.status.is_ok
    assert "secret" not in made.to_json()
    assert told.total(names.FAILURES, **failed) == before + 1


def test_work_is_a_span_and_a_timer_that_does_not_fail_is_none(told: Recorder) -> None:
    with timed_work("sweeper"), work("analyzer_label"):
        pass
    assert list(told.spans()) == ["analyzer_label"]
