"""The pages: all traces, and one of them as a waterfall. Everything that was received is escaped."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from local.traces.store import Span, Store, Trace

_STYLE = """
body{font:14px system-ui,sans-serif;margin:24px;color:#1b1b1b;background:#fff} a{color:#0b57d0}
table{border-collapse:collapse;width:100%} td,th{text-align:left;padding:3px 8px;border-bottom:1px solid #ddd}
.track{position:relative;width:100%;height:14px;background:#f3f3f3} .bar{position:absolute;height:14px;
background:#0b57d0;min-width:2px} .failed .bar{background:#b3261e} .failed td{color:#b3261e}
details{font-size:12px} pre{white-space:pre-wrap;margin:2px 0} .lane{width:45%}
"""


def overview(store: Store) -> str:
    """Return the page of all traces, the newest first, and of all metrics."""
    newest = sorted(store.traces.items(), key=lambda item: -item[1].start)
    rows = "".join(
        f"<tr{_class(trace)}><td>{_clock(trace.start)}</td><td><a href='/traces/{escape(trace_id)}'>"
        f"{escape(_title(trace))}</a></td><td>{len(trace.spans)}</td><td>{_milliseconds(trace):.0f} ms</td></tr>"
        for trace_id, trace in newest
        if trace.spans
    )
    figures = "".join(
        f"<tr><td>{escape(name)}</td><td>{known['count']}</td><td>{known['sum']:.3f}</td></tr>"
        for name, known in sorted(store.metrics.items())
    )
    return _page(
        "Traces",
        f"<table><tr><th>began (UTC)</th><th>trace</th><th>spans</th><th>length</th></tr>{rows}</table>"
        f"<h2>Metrics</h2><table><tr><th>metric</th><th>values</th><th>sum</th></tr>{figures}</table>",
    )


def detail(trace_id: str, trace: Trace) -> str:
    """Return the page of one trace: its spans as a tree on a line of time, then its log."""
    length = max(1, max((span.end for span in trace.spans.values()), default=0) - trace.start)
    rows = "".join(_row(span, depth, trace.start, length) for span, depth in in_order(trace))
    lines = "".join(
        f"<tr><td>{(line.at - trace.start) / 1e6:.0f} ms</td><td>{escape(line.severity)}</td>"
        f"<td>{escape(str(line.attributes.get('logger', '')))}</td><td>{escape(line.body)}</td></tr>"
        for line in sorted(trace.logs, key=lambda line: line.at)
    )
    return _page(
        f"Trace {trace_id}",
        f"<p><a href='/'>all traces</a></p><table>{rows}</table><h2>Log</h2><table>{lines}</table>",
    )


def in_order(trace: Trace) -> Iterator[tuple[Span, int]]:
    """Yield the spans as a tree, each with its depth; one whose parent was not received is a root."""
    children: dict[str, list[Span]] = {}
    for span in sorted(trace.spans.values(), key=lambda span: span.start):
        known = span.parent_id in trace.spans and span.parent_id != span.span_id
        children.setdefault(span.parent_id if known else "", []).append(span)
    waiting = [(span, 0) for span in reversed(children.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        yield span, depth
        waiting += [(child, depth + 1) for child in reversed(children.get(span.span_id, []))]


def _row(span: Span, depth: int, start: int, length: int) -> str:
    left, width = 100 * (span.start - start) / length, 100 * (span.end - span.start) / length
    told = escape(json.dumps(span.attributes, indent=1, ensure_ascii=False))
    return (
        f"<tr class='{'failed' if span.failed else ''}'><td style='padding-left:{8 + 18 * depth}px'>"
        f"<details><summary>{escape(span.name)}</summary><pre>{told}</pre></details></td>"
        f"<td>{(span.end - span.start) / 1e6:.1f} ms</td><td class='lane'><div class='track'>"
        f"<div class='bar' style='left:{left:.2f}%;width:{width:.2f}%'></div></div></td></tr>"
    )


def _title(trace: Trace) -> str:
    first, _ = next(in_order(trace))
    return first.name


def _milliseconds(trace: Trace) -> float:
    return (max(span.end for span in trace.spans.values()) - trace.start) / 1e6


def _class(trace: Trace) -> str:
    return " class='failed'" if any(span.failed for span in trace.spans.values()) else ""


def _clock(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).strftime("%H:%M:%S.%f")[:-3]


def _page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
