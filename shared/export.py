"""What was said in a conversation as a document to keep: messages, and which tools were used for them. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from shared.answers import text_of
from shared.charts.drawing import with_data
from shared.protocol.beside import ChartCreated
from shared.protocol.durable import ToolCallCompleted
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import ChartCell, Shape, ToolCallPart, ToolStatus
from shared.transcript import Said, transcript

FORMAT_VERSION = 1


class ExportedCall(Shape):
    """A tool call; `result` is the beginning of what the tool said, None when it did not come to it."""

    server: str
    tool: str
    arguments: str
    status: ToolStatus | None
    result: str | None


class ExportedChart(Shape):
    """A chart of the message: `vega_lite` has its data inside, `rows` are the same in the order of `columns`."""

    chart_id: str
    title: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[ChartCell, ...], ...]
    vega_lite: dict[str, Any]


class ExportedMessage(Shape):
    """A message as Markdown. `by` is the name of who wrote it.

    `coach` tells the coach's, `private` what not everyone in a group got to see. `copied_by` is the name of who brought
    it from a private conversation, in which it was said at `said_at`.
    """

    message_id: str
    at: str
    by: str
    coach: bool
    text: str
    private: bool
    calls: tuple[ExportedCall, ...]
    charts: tuple[ExportedChart, ...]
    copied_by: str | None = None
    said_at: str | None = None


def exported(events: Sequence[VisibleEvent]) -> tuple[ExportedMessage, ...]:
    """Return the messages, of the events as their reader may see them."""
    results = {event.call_id: event for event in events if isinstance(event, ToolCallCompleted)}
    charts = [event for event in events if isinstance(event, ChartCreated)]
    return tuple(_message(said, results, charts) for said in transcript(events))


def _message(said: Said, results: dict[str, ToolCallCompleted], charts: Iterable[ChartCreated]) -> ExportedMessage:
    calls = (part for part in said.parts if isinstance(part, ToolCallPart))
    return ExportedMessage(
        message_id=said.message_id,
        at=said.at,
        by=said.author.name,
        coach=said.author.kind == "coach",
        text=text_of(said.parts),
        private=said.audience is not None,
        calls=tuple(_call(part, results.get(part.call_id)) for part in calls),
        charts=tuple(_chart(chart) for chart in charts if chart.message_id == said.message_id),
        copied_by=said.copied_by.name if said.copied_by else None,
        said_at=said.said_at,
    )


def _chart(event: ChartCreated) -> ExportedChart:
    return ExportedChart(
        chart_id=event.chart_id,
        title=event.title,
        alt=event.alt,
        columns=event.columns,
        rows=event.rows,
        vega_lite=with_data(event.spec, event.rows),
    )


def _call(part: ToolCallPart, result: ToolCallCompleted | None) -> ExportedCall:
    return ExportedCall(
        server=part.server,
        tool=part.tool,
        arguments=part.arguments,
        status=result.status if result else None,
        result=result.preview if result else None,
    )


def markdown(title: str, created_at: str, messages: Iterable[ExportedMessage]) -> str:
    """Return a Markdown document. What people and the coach wrote is Markdown already."""
    lines = [f"# {_inline(title) or 'Conversation'}", "", f"Begun {created_at}.", ""]
    for message in messages:
        private = ", private" if message.private else ""
        lines += [f"## {_inline(message.by)}, {message.at}{private}", ""]
        if message.copied_by is not None:
            lines += [f"*Copied by {_inline(message.copied_by)} from a private conversation of {message.said_at}*", ""]
        if message.text:
            lines += [message.text, ""]
        for call in message.calls:
            lines += [*_call_lines(call), ""]
        for chart in message.charts:
            lines += [*_chart_lines(chart), ""]
    return "\n".join(lines)


def _call_lines(call: ExportedCall) -> Iterable[str]:
    yield f"*{_inline(call.server)} / {_inline(call.tool)}: {call.status or 'not finished'}*"
    for text in (call.arguments, call.result):
        if text:
            yield from ("", *_fenced(text))


def _chart_lines(chart: ExportedChart) -> Iterable[str]:
    """Return what the chart shows in words, and its rows as a table."""
    yield f"**{_inline(chart.title)}**"
    yield from ("", _inline(chart.alt), "")
    yield _row(_inline(column) for column in chart.columns)
    yield _row("---:" if _is_number(chart, at) else "---" for at in range(len(chart.columns)))
    for row in chart.rows:
        yield _row(_inline(str(cell)) for cell in row)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _is_number(chart: ExportedChart, at: int) -> bool:
    return any(isinstance(row[at], int | float) for row in chart.rows)


def _fenced(text: str) -> tuple[str, str, str]:
    """Return the text in a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return fence, text, fence


def _inline(text: str) -> str:
    """Return the text so that Markdown reads it as words."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))
