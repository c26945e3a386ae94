"""Who belongs to a group: accepting an invitation, leaving, removing, roles."""

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import Input
from group_chat.dependencies import GroupDependencies
from group_chat.listing import GroupDetails, GroupMembers, group_details, list_members, member_told
from group_chat.membership import accept, decline, give_role, remove
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupMember, GroupRole
from shared.protocol.shapes import Participant

TAG = "groups"
ADMIN = "Admin"
_ME = "me"
_UNKNOWN = ErrorCode.CONVERSATION_NOT_FOUND
STATES = (_UNKNOWN, ErrorCode.GROUP_ARCHIVED)


class RoleBody(Input):
    """What somebody is to be."""

    role: GroupRole


class GroupPeopleApi:
    """Endpoints over membership."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (*self._coming(), *self._members())

    def _coming(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="accept_invitation",
                method="POST",
                path="groups/{group_id}/accept",
                summary="Accept the invitation to a group",
                handle=self.accept,
                tag=TAG,
                reply=GroupDetails,
                codes=STATES,
            ),
            Endpoint(
                name="decline_invitation",
                method="POST",
                path="groups/{group_id}/decline",
                summary="Decline the invitation to a group",
                handle=self.decline,
                tag=TAG,
                status=204,
                codes=(_UNKNOWN, ErrorCode.INVITATION_INVALID),
            ),
        )

    def _members(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="list_members",
                method="GET",
                path="groups/{group_id}/members",
                summary="List who belongs to a group and who is invited",
                handle=self.members,
                tag=TAG,
                reply=GroupMembers,
                codes=(_UNKNOWN,),
            ),
            Endpoint(
                name="remove_member",
                method="DELETE",
                path="groups/{group_id}/members/{principal}",
                summary="Remove somebody or take their invitation back; `me` leaves the group",
                detail="An owner removes anybody, a facilitator members and observers, an administrator of the app "
                "also people of groups they do not belong to. Somebody has to stay its owner.",
                handle=self.remove,
                tag=TAG,
                status=204,
                codes=(_UNKNOWN, ErrorCode.FORBIDDEN, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.LAST_OWNER),
            ),
            Endpoint(
                name="change_member",
                method="PATCH",
                path="groups/{group_id}/members/{principal}",
                summary="Give somebody another role",
                detail="For owners. Somebody has to stay one.",
                handle=self.change,
                tag=TAG,
                body=RoleBody,
                reply=GroupMember,
                codes=(*STATES, ErrorCode.FORBIDDEN, ErrorCode.MEMBER_NOT_FOUND, ErrorCode.LAST_OWNER),
            ),
        )

    async def accept(self, request: ApiRequest) -> ApiReply:
        group_id = request.path["group_id"]
        await accept(self._deps, person_of(request), group_id)
        return ApiReply(body=await group_details(self._deps, request.principal.id, group_id))

    async def decline(self, request: ApiRequest) -> ApiReply:
        await decline(self._deps, person_of(request), request.path["group_id"])
        return ApiReply(status=204)

    async def members(self, request: ApiRequest) -> ApiReply:
        return ApiReply(body=await list_members(self._deps, request.principal.id, request.path["group_id"]))

    async def remove(self, request: ApiRequest) -> ApiReply:
        admin = ADMIN in request.principal.roles
        await remove(self._deps, person_of(request), request.path["group_id"], _named(request), admin=admin)
        return ApiReply(status=204)

    async def change(self, request: ApiRequest) -> ApiReply:
        role = request.body_as(RoleBody).role
        member = await give_role(self._deps, person_of(request), request.path["group_id"], _named(request), role)
        return ApiReply(body=member_told(member))


def person_of(request: ApiRequest) -> Participant:
    """Return the signed-in person as the log names them."""
    return Participant(kind="person", id=request.principal.id, name=request.principal.name)


def _named(request: ApiRequest) -> str:
    principal = request.path["principal"]
    return request.principal.id if principal == _ME else principal
