"""A page for people: what is connected, and what happened lately."""

from html import escape

from aiohttp import web

from local.web_pubsub.connection import Connection
from local.web_pubsub.hub import Hub, Hubs
from local.web_pubsub.settings import Settings
from local.web_pubsub.traffic import Traffic

_SHOWN = 200
_STYLE = (
    "body{font:14px system-ui;margin:2rem;color:#222}table{border-collapse:collapse;margin:.5rem 0 1.5rem}"
    "td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ddd}h1{font-size:1.3rem}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
)


def _table(caption: str, heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th scope=col>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    if not rows:
        body = f"<tr><td colspan={len(heads)}>none</td></tr>"
    return f"<table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}</table>"


def _connection_row(connection: Connection) -> list[str]:
    return [
        connection.id,
        connection.user_id or "-",
        connection.subprotocol or "WebSocket",
        "connected" if connection.outbox is not None else "may recover",
        str(len(connection.unacked or ())),
        ", ".join(sorted(connection.groups)) or "-",
    ]


def _hub_section(hub: Hub) -> str:
    connections = list(hub.connections.values())
    heads = ["connection", "user", "protocol", "socket", "unacknowledged", "groups"]
    rows = [_connection_row(connection) for connection in connections[:_SHOWN]]
    groups = [[name, str(len(members))] for name, members in list(hub.groups.items())[:_SHOWN]]
    return (
        f"<h2>Hub {escape(hub.name)}</h2>"
        + _table(f"Connections: {len(connections)}", heads, rows)
        + _table(f"Groups: {len(hub.groups)}", ["group", "members"], groups)
    )


class StatusPage:
    """Names and sizes; what messages say only when the service was started to show it."""

    def __init__(self, settings: Settings, hubs: Hubs, traffic: Traffic) -> None:
        self._settings = settings
        self._hubs = hubs
        self._traffic = traffic

    async def handle(self, _: web.Request) -> web.Response:
        totals = [[kind, str(count)] for kind, count in sorted(self._traffic.totals.items())]
        recent = [
            [f"{entry.at:%H:%M:%S.%f}"[:-3], entry.kind, entry.hub, entry.target, str(entry.size), entry.outcome]
            + ([entry.content] if self._traffic.show_payloads else [])
            for entry in reversed(self._traffic.recent)
        ]
        heads = ["time", "kind", "hub", "target", "bytes", "outcome"]
        heads += ["payload"] if self._traffic.show_payloads else []
        parts = [
            "<h1>Web PubSub, local</h1>",
            _table("Event handlers", ["hub", "URL", "user events", "system events"], self._handler_rows()),
            *(_hub_section(hub) for hub in self._hubs),
            _table("Totals", ["kind", "count"], totals),
            _table("Recent traffic", heads, recent),
        ]
        page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Web PubSub</title><style>{_STYLE}</style>"
        return web.Response(text=page + "".join(parts), content_type="text/html")

    def _handler_rows(self) -> list[list[str]]:
        return [
            [hub, each.url_template, ", ".join(each.user_events) or "-", ", ".join(sorted(each.system_events)) or "-"]
            for hub, handlers in sorted(self._settings.handlers().items())
            for each in handlers
        ]


async def health(_: web.Request) -> web.Response:
    return web.Response()
