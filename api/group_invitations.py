"""Invitations to groups: by name, and by links."""

import uuid
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output
from api.fields import INTEGRAL, PRINCIPAL
from api.group_people import STATES, TAG, person_of
from api.inputs import Input
from group_chat.dependencies import GroupDependencies
from group_chat.invitations import (
    MAX_DAYS,
    MAX_TOKEN_CHARACTERS,
    Link,
    WantedLink,
    join,
    list_links,
    make_link,
    revoke_link,
)
from group_chat.listing import GroupDetails, group_details, member_told
from group_chat.membership import invite
from shared.members import MAX_MEMBERS
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupMember, GroupRole

_HOURS = 24
_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND


class LinkBody(Input):
    """A link by which up to `max_uses` people may join with `role`, for so many hours."""

    role: Literal["facilitator", "member", "observer"] = "member"
    hours: Annotated[int, Field(ge=1, le=MAX_DAYS * _HOURS), INTEGRAL] = 7 * _HOURS
    max_uses: Annotated[int, Field(ge=1, le=MAX_MEMBERS), INTEGRAL] = 25


class InvitationBody(Input):
    """Invite a person by their `principal`, or make a `link`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["principal"], "properties": {"principal": {"type": "string"}, "link": {"type": "null"}}},
                {
                    "required": ["link"],
                    "properties": {
                        "link": {"type": "object"},
                        "principal": {"type": "null"},
                        "role": {"type": "null"},
                    },
                },
            ]
        }
    )

    principal: Annotated[str, PRINCIPAL] | None = None
    role: GroupRole | None = None
    link: LinkBody | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.principal is None) == (self.link is None):
            raise ValueError("give either a principal or a link")
        if self.link is not None and self.role is not None:
            raise ValueError("give the role of a link in it")
        return self


class Invited(Output):
    """Who was invited, or the link that was made. `token` opens it; it is told this one time."""

    member: GroupMember | None
    link: Link | None
    token: str | None


class Links(Output):
    """The links that hold, the newest first."""

    links: tuple[Link, ...]


class JoinBody(Input):
    """The link's token."""

    token: Annotated[str, Field(min_length=1, max_length=MAX_TOKEN_CHARACTERS)]


class GroupInvitationsApi:
    """Endpoints over invitations."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (*self._inviting(), self._joining())

    def _inviting(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="invite_to_group",
                method="POST",
                path="groups/{group_id}/invitations",
                summary="Invite a person, or make a link by which people join",
                detail="For owners and facilitators; a facilitator invites members and observers. The same "
                "Idempotency-Key names the same link, whose token is not told again.",
                handle=self.invite,
                tag=TAG,
                body=InvitationBody,
                reply=Invited,
                status=201,
                idempotent=True,
                codes=(*STATES, ErrorCode.FORBIDDEN, ErrorCode.GROUP_FULL),
            ),
            Endpoint(
                name="list_invitations",
                method="GET",
                path="groups/{group_id}/invitations",
                summary="List the links by which people may join",
                handle=self.links,
                tag=TAG,
                reply=Links,
                codes=(_UNKNOWN, ErrorCode.FORBIDDEN),
            ),
            Endpoint(
                name="revoke_invitation",
                method="DELETE",
                path="groups/{group_id}/invitations/{invitation_id}",
                summary="Take a link back",
                handle=self.revoke,
                tag=TAG,
                status=204,
                codes=(_UNKNOWN, ErrorCode.FORBIDDEN),
            ),
        )

    def _joining(self) -> Endpoint:
        return Endpoint(
            name="join_group",
            method="POST",
            path="groups/join",
            summary="Join a group by a link",
            handle=self.join,
            tag=TAG,
            body=JoinBody,
            reply=GroupDetails,
            codes=(ErrorCode.INVITATION_INVALID, ErrorCode.GROUP_FULL, ErrorCode.GROUP_ARCHIVED),
        )

    async def invite(self, request: ApiRequest) -> ApiReply:
        wanted, group_id = request.body_as(InvitationBody), request.path["group_id"]
        key = request.idempotency_key or str(uuid.uuid4())
        if wanted.principal is not None:
            role = wanted.role or "member"
            member = await invite(self._deps, person_of(request), group_id, wanted.principal, role)
            return ApiReply(body=Invited(member=member_told(member), link=None, token=None), status=201)
        link = wanted.link or LinkBody()
        asked = WantedLink(role=link.role, hours=link.hours, max_uses=link.max_uses)
        made = await make_link(self._deps, person_of(request), group_id, asked, key)
        return ApiReply(body=Invited(member=None, link=made.link, token=made.token), status=201)

    async def links(self, request: ApiRequest) -> ApiReply:
        return ApiReply(body=Links(links=await list_links(self._deps, request.principal.id, request.path["group_id"])))

    async def revoke(self, request: ApiRequest) -> ApiReply:
        await revoke_link(self._deps, request.principal.id, request.path["group_id"], request.path["invitation_id"])
        return ApiReply(status=204)

    async def join(self, request: ApiRequest) -> ApiReply:
        group_id = await join(self._deps, person_of(request), request.body_as(JoinBody).token)
        return ApiReply(body=await group_details(self._deps, request.principal.id, group_id))
