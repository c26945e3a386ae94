"""Figures of a load measured three times, and what of the store's requests counts."""

import pytest

from bench.turn_load import lost_outside
from bench.turn_repeated import Repeated
from bench.turn_report import milliseconds
from bench.turn_store import store_rows
from tests.bench.measured import STEP, account, measured, note


def _ingress(people: int) -> tuple[float, ...]:
    """Three repetitions, the last of them disturbed."""
    late = ((0.010, 0.020), (0.012, 0.022), (0.500, 0.900))
    repeated = Repeated(repetitions=tuple(measured("product", each, people=people) for each in late))
    return repeated.times(lambda side: milliseconds(side, lambda each: each.ingress))


def test_one_disturbed_repetition_does_not_decide() -> None:
    assert _ingress(20) == pytest.approx((17, 22))


def test_few_turns_are_taken_together() -> None:
    assert _ingress(1) == pytest.approx((21, 900))


def test_rates_are_medians_of_the_repetitions() -> None:
    repeated = Repeated(repetitions=tuple(measured("plain", (0.01,), turns=turns) for turns in (400.0, 420.0, 90.0)))
    assert repeated.median(lambda side: side.rate()) == pytest.approx(40)
    assert repeated.pooled.turns == pytest.approx(910)


def test_a_model_step_is_its_claim_its_append_and_the_reads_for_them() -> None:
    reads = (note("read", "head"), note("query", "partition"))
    aside = (
        note("checkpoint"),
        note("read", "grant", "credentials"),
        note("append", "tool_call.started + head"),
        note("append", "chat_response + head"),
    )
    created, claim, completed = STEP
    assert account(0.01, requests=(created, claim, completed, *aside)).step_requests == 2
    assert account(0.01, requests=(created, reads[0], claim, reads[1], completed, *aside)).step_requests == 4
    assert account(0.01, requests=(reads[0], created, claim, completed)).step_requests == 2


def test_what_does_not_count_stands_beside_it() -> None:
    one = measured("product", (0.01,), turns=1)
    one.notes.extend([note("write", "account", "people"), note("checkpoint"), note("read", "grant", "credentials")])
    figures = {row.name.strip(): row.product for row in store_rows(Repeated(repetitions=(one,)))}
    assert figures["log requests per model step"] == (2, 2)
    assert figures["all requests at the store, by model step"] == (6,)
    assert figures["log writes per turn, no checkpoints"] == (4,)
    assert figures["writes: accounts (costs held and settled)"] == (1,)
    assert figures["log checkpoints per turn"] == (1,)
    assert figures["log reads and queries per turn"] == (1,)


def test_turns_without_requests_are_no_proof_of_few() -> None:
    silent = measured("product", (0.01,))
    silent.accounts[0] = account(0.01, requests=())
    with pytest.raises(RuntimeError, match="no longer knows them"):
        store_rows(Repeated(repetitions=(silent,)))


def test_whoever_was_lost_before_the_time_measured_is_told() -> None:
    done, lost, within = (account(0.01).asked for _ in range(3))
    done.status, lost.status, within.status = "completed", "lost: CLOSE", "lost: CLOSE"
    within.sent = 5.0
    assert lost_outside([done, lost, within], 4.0, 6.0) == ["bench: lost: CLOSE, begun outside the time measured"]
