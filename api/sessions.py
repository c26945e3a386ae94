"""A person's own sessions: creating, listing, changing and deleting them."""

import uuid
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import FLAG, WHOLE, Input, Legible
from chat.dependencies import ChatDependencies
from chat.session import create_session
from chat.session_deletion import delete_session
from chat.session_details import SessionDetails, session_details
from chat.session_list import SessionPage, list_sessions
from chat.session_settings import MAX_TITLE_CHARACTERS, Changes, change_session
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Participant, WhileBusy

DEFAULT_PAGE = 50
MAX_PAGE = 100
MAX_CURSOR = 200
TAG = "sessions"
_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND


class PageQuery(Input):
    """Which part of a list: up to `limit` entries behind `before` (the page's `next`)."""

    before: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE), WHOLE] = DEFAULT_PAGE
    archived: Annotated[bool, FLAG] = False


class CreateBody(Input):
    """`temporary`: in no list, never searched, and erased after a day."""

    temporary: bool = False


class ChangeBody(Input):
    """What to set, one thing at least; null leaves it. `while_busy`: what happens to a question asked meanwhile."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    title: Annotated[Legible, Field(max_length=MAX_TITLE_CHARACTERS)] | None = None
    pinned: bool | None = None
    archived: bool | None = None
    while_busy: WhileBusy | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one of title, pinned, archived, while_busy")
        return self


class SessionsApi:
    """Endpoints over what the front door knows of sessions."""

    def __init__(self, deps: ChatDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (self._listing(), self._creating(), *self._one())

    def _listing(self) -> Endpoint:
        return Endpoint(
            name="list_sessions",
            method="GET",
            path="sessions",
            summary="List one's sessions, pinned ones first, then the last used",
            detail="A page may hold fewer sessions than asked for, even none, and still have a `next`.",
            handle=self.list,
            tag=TAG,
            query=PageQuery,
            reply=SessionPage,
        )

    def _creating(self) -> Endpoint:
        return Endpoint(
            name="create_session",
            method="POST",
            path="sessions",
            summary="Create a session without opening it",
            detail="The same Idempotency-Key names the same session. One nobody wrote in disappears after a day.",
            handle=self.create,
            tag=TAG,
            body=CreateBody,
            reply=SessionDetails,
            status=201,
            idempotent=True,
            codes=(ErrorCode.KEY_CONFLICT, _UNKNOWN),
        )

    def _one(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="read_session",
                method="GET",
                path="sessions/{session_id}",
                summary="Read what is known of a session",
                handle=self.read,
                tag=TAG,
                reply=SessionDetails,
                codes=(_UNKNOWN,),
            ),
            Endpoint(
                name="change_session",
                method="PATCH",
                path="sessions/{session_id}",
                summary="Rename, pin or archive a session, or change what it does while busy",
                handle=self.change,
                tag=TAG,
                body=ChangeBody,
                reply=SessionDetails,
                codes=(_UNKNOWN, ErrorCode.CONTENT_EMPTY),
            ),
            Endpoint(
                name="delete_session",
                method="DELETE",
                path="sessions/{session_id}",
                summary="Delete a session for good",
                detail="Ends a running turn. From the answer on the session is gone; its text is erased everywhere.",
                handle=self.delete,
                tag=TAG,
                status=204,
                codes=(_UNKNOWN,),
            ),
        )

    async def list(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(PageQuery)
        page = await list_sessions(
            self._deps, request.principal.id, before=wanted.before or None, limit=wanted.limit, archived=wanted.archived
        )
        return ApiReply(body=page)

    async def create(self, request: ApiRequest) -> ApiReply:
        key = request.idempotency_key or str(uuid.uuid4())
        principal, temporary = request.principal.id, request.body_as(CreateBody).temporary
        session_id = await create_session(self._deps, principal, key, temporary=temporary)
        details = await session_details(self._deps, principal, session_id)
        return ApiReply(body=details, status=201, headers={"Location": f"/api/sessions/{session_id}"})

    async def read(self, request: ApiRequest) -> ApiReply:
        return ApiReply(body=await session_details(self._deps, request.principal.id, request.path["session_id"]))

    async def change(self, request: ApiRequest) -> ApiReply:
        wanted = request.body_as(ChangeBody)
        principal, session_id = request.principal, request.path["session_id"]
        changes = Changes(
            title=wanted.title, pinned=wanted.pinned, archived=wanted.archived, while_busy=wanted.while_busy
        )
        person = Participant(kind="person", id=principal.id, name=principal.name)
        await change_session(self._deps, person, session_id, changes)
        return ApiReply(body=await session_details(self._deps, principal.id, session_id))

    async def delete(self, request: ApiRequest) -> ApiReply:
        await delete_session(self._deps, request.principal.id, request.path["session_id"])
        return ApiReply(status=204)
