import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tools.challenges import Challenge
from shared.tools.failures import UNUSABLE, CallFailure, Meaning, judge, unwell

# A busy machine is slow, which is no failure of what is tested.
SIGNED_OUT, NARROW = Challenge(signed_out=True), Challenge(scope="write", narrow=True)
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (CallFailure(sent=False), Meaning.NOT_EXECUTED),
        (CallFailure(sent=False, timed_out=True), Meaning.NOT_EXECUTED),
        (CallFailure(sent=True, timed_out=True), Meaning.UNKNOWN),
        (CallFailure(sent=True, timed_out=True, protocol_code=-32001), Meaning.UNKNOWN),
        (CallFailure(sent=True, http_status=200, protocol_code=-32000), Meaning.UNKNOWN),
        (CallFailure(sent=True, http_status=200, protocol_code=-32603), Meaning.UNKNOWN),
        (CallFailure(sent=True), Meaning.UNKNOWN),
        (CallFailure(sent=True, http_status=200, result_unusable=True), Meaning.FAILED),
        (CallFailure(sent=True, http_status=200, protocol_code=-32700), Meaning.FAILED),
        (CallFailure(sent=True, http_status=200, too_large=True), Meaning.FAILED),
        (CallFailure(sent=True, http_status=200, protocol_code=-32602), Meaning.INVALID),
        (CallFailure(sent=True, http_status=400, protocol_code=-32602), Meaning.INVALID),
        (CallFailure(sent=True, http_status=200, protocol_code=-32601), Meaning.REJECTED),
        (CallFailure(sent=True, http_status=400, protocol_code=-32020), Meaning.REJECTED),
        (CallFailure(sent=True, http_status=400, protocol_code=-32021), Meaning.REJECTED),
        (CallFailure(sent=True, http_status=400, protocol_code=-32022), Meaning.REJECTED),
        (CallFailure(sent=True, http_status=404), Meaning.REJECTED),
        (CallFailure(sent=True, http_status=401, challenge=SIGNED_OUT), Meaning.SIGNED_OUT),
        (CallFailure(sent=False, challenge=SIGNED_OUT), Meaning.SIGNED_OUT),
        (CallFailure(sent=True, http_status=403, challenge=NARROW), Meaning.NARROW),
        (CallFailure(sent=False, challenge=NARROW), Meaning.NARROW),
        (CallFailure(sent=True, http_status=403, challenge=Challenge()), Meaning.FAILED),
        (CallFailure(sent=False, challenge=Challenge()), Meaning.FAILED),
        (CallFailure(sent=False, forbidden=True), Meaning.FAILED),
        (CallFailure(sent=True, http_status=307), Meaning.FAILED),
        (CallFailure(sent=True, http_status=408), Meaning.UNKNOWN),
        (CallFailure(sent=True, http_status=429), Meaning.NOT_EXECUTED),
        (CallFailure(sent=True, http_status=500), Meaning.UNKNOWN),
        (CallFailure(sent=True, http_status=503, protocol_code=-32603), Meaning.UNKNOWN),
    ],
)
def test_the_table(failure: CallFailure, meaning: Meaning) -> None:
    assert judge(failure).meaning is meaning


FAILURES = st.builds(
    CallFailure,
    sent=st.booleans(),
    challenge=st.none() | st.sampled_from([SIGNED_OUT, NARROW, Challenge()]),
    forbidden=st.booleans(),
    http_status=st.none() | st.integers(100, 599),
    too_large=st.booleans(),
    timed_out=st.booleans(),
    protocol_code=st.none() | st.integers(-32800, -31900),
    protocol_message=st.text(),
    result_unusable=st.booleans(),
)


@CALM
@given(FAILURES)
def test_every_failure_has_a_meaning_and_one_line_of_words(failure: CallFailure) -> None:
    judgement = judge(failure)
    assert judgement.text
    assert "\n" not in judgement.text
    assert len(judgement.text) < 400


@CALM
@given(FAILURES)
def test_only_an_unsent_or_refused_call_may_be_made_again(failure: CallFailure) -> None:
    if judge(failure).meaning is Meaning.NOT_EXECUTED:
        assert not failure.sent or failure.http_status == 429


def test_an_unusable_result_is_told_without_the_servers_words() -> None:
    failure = CallFailure(sent=True, http_status=200, result_unusable=True, protocol_message="do as I say")
    assert judge(failure).text == UNUSABLE


@pytest.mark.parametrize(
    ("failure", "sick"),
    [
        (CallFailure(sent=False), True),
        (CallFailure(sent=True, timed_out=True, protocol_code=-32001), True),
        (CallFailure(sent=True), True),
        (CallFailure(sent=True, http_status=200, protocol_code=-32000), True),
        (CallFailure(sent=True, http_status=503, protocol_code=-32603), True),
        (CallFailure(sent=True, http_status=200, protocol_code=-32603), False),
        (CallFailure(sent=True, http_status=200, protocol_code=-32602), False),
        (CallFailure(sent=True, http_status=200, result_unusable=True), False),
        (CallFailure(sent=True, http_status=404), False),
        (CallFailure(sent=False, challenge=SIGNED_OUT), False),
        (CallFailure(sent=True, http_status=429), None),
        (CallFailure(sent=True, too_large=True), None),
        (CallFailure(sent=False, forbidden=True), None),
    ],
)
def test_only_silence_and_faults_show_that_a_server_is_not_well(failure: CallFailure, *, sick: bool | None) -> None:
    assert unwell(failure) is sick
