"""The partition hash, against the SDK's own."""

from typing import Any

from azure.cosmos import PartitionKey
from hypothesis import given
from hypothesis import strategies as st

from local.cosmos.epk import effective_partition_key

COMPONENTS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=40)
)


def theirs(paths: str | list[str], values: list[Any]) -> str:
    key: Any = PartitionKey(path=paths)  # pyright: ignore[reportCallIssue, reportArgumentType] - its overloads know no union
    return str(key._get_effective_partition_key_string(values))


@given(value=COMPONENTS)
def test_a_simple_key_has_the_same_place_as_in_the_sdk(value: Any) -> None:
    assert effective_partition_key([value], hierarchical=False) == theirs("/a", [value])


@given(values=st.lists(COMPONENTS, min_size=1, max_size=3))
def test_a_hierarchical_key_and_each_prefix_have_the_same_place_as_in_the_sdk(values: list[Any]) -> None:
    ours = effective_partition_key(values, hierarchical=True)
    assert ours == theirs(["/a", "/b", "/c"], values)
    assert ours.startswith(effective_partition_key(values[:1], hierarchical=True))
