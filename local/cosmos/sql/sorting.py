"""The keys rows are sorted by."""

from local.cosmos.values import OrderKey


class Descending:
    """Reverses a key's order inside a tuple of keys."""

    __slots__ = ("key",)

    def __init__(self, key: OrderKey) -> None:
        self.key = key

    def __lt__(self, other: "Descending") -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


type SortKey = tuple[OrderKey | Descending, ...]
