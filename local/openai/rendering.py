"""Markdown from findings: tables, quotes, links, totals."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from local.openai.findings import LINK_KEYS, TEXT_KEYS, Finding, Row, Scalar

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Name", ("name", "title", "opportunity", "deal", "subject", "opportunity_name", "account", "account_name")),
    ("Stage", ("stage", "phase")),
    ("Type", ("kind", "type", "channel")),
    ("Amount", ("amount", "value", "arr", "total", "revenue")),
    ("Likelihood", ("probability", "likelihood", "win_probability")),
    ("Date", ("close_date", "closes", "closing", "expected_close", "date", "at", "when", "occurred_at")),
    ("Note", ("note", "notes", "summary", "description")),
    ("Next step", ("next_step", "next", "next_action")),
    ("Industry", ("industry", "segment")),
    ("Owner", ("owner", "owner_name", "contact")),
)
MOST_COLUMNS = 5
FEW_COLUMNS = 3
MOST_ROWS = 6
MOST_QUOTES = 3
QUOTE_LENGTH = 330
NAME_KEYS = COLUMNS[0][1]
AMOUNT_KEYS = ("amount", "value", "arr")


def pick(row: Row, keys: Sequence[str]) -> Scalar | None:
    """Return the first of some fields that a row has."""
    return next((row[key] for key in keys if row.get(key) not in (None, "")), None)


def name_of(row: Row) -> str:
    return str(pick(row, NAME_KEYS) or "an entry")


def money(row: Row) -> str:
    """Return a row's amount with its currency, or an empty string."""
    amount = pick(row, AMOUNT_KEYS)
    if not isinstance(amount, (int, float)) or isinstance(amount, bool):
        return str(amount or "")
    return f"{row.get('currency', '')} {amount:,.0f}".strip()


def table(rows: Sequence[Row]) -> str:
    """Return a Markdown table of at most six rows and the five most telling columns."""
    shown = rows[:MOST_ROWS]
    columns = [(title, keys) for title, keys in COLUMNS if any(pick(row, keys) is not None for row in shown)]
    columns = columns[:MOST_COLUMNS]
    if len(columns) < FEW_COLUMNS:
        used = {key for _, keys in columns for key in keys}
        others = dict.fromkeys(key for row in shown for key in row if key not in used)
        columns += [(key.replace("_", " ").capitalize(), (key,)) for key in others][:MOST_COLUMNS]
    lines = [
        "| " + " | ".join(title for title, _ in columns) + " |",
        "|" + "|".join(" --- " for _ in columns) + "|",
        *("| " + " | ".join(_cell(row, title, keys) for title, keys in columns) + " |" for row in shown),
    ]
    if len(rows) > MOST_ROWS:
        lines.append(f"\n*and {len(rows) - MOST_ROWS} more*")
    return "\n".join(lines)


def _cell(row: Row, title: str, keys: Sequence[str]) -> str:
    if title == "Amount":
        return money(row)
    value = pick(row, keys)
    if title == "Likelihood" and isinstance(value, (int, float)):
        return f"{value * 100:.0f} %" if 0 < value <= 1 else f"{value:.0f} %"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,}"
    if title == "Date":
        return str(value or "")[:10]
    return shorten(clean(str(value if value is not None else "")), 120).replace("|", "\\|")


def is_open(row: Row) -> bool:
    return not re.search(
        r"closed|\bwon\b|\blost\b", str(row.get("stage", "")) + str(row.get("status", "")), re.IGNORECASE
    )


def largest_open(rows: Sequence[Row]) -> Row | None:
    """Return the open row with the highest amount."""
    opened = [row for row in rows if is_open(row)]
    return max(opened, key=_amount, default=None)


def _amount(row: Row) -> float:
    amount = pick(row, AMOUNT_KEYS)
    return float(amount) if isinstance(amount, (int, float)) else 0.0


def totals(rows: Sequence[Row]) -> Mapping[str, float]:
    """Return the sum of amounts per currency."""
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        amount = pick(row, AMOUNT_KEYS)
        if isinstance(amount, (int, float)) and not isinstance(amount, bool):
            sums[str(row.get("currency", ""))] += amount
    return sums


def quotes(rows: Sequence[Row]) -> str:
    """Return passages as block quotes with their sources."""
    blocks: list[str] = []
    for row in rows[:MOST_QUOTES]:
        text = shorten(clean(str(pick(row, TEXT_KEYS) or "")), QUOTE_LENGTH)
        blocks.append(f"> {text}\n>\n> — {source(row)}")
    return "\n\n".join(blocks)


def source(row: Row) -> str:
    """Return title, heading and id of where a passage comes from."""
    title = str(pick(row, ("title", "document", "document_title", "source")) or "playbook")
    heading = str(pick(row, ("heading", "section")) or "")
    return f"*{title}*" + (f", {heading}" if heading and heading != title else "")


def links(rows: Sequence[Row]) -> str:
    """Return a list of linked titles with date and snippet."""
    lines: list[str] = []
    for row in rows[:MOST_QUOTES]:
        title = clean(str(pick(row, ("title", "name")) or pick(row, LINK_KEYS)))
        date = str(pick(row, ("date", "published", "published_at")) or "")[:10]
        snippet = shorten(clean(str(pick(row, ("snippet", "text", "summary", "description")) or "")), 220)
        when = f" ({date})" if date else ""
        lines.append(f"- [{title}]({pick(row, LINK_KEYS)}){when}: {snippet}")
    return "\n".join(lines)


def body(finding: Finding) -> str:
    """Return a finding as Markdown, whatever its shape."""
    match finding.shape:
        case "records":
            return table(finding.rows)
        case "passages":
            return quotes(finding.rows)
        case "links":
            return links(finding.rows)
        case "text":
            if finding.text:
                return "> " + shorten(clean(finding.text), 600)
            return "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in finding.facts.items())
        case "nothing":
            return "*Nothing was found.*"


def clean(text: str) -> str:
    """Return a text on one line, without headings and list marks of its own."""
    return re.sub(r"\s+", " ", re.sub(r"(?m)^\s*(#+|[-*>]|\d+\.)\s+", "", text)).strip()


def shorten(text: str, length: int) -> str:
    """Return a text cut after a sentence, or a word, within a length."""
    if len(text) <= length:
        return text
    cut = text[:length]
    end = max(cut.rfind(". "), cut.rfind("? "), cut.rfind("! "))
    return cut[: end + 1] if end > length // 2 else cut.rsplit(" ", 1)[0] + " …"
