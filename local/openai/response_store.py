"""Responses kept on the server: those asked for with `store` (the default)."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.openai.ask import objects

KEPT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A finished response with all the input items that led to it."""

    response: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]


class ResponseStore:
    """The last 2,000 stored responses."""

    def __init__(self) -> None:
        self._stored: OrderedDict[str, Stored] = OrderedDict()
        self._item_ids: set[str] = set()

    def put(self, response: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
        self._stored[str(response["id"])] = Stored(response=response, items=items)
        self._item_ids |= _ids(response)
        while len(self._stored) > KEPT:
            _, oldest = self._stored.popitem(last=False)
            self._item_ids -= _ids(oldest.response)

    def get(self, response_id: str) -> Stored | None:
        return self._stored.get(response_id)

    def delete(self, response_id: str) -> bool:
        stored = self._stored.pop(response_id, None)
        if stored is not None:
            self._item_ids -= _ids(stored.response)
        return stored is not None

    def history(self, response_id: str) -> list[Mapping[str, Any]] | None:
        """Return the items a follow-up to this response starts from, or None if there is no such response."""
        stored = self.get(response_id)
        return None if stored is None else [*stored.items, *objects(stored.response["output"])]

    def item_ids(self) -> set[str]:
        """Return the ids of all stored output items."""
        return self._item_ids


def _ids(response: Mapping[str, Any]) -> set[str]:
    return {str(item["id"]) for item in objects(response["output"])}
