import pytest

from orchestration.rights import effective
from shared.tools.catalog import Policy

DENY, ASK, PRIVATE, ALLOW = Policy.DENY, Policy.ASK, Policy.ALLOW_PRIVATE, Policy.ALLOW


@pytest.mark.parametrize(
    ("policy", "read_only", "in_group", "tainted", "expected"),
    [
        (DENY, True, False, False, DENY),
        (DENY, False, True, True, DENY),
        (ASK, True, False, False, ASK),
        (ASK, False, True, True, ASK),
        (PRIVATE, False, False, False, ALLOW),
        (PRIVATE, True, True, False, ASK),
        (PRIVATE, False, False, True, ASK),
        (PRIVATE, True, False, True, ALLOW),
        (ALLOW, False, True, False, ALLOW),
        (ALLOW, False, False, True, ASK),
        (ALLOW, True, True, True, ALLOW),
    ],
)
def test_policy_place_and_what_was_read_decide_together(
    policy: Policy,
    read_only: bool,  # noqa: FBT001 - a row
    in_group: bool,  # noqa: FBT001 - a row
    tainted: bool,  # noqa: FBT001 - a row
    expected: Policy,
) -> None:
    assert effective(policy, read_only=read_only, in_group=in_group, tainted=tainted) is expected
