import json

import pytest

from shared.protocol.strict_json import MAX_LEVELS, JsonUnusable, read_json


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "Expecting value"),
        (b"{}x", "Extra data"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": [-Infinity]}', "-Infinity is not a JSON number"),
        (b'{"a": 1e400}', "out of range"),
        (b'{"a": -1e400}', "out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"a": "\\ud800"}', "half a surrogate"),
        (b'{"\\udfff": 1}', "half a surrogate"),
        (b'{"a": 1, "a": 1}', "stands twice"),
        (b'{"b": [{"a": 1, "c": 2, "\\u0061": 3}]}', "stands twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * (MAX_LEVELS + 1) + b"]" * (MAX_LEVELS + 1), "nested too deeply"),
        (b'{"a":' * (MAX_LEVELS + 1) + b"1" + b"}" * (MAX_LEVELS + 1), "nested too deeply"),
    ],
)
def test_what_programs_read_differently_is_refused_with_a_reason(text: bytes, says: str) -> None:
    with pytest.raises(JsonUnusable, match=says):
        read_json(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "\U0001f600\u202e\x00",
        {"a": 1, "A": 2, "__proto__": {}, "": [1.5, -0.0, 10**400]},
        [[]] * 50_000,
        json.loads("[" * MAX_LEVELS + "]" * MAX_LEVELS),
    ],
)
def test_what_is_plain_is_read_as_it_stands(value: object) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value
