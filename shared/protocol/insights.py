"""What is made of an answer behind its end: charts of what tools returned, and figures that stand on nothing."""

from typing import Literal

from shared.protocol.durable import EventBase, NarrowEvent
from shared.protocol.shapes import ChartCell, Trust


class ChartCreated(NarrowEvent):
    """A chart of the answer `message_id`, computed from the result of `call_id`: the table at `pointer` (JSON pointer).

    `rows` are its data in the order of `columns`: place, series if there are any, value; `alt` says in words what it
    shows. `spec` is Vega-Lite (JSON text) over the data `rows`, whose fields are `c0`, `c1` and so on. `result_digest`
    names the result it was made of. What is `untrusted` may come from strangers.
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


class AnswerChecked(NarrowEvent):
    """Of so many `figures` in the answer `message_id`, the `unmatched` ones, as written, are in no tool's result."""

    type: Literal["answer.checked"] = "answer.checked"
    turn_id: str
    message_id: str
    figures: int
    unmatched: tuple[str, ...]


class SuggestionsOffered(EventBase):
    """What its asker may want to ask next, after this turn's answer; told again by `GET .../turns/{turn_id}/offers`."""

    type: Literal["suggestions.offered"] = "suggestions.offered"
    turn_id: str
    suggestions: tuple[str, ...]
