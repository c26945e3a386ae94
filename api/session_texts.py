"""What was said in a person's own sessions: reading on, exporting, searching."""

from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.exports import MARKDOWN, ExportQuery, export_reply
from api.inputs import WHOLE, Input, searched
from api.sessions import MAX_CURSOR, TAG
from chat.dependencies import ChatDependencies
from chat.session_export import ExportedSession, export_session
from chat.session_search import SearchPage, search_sessions
from shared.access import access_session
from shared.protocol.codes import ErrorCode
from shared.protocol.events import VisibleEvent
from shared.snapshots import MAX_EVENTS, view

DEFAULT_EVENTS = 100
_SEARCHABLE = r"\S\s*\S"
_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND


class EventsQuery(Input):
    """Which events: up to `limit` after the one numbered `after`."""

    after: Annotated[int, Field(ge=0, le=2**53 - 1), WHOLE] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_EVENTS), WHOLE] = DEFAULT_EVENTS


class EventPage(Output):
    """The events `from_seq` to `through_seq` as a client may see them; `more` says that others follow."""

    from_seq: int
    through_seq: int
    events: tuple[VisibleEvent, ...]
    more: bool


class SearchQuery(Input):
    """What to look for, whatever its case, and where to go on (`before` is the page's `next`)."""

    q: Annotated[
        str,
        Field(max_length=100, json_schema_extra={"pattern": _SEARCHABLE}),
        searched(_SEARCHABLE, "give two characters or more"),
    ]
    before: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None


class SessionTextsApi:
    """Endpoints over the text of sessions."""

    def __init__(self, deps: ChatDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="read_events",
                method="GET",
                path="sessions/{session_id}/events",
                summary="Read a session's history",
                handle=self.events,
                tag=TAG,
                query=EventsQuery,
                reply=EventPage,
                codes=(_UNKNOWN,),
            ),
            Endpoint(
                name="export_session",
                method="GET",
                path="sessions/{session_id}/export",
                summary="Export a session as Markdown or JSON",
                detail="Without what an edited question or another answer took the place of.",
                handle=self.export,
                tag=TAG,
                query=ExportQuery,
                reply=ExportedSession,
                reply_media=(MARKDOWN,),
                codes=(_UNKNOWN, ErrorCode.CONTENT_TOO_LONG),
            ),
            Endpoint(
                name="search_sessions",
                method="GET",
                path="sessions/search",
                summary="Search one's own sessions, the last used first",
                detail="Looks through a few sessions for each request: a page may be empty and still have a `next`.",
                handle=self.search,
                tag=TAG,
                query=SearchQuery,
                reply=SearchPage,
            ),
        )

    async def events(self, request: ApiRequest) -> ApiReply:
        wanted, session_id = request.query_as(EventsQuery), request.path["session_id"]
        await access_session(self._deps.log, request.principal.id, session_id)
        seen = await view(self._deps.log, session_id, wanted.after, wanted.limit)
        page = EventPage(
            from_seq=seen.from_seq, through_seq=seen.through_seq, events=tuple(seen.events), more=seen.more
        )
        return ApiReply(body=page)

    async def export(self, request: ApiRequest) -> ApiReply:
        session_id = request.path["session_id"]
        return export_reply(request, session_id, await export_session(self._deps, request.principal.id, session_id))

    async def search(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(SearchQuery)
        found = await search_sessions(self._deps, request.principal.id, wanted.q, before=wanted.before or None)
        return ApiReply(body=found)
