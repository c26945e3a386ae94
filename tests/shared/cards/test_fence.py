import itertools

from shared.cards.fence import fence_of


def test_another_card_other_arguments_or_another_schema_have_another_fence() -> None:
    kinds = [("a", None, None), ("b", None, None), ("a", "{}", None), ("a", None, "{}"), ("a", "{}", "{}")]
    fences = [fence_of(*kind) for kind in kinds]
    assert all(one != other for one, other in itertools.combinations(fences, 2))
    assert fences == [fence_of(*kind) for kind in kinds]
