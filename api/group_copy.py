"""Beginning a group with a part of a private session."""

import uuid
from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.fields import INTEGRAL
from api.group_people import TAG, person_of
from api.groups import Title
from api.inputs import Input
from group_chat.copying import Range, copy_to_group
from group_chat.dependencies import GroupDependencies
from group_chat.listing import GroupDetails, group_details
from shared.protocol.codes import ErrorCode

_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND

type EventNumber = Annotated[int, Field(ge=1, le=2**53 - 1), INTEGRAL]


class CopyBody(Input):
    """Which part of the session the group begins with: the events `from_seq` to `to_seq`."""

    title: Title
    from_seq: EventNumber
    to_seq: EventNumber


class CopiedGroup(Output):
    """The new group, how many messages were copied, and how many answers were left out for what is in them."""

    group: GroupDetails
    copied: int
    left_out: int


class GroupCopyApi:
    """The endpoint that copies."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        endpoint = Endpoint(
            name="copy_session_to_group",
            method="POST",
            path="sessions/{session_id}/group",
            summary="Begin a group with a copy of a part of one's session",
            detail="What was said is copied, marked as such; no tool calls, and nothing only the asker may see. "
            "The session stays as it is.",
            handle=self.copy,
            tag=TAG,
            body=CopyBody,
            reply=CopiedGroup,
            status=201,
            idempotent=True,
            codes=(ErrorCode.KEY_CONFLICT, _UNKNOWN, ErrorCode.MESSAGE_NOT_FOUND, ErrorCode.CONTENT_TOO_LONG),
        )
        return (endpoint,)

    async def copy(self, request: ApiRequest) -> ApiReply:
        wanted = request.body_as(CopyBody)
        part = Range(session_id=request.path["session_id"], from_seq=wanted.from_seq, to_seq=wanted.to_seq)
        key = request.idempotency_key or str(uuid.uuid4())
        made = await copy_to_group(self._deps, person_of(request), part, key, wanted.title)
        details = await group_details(self._deps, request.principal.id, made.group_id)
        return ApiReply(
            body=CopiedGroup(group=details, copied=made.copied, left_out=made.left_out),
            status=201,
            headers={"Location": f"/api/groups/{made.group_id}"},
        )
