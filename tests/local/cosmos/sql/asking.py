"""Runs queries over documents at hand."""

from typing import Any

from local.cosmos.query import Ask, run
from local.cosmos.values import Document
from local.cosmos.views import Entry, View

ITEM: Document = {
    "id": "a",
    "n": 5,
    "half": 2.5,
    "text": "Hello World",
    "yes": True,
    "nothing": None,
    "list": [3, 1, 2],
    "empty": [],
    "tags": ["x", "y"],
    "in": {"deep": {"er": 7}},
    "objects": [{"k": 1, "v": "one"}, {"k": 2, "v": "two"}],
    "when": "2024-02-29T23:59:58.5000000Z",
}


def view_of(*documents: Document) -> View:
    view = View()
    for seq, document in enumerate(documents):
        view.put(Entry(seq=seq, pk="", epk="", document=document, expires=None, size=1))
    return view


def ask(text: str, *documents: Document, **parameters: Any) -> list[Any]:
    asked = Ask(text=text, parameters={f"@{name}": value for name, value in parameters.items()})
    return run(view_of(*(documents or (ITEM,))), asked, lambda _: True).results
