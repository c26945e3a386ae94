import re
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tools.names import model_name

# A busy machine is slow, which is no failure of what is tested.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LEGAL = re.compile(r"[A-Za-z0-9_-]{1,64}")
SERVERS = st.text(alphabet="ab_", min_size=1, max_size=5) | st.from_regex(r"[a-z0-9_]{1,30}", fullmatch=True)
TOOLS = st.text(alphabet="ab_-. ", max_size=6) | st.text(max_size=200)


def test_a_clean_pair_keeps_its_words() -> None:
    assert model_name("crm", "get_pipeline") == "crm__get_pipeline"


@pytest.mark.parametrize("tool", ["../x", "with space", "größe", "x" * 300, "", "a\x00b", "\ud800", "猫"])
def test_any_other_pair_gets_a_legal_name(tool: str) -> None:
    name = model_name("crm", tool)
    assert LEGAL.fullmatch(name)
    assert name.startswith("crm")


@CALM
@given(SERVERS, TOOLS)
def test_every_name_is_legal_and_stable(server: str, tool: str) -> None:
    assert LEGAL.fullmatch(model_name(server, tool))
    assert model_name(server, tool) == model_name(server, tool)


@CALM
@given(st.lists(st.tuples(SERVERS, TOOLS), min_size=2, max_size=8, unique=True))
def test_no_two_tools_share_a_name(pairs: list[tuple[str, str]]) -> None:
    assert len({model_name(*pair) for pair in pairs}) == len(pairs)


def test_names_that_could_be_parted_in_two_ways_differ() -> None:
    words = ["".join(letters) for n in (1, 2, 3, 4) for letters in product("a_", repeat=n)]
    pairs = list(product(words, words))
    assert len({model_name(*pair) for pair in pairs}) == len(pairs)


def test_a_tool_named_like_a_hash_does_not_meet_the_hashed_one() -> None:
    hashed = model_name("crm", "a b")
    assert "__" not in hashed
    assert model_name("crm", hashed.removeprefix("crm_")) != hashed
