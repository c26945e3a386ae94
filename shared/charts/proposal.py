"""What the utility model may say of a chart: where its data stand and what to do with them, never a number of them."""

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.charts.tables import Table
from shared.protocol.beside import Aggregate, Bucket

type Mark = Literal["bar", "line", "area", "point", "arc"]
type Sort = Literal["none", "x_ascending", "x_descending", "y_ascending", "y_descending"]

MAX_TITLE_CHARACTERS = 100
MAX_TOP = 50


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Proposal(_Shape):
    """A chart of the table at `pointer` in the result of `call_id`; columns are JSON pointers from a row.

    `y` may be left out (None) to count rows. `series` splits the marks by colour. `top` keeps so many of the highest.
    """

    call_id: str
    pointer: str
    mark: Mark
    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE_CHARACTERS)]
    x: str
    bucket: Bucket = "none"
    y: str | None = None
    aggregate: Aggregate = "none"
    series: str | None = None
    sort: Sort = "none"
    top: Annotated[int, Field(ge=1, le=MAX_TOP)] | None = None


class Proposed(_Shape):
    """The model's answer: a chart, or none where a picture does not help."""

    chart: Proposal | None


class ProposalRefused(Exception):  # noqa: N818 - reads as what happened
    """The proposal cannot be drawn from the results; `reasons` say why, for the model to do better."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def read_proposal(text: str) -> Proposal | None:
    """Return what the model proposes; None where it proposes no chart.

    Raises:
        ProposalRefused: it is not what was asked for.

    """
    try:
        return Proposed.model_validate_json(text).chart
    except ValidationError as error:
        reasons = [
            f"{'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}" for problem in error.errors()[:5]
        ]
        raise ProposalRefused(*reasons) from None


def schema_for(tables: Sequence[tuple[str, Table]]) -> str:
    """Return the JSON schema (text) of an answer over these tables, each with the id of its call."""
    columns = sorted({column.pointer for _, table in tables for column in table.columns})
    choice: dict[str, dict[str, object]] = {
        "call_id": _one_of(sorted({call_id for call_id, _ in tables})),
        "pointer": _one_of(sorted({table.pointer for _, table in tables})),
        "mark": _one_of(["bar", "line", "area", "point", "arc"]),
        "title": {"type": "string"},
        "x": _one_of(columns),
        "bucket": _one_of(["none", "day", "week", "month", "quarter", "year"]),
        "y": _or_null(_one_of(columns)),
        "aggregate": _one_of(["none", "sum", "mean", "count"]),
        "series": _or_null(_one_of(columns)),
        "sort": _one_of(["none", "x_ascending", "x_descending", "y_ascending", "y_descending"]),
        "top": _or_null({"type": "integer"}),
    }
    return json.dumps(_object({"chart": _or_null(_object(choice))}))


def _one_of(values: list[str]) -> dict[str, object]:
    return {"type": "string", "enum": values}


def _or_null(schema: dict[str, object]) -> dict[str, object]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: dict[str, dict[str, object]]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
