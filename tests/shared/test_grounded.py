"""A line stands only where each of its figures does, in whatever way figures are written."""

import json

import pytest

from shared.grounded import Source, grounded


@pytest.mark.parametrize(
    ("line", "said", "stands"),
    [
        ("They closed 6 deals.", "In 2025, 6 deals were closed.", True),
        ("In 2025 they closed 240 deals.", "2025 240 deals", True),
        ("The price is 240,000.", "It costs 240 000 EUR.", True),
        ("The price is 240.000 EUR.", "It costs 240\u202f000 EUR.", True),
        ("The price is 240\u2019000.", "It costs 240,000.", True),
        ("12.5 % off", "They want 12.5 %.", True),
        ("Margin 12,5 %.", "Margin 12.5 %, 3 years", True),
        ("They closed 7 deals.", "In 2025, 6 deals were closed.", False),
        ("It costs 240.", "It costs 240,000.", False),
        ("It costs 12 %.", "They want 12.5 %.", False),
    ],
)
def test_a_line_stands_where_its_figures_do(line: str, said: str, *, stands: bool) -> None:
    answer = json.dumps({"numbers": [{"text": line, "messages": ["m1"]}]})
    found = grounded(answer, [Source(message_id="one", seq=1, text=said, line="")], ("numbers",))
    assert found is not None
    assert (len(found["numbers"]) == 1) is stands
