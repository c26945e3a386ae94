import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tools.arguments import MAX_BYTES, ArgumentsUnusable, parse_arguments

# A busy machine is slow, which is no failure of what is tested.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@CALM
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), JSON_VALUES, max_size=4))
def test_every_json_object_arrives_as_written(value: dict[str, object]) -> None:
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return
    assert parse_arguments(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ('{"q": ', "not valid JSON"),
        ("null", "not null"),
        ("true", "not a boolean"),
        ('"x"', "not a string"),
        ("[]", "not an array"),
        ("7", "not a number"),
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "not a JSON number"),
        ('{"a": 1e400}', "out of range"),
        ('{"a": ' + "9" * 5000 + "}", "not valid JSON"),
        ('{"a": "\\ud800"}', "half a surrogate"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": "' + "x" * MAX_BYTES + '"}', "larger than 256 kB"),
        ('{"a": "' + "ä" * (MAX_BYTES // 2) + '"}', "larger than 256 kB"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, says: str) -> None:
    with pytest.raises(ArgumentsUnusable, match=says):
        parse_arguments(text)
