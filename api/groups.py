"""Groups: creating, listing, changing and deleting them."""

import uuid
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.fields import PRINCIPAL
from api.group_people import person_of
from api.inputs import FLAG, WHOLE, Input
from api.sessions import DEFAULT_PAGE, MAX_CURSOR, MAX_PAGE
from group_chat.creation import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    MOST_INVITED,
    NewGroup,
    create_group,
)
from group_chat.deletion import delete_group
from group_chat.dependencies import GroupDependencies
from group_chat.listing import GroupDetails, GroupPage, group_details, list_groups
from group_chat.settings import GroupChanges, change_group
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupRole, GroupSettings, History
from shared.tools.text import VISIBLE

TAG = "groups"
_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND

type Title = Annotated[str, Field(max_length=MAX_TITLE_CHARACTERS, pattern=VISIBLE)]
type Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARACTERS)]


class GroupsQuery(Input):
    """Which part of the list: up to `limit` groups behind `before` (the page's `next`)."""

    before: Annotated[str, Field(max_length=MAX_CURSOR)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE), WHOLE] = DEFAULT_PAGE
    archived: Annotated[bool, FLAG] = False


class SettingsBody(Input):
    """How the coach behaves, and what newcomers see; null leaves it."""

    follow_up: bool | None = None
    ambient: bool | None = None
    history: Literal["all", "from_joining"] | None = None


class InvitedBody(Input):
    """Somebody to invite, and what they are to be."""

    principal: Annotated[str, PRINCIPAL]
    role: GroupRole = "member"


class CreateGroupBody(Input):
    """A group to be; `members` are invited."""

    title: Title
    description: Description = ""
    settings: SettingsBody | None = None
    members: Annotated[list[InvitedBody], Field(max_length=MOST_INVITED)] = Field(default_factory=list[InvitedBody])


class ChangeGroupBody(Input):
    """What to set, one thing at least; null leaves it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    title: Title | None = None
    description: Description | None = None
    settings: SettingsBody | None = None
    archived: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one of title, description, settings, archived")
        return self


class GroupsApi:
    """Endpoints over what the front door of groups knows of them."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (self._listing(), self._creating(), *self._one())

    def _listing(self) -> Endpoint:
        return Endpoint(
            name="list_groups",
            method="GET",
            path="groups",
            summary="List one's groups and the invitations to some, the last active first",
            handle=self.list,
            tag=TAG,
            query=GroupsQuery,
            reply=GroupPage,
        )

    def _creating(self) -> Endpoint:
        return Endpoint(
            name="create_group",
            method="POST",
            path="groups",
            summary="Begin a group as its owner and invite people to it",
            detail="The same Idempotency-Key names the same group.",
            handle=self.create,
            tag=TAG,
            body=CreateGroupBody,
            reply=GroupDetails,
            status=201,
            idempotent=True,
            codes=(ErrorCode.KEY_CONFLICT, _UNKNOWN, ErrorCode.CONTENT_EMPTY),
        )

    def _one(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="read_group",
                method="GET",
                path="groups/{group_id}",
                summary="Read what is known of a group one belongs or is invited to",
                handle=self.read,
                tag=TAG,
                reply=GroupDetails,
                codes=(_UNKNOWN,),
            ),
            Endpoint(
                name="change_group",
                method="PATCH",
                path="groups/{group_id}",
                summary="Rename or describe a group, change its settings, archive it",
                detail="For its owners and facilitators; archiving for its owners.",
                handle=self.change,
                tag=TAG,
                body=ChangeGroupBody,
                reply=GroupDetails,
                codes=(_UNKNOWN, ErrorCode.CONTENT_EMPTY, ErrorCode.FORBIDDEN, ErrorCode.GROUP_ARCHIVED),
            ),
            Endpoint(
                name="delete_group",
                method="DELETE",
                path="groups/{group_id}",
                summary="Delete a group for everybody and for good",
                detail="For its owners. Ends a running turn. From the answer on the group is gone; its text is erased.",
                handle=self.delete,
                tag=TAG,
                status=204,
                codes=(_UNKNOWN, ErrorCode.FORBIDDEN),
            ),
        )

    async def list(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(GroupsQuery)
        page = await list_groups(
            self._deps, request.principal.id, before=wanted.before or None, limit=wanted.limit, archived=wanted.archived
        )
        return ApiReply(body=page)

    async def create(self, request: ApiRequest) -> ApiReply:
        wanted = request.body_as(CreateGroupBody)
        new = NewGroup(
            title=wanted.title,
            description=wanted.description,
            settings=_changes(wanted.settings).settings(GroupSettings()),
            invited=tuple((member.principal, member.role) for member in wanted.members),
        )
        key = request.idempotency_key or str(uuid.uuid4())
        group_id = await create_group(self._deps, person_of(request), key, new)
        details = await group_details(self._deps, request.principal.id, group_id)
        return ApiReply(body=details, status=201, headers={"Location": f"/api/groups/{group_id}"})

    async def read(self, request: ApiRequest) -> ApiReply:
        return ApiReply(body=await group_details(self._deps, request.principal.id, request.path["group_id"]))

    async def change(self, request: ApiRequest) -> ApiReply:
        wanted, group_id = request.body_as(ChangeGroupBody), request.path["group_id"]
        changes = _changes(wanted.settings, wanted.title, wanted.description, wanted.archived)
        await change_group(self._deps, person_of(request), group_id, changes)
        return ApiReply(body=await group_details(self._deps, request.principal.id, group_id))

    async def delete(self, request: ApiRequest) -> ApiReply:
        await delete_group(self._deps, request.principal.id, request.path["group_id"])
        return ApiReply(status=204)


def _changes(
    settings: SettingsBody | None,
    title: str | None = None,
    description: str | None = None,
    archived: bool | None = None,  # noqa: FBT001 - three states of a setting
) -> GroupChanges:
    history: History | None = settings.history if settings else None
    return GroupChanges(
        title=title,
        description=description,
        follow_up=settings.follow_up if settings else None,
        ambient=settings.ambient if settings else None,
        history=history,
        archived=archived,
    )
