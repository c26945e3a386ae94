"""Proposing a chart of the tables a request tells of, where the person asked for a picture."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from local.openai.ask import Ask, mapping, objects

PICTURE = re.compile(r"\b(?:chart|graph|plot|diagram|draw|visuali[sz]e)", re.IGNORECASE)
AMOUNT = re.compile(r"amount|value|revenue|total|won|pipeline", re.IGNORECASE)


def is_asked(schema: Mapping[str, Any]) -> bool:
    """Tell whether the answer is to be a chart or none."""
    return "pointer" in json.dumps(mapping(mapping(schema.get("properties")).get("chart")))


def proposal(ask: Ask) -> dict[str, object]:
    """Return a chart of the longest table, by the column the question names, or none."""
    lines = list(_lines(ask.user_texts[0] if ask.user_texts else ""))
    tables = [line for line in lines if "pointer" in line]
    question = next((str(line["question"]) for line in lines if "question" in line), "")
    if not tables or not PICTURE.search(question):
        return {"chart": None}
    table = max(tables, key=lambda line: int(line["rows"]))
    return {"chart": _chart(question, table)}


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield cast("dict[str, Any]", json.loads(line))


def _chart(question: str, table: Mapping[str, Any]) -> dict[str, object] | None:
    columns = {str(column["column"]): str(column["kind"]) for column in objects(table.get("columns"))}
    numbers = [name for name, kind in columns.items() if kind == "number"]
    words = [name for name, kind in columns.items() if kind != "number"]
    if not numbers or not words:
        return None
    x = next((name for name in words if _named(name, question)), words[0])
    y = next((name for name in numbers if _named(name, question)), None)
    y = y or next((name for name in numbers if AMOUNT.search(name)), numbers[0])
    currency = next((name for name in words if name.endswith("currency") and name != x), None)
    return {
        "call_id": table["call_id"],
        "pointer": table["pointer"],
        "mark": "line" if columns[x] == "date" else "bar",
        "title": f"{_words(y).capitalize()} by {_words(x)}",
        "x": x,
        "bucket": "month" if columns[x] == "date" else "none",
        "y": y,
        "aggregate": "sum",
        "series": currency,
        "sort": "none",
        "top": None,
    }


def _named(column: str, question: str) -> bool:
    return _words(column) in question.lower()


def _words(column: str) -> str:
    return " ".join(re.findall(r"[a-z]+", column.rsplit("/", 1)[-1].lower()))
