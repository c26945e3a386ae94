"""Charts of answers: as Vega-Lite with rows, and the rows as CSV; for who may see the answer's data."""

from collections.abc import Awaitable, Callable
from typing import Any

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared.access import GroupGate, access_session
from shared.audience import for_reader, reader_of
from shared.beside import is_chart_id
from shared.charts.drawing import csv_text, with_data
from shared.errors import CommandRefused
from shared.event_log.log import EventLog
from shared.protocol.codes import ErrorCode
from shared.protocol.events import StoredEvent, VisibleEvent
from shared.protocol.insights import ChartCreated
from shared.protocol.shapes import ChartCell

CSV = "text/csv; charset=utf-8"
_SUFFIX = ".csv"
_CODES = (ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.MESSAGE_NOT_FOUND)
_DETAIL = (
    "With `.csv` behind its id, the rows as CSV. The numbers are those the server computed from the tool's result."
)


class ChartReply(Output):
    """A chart: `vega_lite` has its data inside, `rows` are the same data in the order of `columns`.

    It was computed from the result of `call_id`, the table at `pointer` (JSON pointer); `alt` says what it shows.
    """

    chart_id: str
    message_id: str
    call_id: str
    pointer: str
    title: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[ChartCell, ...], ...]
    result_digest: str
    vega_lite: dict[str, Any]


class ChartsApi:
    """Endpoints over the charts of sessions and groups."""

    def __init__(self, log: EventLog, gate: GroupGate) -> None:
        self._log = log
        self._gate = gate

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            self._endpoint("session_chart", "sessions/{session_id}/charts/{chart_id}", "sessions", self.of_session),
            self._endpoint("group_chart", "groups/{group_id}/charts/{chart_id}", "groups", self.of_group),
        )

    def _endpoint(
        self, name: str, path: str, tag: str, handle: Callable[[ApiRequest], Awaitable[ApiReply]]
    ) -> Endpoint:
        return Endpoint(
            name=name,
            method="GET",
            path=path,
            summary="A chart of an answer, with its rows",
            detail=_DETAIL,
            handle=handle,
            tag=tag,
            reply=ChartReply,
            reply_media=(CSV,),
            codes=_CODES,
        )

    async def of_session(self, request: ApiRequest) -> ApiReply:
        session_id = request.path["session_id"]
        await access_session(self._log, request.principal.id, session_id)
        return _told(request, await self._stored(session_id, request))

    async def of_group(self, request: ApiRequest) -> ApiReply:
        group_id = request.path["group_id"]
        access = await self._gate.access(request.principal.id, group_id)
        event = await self._stored(group_id, request)
        group = access.known.head.group
        if event is None or group is None:
            return _told(request, None)
        return _told(request, for_reader(event, reader_of(access.member, group)))

    async def _stored(self, conversation_id: str, request: ApiRequest) -> StoredEvent | None:
        name = request.path["chart_id"].removesuffix(_SUFFIX)
        return await self._log.event(conversation_id, name) if is_chart_id(name) else None


def _told(request: ApiRequest, event: VisibleEvent | None) -> ApiReply:
    if not isinstance(event, ChartCreated):
        raise CommandRefused("There is no such chart.", code=ErrorCode.MESSAGE_NOT_FOUND)
    if request.path["chart_id"].endswith(_SUFFIX):
        headers = {"Content-Disposition": f'attachment; filename="{event.chart_id}.csv"'}
        return ApiReply(body=csv_text(event.columns, event.rows).encode(), media_type=CSV, headers=headers)
    reply = ChartReply(
        chart_id=event.chart_id,
        message_id=event.message_id,
        call_id=event.call_id,
        pointer=event.pointer,
        title=event.title,
        alt=event.alt,
        columns=event.columns,
        rows=event.rows,
        result_digest=event.result_digest,
        vega_lite=with_data(event.spec, event.rows),
    )
    return ApiReply(body=reply)
