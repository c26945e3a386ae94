"""Charts of answers: as Vega-Lite with rows, and the rows as CSV; for who may see the answer's data."""

from typing import Any

from api.conversations import Conversations, of_both
from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from shared import ids
from shared.charts.drawing import csv_text, with_data
from shared.errors import CommandRefused
from shared.protocol.beside import ChartCreated
from shared.protocol.codes import ErrorCode
from shared.protocol.events import VisibleEvent
from shared.protocol.shapes import ChartCell

CSV = "text/csv; charset=utf-8"
_SUFFIX = ".csv"
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

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def endpoints(self) -> tuple[Endpoint, ...]:
        chart = Endpoint(
            name="session_chart",
            method="GET",
            path="sessions/{session_id}/charts/{chart_id}",
            summary="A chart of an answer, with its rows",
            detail=_DETAIL,
            handle=self.show,
            tag="sessions",
            reply=ChartReply,
            reply_media=(CSV,),
            codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.MESSAGE_NOT_FOUND),
        )
        return of_both(chart, "group_chart")

    async def show(self, request: ApiRequest) -> ApiReply:
        opened = await self._conversations.open(request)
        name = request.path["chart_id"].removesuffix(_SUFFIX)
        event = await self._conversations.log.event(opened.id, name) if ids.is_chart(name) else None
        return _told(request, None if event is None else opened.seen(event))


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
