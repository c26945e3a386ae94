import pytest

from shared.identity import narrowed_roles


@pytest.mark.parametrize(
    ("claimed", "roles", "report"),
    [
        (None, {"Sales", "HR"}, False),
        ("", {"Sales", "HR"}, False),
        ("HR", {"HR"}, False),
        ("Admin", {"Sales", "HR"}, True),
        ("hr", {"Sales", "HR"}, True),
    ],
)
def test_a_frame_can_only_narrow_the_roles(claimed: str | None, roles: set[str], report: bool) -> None:  # noqa: FBT001 - a table
    assert narrowed_roles(frozenset({"Sales", "HR"}), claimed) == (roles, report)
