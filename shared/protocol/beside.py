"""What is made of an answer behind its end: charts of what tools returned, its sources, what stands on nothing."""

from typing import Literal

from shared.protocol.durable import EventBase, NarrowEvent
from shared.protocol.shapes import ChartCell, Shape, Trust

type Aggregate = Literal["none", "sum", "mean", "count"]
type Bucket = Literal["none", "day", "week", "month", "quarter", "year"]


class ChartMeasure(Shape):
    """What a chart's `columns` are made of, for who says it in other words.

    The first is the result's column `place`, by `bucket`; the last the `aggregate` of its column `value` (null: of its
    rows), in `unit` if that is the same for all of them.
    """

    place: str
    bucket: Bucket
    aggregate: Aggregate
    value: str | None
    unit: str | None


class ChartCreated(NarrowEvent):
    """A chart of the answer `message_id`, computed from the result of `call_id`: the table at `pointer` (JSON pointer).

    `rows` are its data in the order of `columns`: place, series if there are any, value; `alt` says in English what it
    shows, and `measure`, absent in old charts, what the columns are. `spec` is Vega-Lite (JSON text) over the data
    `rows`, whose fields are `c0`, `c1` and so on. `result_digest` names the result it was made of. What is `untrusted`
    may come from strangers.
    """

    type: Literal["chart.created"] = "chart.created"
    chart_id: str
    turn_id: str
    message_id: str
    call_id: str
    server: str
    tool: str
    pointer: str
    title: str
    alt: str
    spec: str
    columns: tuple[str, ...]
    rows: tuple[tuple[ChartCell, ...], ...]
    result_digest: str
    trust: Trust = "trusted"
    measure: ChartMeasure | None = None


class AnswerSource(Shape):
    """An address that `links` of an answer, as written, lead to, and that the result of `call_id` holds.

    `title` is the result's word for it, empty where it has none. What is `untrusted` may come from strangers.
    """

    links: tuple[str, ...]
    title: str
    call_id: str
    server: str
    tool: str
    trust: Trust = "trusted"


class AnswerChecked(NarrowEvent):
    """Of the answer `message_id`: figures in no result (`unmatched`), links in one (`sources`), in none (`unsourced`).

    Of `figures` that were looked at, the unmatched are told as written. `sources` stand in the order in which http(s)
    links lead to them; `unsourced` are the links that are in no result of the turn's tools.
    """

    type: Literal["answer.checked"] = "answer.checked"
    turn_id: str
    message_id: str
    figures: int
    unmatched: tuple[str, ...]
    sources: tuple[AnswerSource, ...] = ()
    unsourced: tuple[str, ...] = ()


class SuggestionsOffered(EventBase):
    """What its asker may want to ask next, after this turn's answer; told again by `GET .../turns/{turn_id}/offers`."""

    type: Literal["suggestions.offered"] = "suggestions.offered"
    turn_id: str
    suggestions: tuple[str, ...]
