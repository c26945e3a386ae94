"""A computed chart for people: Vega-Lite, alternative text, rows and CSV. Pure.

Fields of the data are called `c0`, `c1` and `c2`, so that no column's name can mean anything in an expression.
"""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from shared.charts.computing import Computed, Mark
from shared.charts.proposal import Proposal
from shared.charts.values import on_wire
from shared.protocol.beside import ChartMeasure
from shared.protocol.shapes import ChartCell

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
DATA = "rows"
NOT_GIVEN = "not given"
_MARKS = {"bar": "Bar chart", "line": "Line chart", "area": "Area chart", "point": "Scatter plot", "arc": "Pie chart"}
_AGGREGATES = {"sum": "Sum of ", "mean": "Mean of ", "none": "", "count": "Number of "}
_HEIGHT = 260
_FORMULA = frozenset("=+-@\t\r")
_NAMED_IN_FULL = 3


def headings(proposal: Proposal, chart: Computed) -> tuple[str, ...]:
    """Return what each column of the chart's rows holds: place, series if there are any, value."""
    place = chart.x.name if proposal.bucket == "none" else f"{chart.x.name} ({proposal.bucket})"
    series = (chart.series.name,) if chart.series else ()
    return (place, *series, _measure(proposal, chart))


def measure_of(proposal: Proposal, chart: Computed) -> ChartMeasure:
    """Return what the headings are made of."""
    return ChartMeasure(
        place=chart.x.name,
        bucket=proposal.bucket,
        aggregate=proposal.aggregate,
        value=chart.y.name if chart.y else None,
        unit=chart.unit,
    )


def _measure(proposal: Proposal, chart: Computed) -> str:
    name = chart.y.name if chart.y else "rows"
    unit = f" ({chart.unit})" if chart.unit else ""
    return f"{_AGGREGATES[proposal.aggregate]}{name}{unit}"


def rows_of(chart: Computed) -> tuple[tuple[ChartCell, ...], ...]:
    """Return the chart's rows as they are told: whole numbers whole, others to 12 significant digits."""
    return tuple(_row(chart, mark) for mark in chart.marks)


def _row(chart: Computed, mark: Mark) -> tuple[ChartCell, ...]:
    place = on_wire(mark.x) if isinstance(mark.x, Decimal) else mark.x or NOT_GIVEN
    series = (mark.series or NOT_GIVEN,) if chart.series else ()
    return (place, *series, on_wire(mark.value))


def vega_lite(proposal: Proposal, chart: Computed) -> str:
    """Return the chart as Vega-Lite (JSON text); its data are to be given under the name `DATA`."""
    titles = headings(proposal, chart)
    value = f"c{len(titles) - 1}"
    tooltip = [_channel(f"c{n}", title, n == len(titles) - 1) for n, title in enumerate(titles)]
    spec: dict[str, Any] = {
        "$schema": VEGA_LITE,
        "data": {"name": DATA},
        "width": "container",
        "height": _HEIGHT,
        "mark": {"type": proposal.mark} | ({"point": True} if proposal.mark == "line" else {}),
        "encoding": _encoding(proposal, chart, titles, value) | {"tooltip": tooltip},
    }
    return json.dumps(spec, ensure_ascii=False)


def _encoding(proposal: Proposal, chart: Computed, titles: Sequence[str], value: str) -> dict[str, Any]:
    measure = _channel(value, titles[-1], True)
    if proposal.mark == "arc":
        return {"theta": measure, "color": _channel("c0", titles[0], False) | {"sort": None}}
    place = _channel("c0", titles[0], isinstance(chart.marks[0].x, Decimal))
    if place["type"] == "nominal":
        place |= {"type": "ordinal", "sort": None}
    encoding: dict[str, Any] = {"x": place, "y": measure}
    if chart.series:
        encoding["color"] = _channel("c1", titles[1], False)
    return encoding


def _channel(name: str, title: str, is_number: bool) -> dict[str, Any]:  # noqa: FBT001 - one fact
    return {"field": name, "type": "quantitative" if is_number else "nominal", "title": title}


def with_data(spec: str, rows: Sequence[Sequence[ChartCell]]) -> dict[str, Any]:
    """Return a chart that was told, as Vega-Lite with its data inside."""
    values = [{f"c{n}": cell for n, cell in enumerate(row)} for row in rows]
    drawn: dict[str, Any] = json.loads(spec)
    return drawn | {"data": {"name": DATA, "values": values}}


def alternative(proposal: Proposal, chart: Computed) -> str:
    """Return in words what the chart shows, for who cannot see it."""
    *by, measure = headings(proposal, chart)
    said = f"{_MARKS[proposal.mark]}: {measure} by {' and '.join(by)}, {_counted(len(chart.marks))}."
    if len(chart.marks) <= _NAMED_IN_FULL:
        return f"{said} {'; '.join(_said(chart, mark) for mark in chart.marks)}."
    highest = max(chart.marks, key=lambda mark: mark.value)
    lowest = min(chart.marks, key=lambda mark: mark.value)
    return f"{said} Highest: {_said(chart, highest)}; lowest: {_said(chart, lowest)}."


def _counted(marks: int) -> str:
    return "1 value" if marks == 1 else f"{marks} values"


def _said(chart: Computed, mark: Mark) -> str:
    *by, value = _row(chart, mark)
    return f"{', '.join(map(str, by))}: {Decimal(str(value)):,f}"


def csv_text(titles: Sequence[str], rows: Sequence[Sequence[ChartCell]]) -> str:
    """Return the rows as CSV (RFC 4180). No cell of words can be taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_inert(title) for title in titles])
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return out.getvalue()


def _inert(cell: ChartCell) -> ChartCell:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in _FORMULA else cell
