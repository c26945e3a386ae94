import pytest

from orchestration.rights import Judgement, judged, untrusted_before
from shared import ids
from shared.tools.catalog import Policy
from tests.orchestration.records import Notes

DENY, ASK, PRIVATE, ALLOW = Policy.DENY, Policy.ASK, Policy.ALLOW_PRIVATE, Policy.ALLOW
NOBODY: tuple[str, ...] = ()
STRANGERS = ("web",)
NOW = "t_now"


@pytest.mark.parametrize(
    ("policy", "read_only", "in_group", "sources", "expected"),
    [
        (DENY, True, False, NOBODY, Judgement(rule=DENY)),
        (DENY, False, True, STRANGERS, Judgement(rule=DENY)),
        (ASK, True, False, NOBODY, Judgement(rule=ASK)),
        (ASK, False, True, STRANGERS, Judgement(rule=ASK)),
        (PRIVATE, False, False, NOBODY, Judgement(rule=ALLOW)),
        (PRIVATE, True, True, NOBODY, Judgement(rule=ASK)),
        (PRIVATE, False, True, STRANGERS, Judgement(rule=ASK)),
        (PRIVATE, False, False, STRANGERS, Judgement(rule=ASK, because=STRANGERS)),
        (PRIVATE, True, False, STRANGERS, Judgement(rule=ALLOW)),
        (ALLOW, False, True, NOBODY, Judgement(rule=ALLOW)),
        (ALLOW, False, False, STRANGERS, Judgement(rule=ASK, because=STRANGERS)),
        (ALLOW, True, True, STRANGERS, Judgement(rule=ALLOW)),
    ],
)
def test_policy_place_and_what_was_read_decide_together(
    policy: Policy,
    read_only: bool,  # noqa: FBT001 - a row
    in_group: bool,  # noqa: FBT001 - a row
    sources: tuple[str, ...],
    expected: Judgement,
) -> None:
    assert judged(policy, read_only=read_only, in_group=in_group, sources=sources) == expected


def test_a_step_says_whose_text_it_was_told() -> None:
    notes = Notes().question(NOW, "Q").started(NOW).step(NOW, 0, "", "write", untrusted_from=("web", "mail"))
    assert untrusted_before(notes.record(), ids.call(NOW, 0, 0)) == ("mail", "web")


def test_the_results_of_earlier_steps_of_the_turn_count_whatever_the_step_says() -> None:
    notes = Notes().question(NOW, "Q").started(NOW).step(NOW, 0, "", "find", "write")
    notes.result(ids.call(NOW, 0, 0), "Strange.", trust="untrusted").step(NOW, 1, "", "write")
    assert untrusted_before(notes.record(), ids.call(NOW, 0, 1)) == ()
    assert untrusted_before(notes.record(), ids.call(NOW, 1, 0)) == ("crm",)
