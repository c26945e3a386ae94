"""What one missed in a group."""

from typing import Annotated

from pydantic import Field

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import WHOLE, Input
from group_chat.catch_up import CatchUp
from group_chat.catching_up import CatchUpDependencies, catch_up
from shared import ids
from shared.event_log.log import conversation_not_found
from shared.memberships import Memberships
from shared.protocol.codes import ErrorCode
from shared.runtime import Runtime
from shared.usage.ledger import Spender

TAG = "groups"


class CatchUpQuery(Input):
    """From where on: above the event numbered `after`, or above what one has read."""

    after: Annotated[int, Field(ge=0, le=2**53 - 1), WHOLE] | None = None


class GroupCatchUpApi:
    """The endpoint; how far somebody has read is noted in their list."""

    def __init__(self, deps: CatchUpDependencies, memberships: Memberships) -> None:
        self._deps = deps
        self._memberships = memberships

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="catch_up",
                method="GET",
                path="groups/{group_id}/catch-up",
                summary="Tell what one missed since one read last, or since an event",
                detail="Decisions, questions to oneself, commitments and figures, each with the messages it rests on.",
                handle=self.tell,
                query=CatchUpQuery,
                tag=TAG,
                reply=CatchUp,
                codes=(ErrorCode.CONVERSATION_NOT_FOUND,),
            ),
        )

    async def tell(self, request: ApiRequest) -> ApiReply:
        reader = Spender(principal=request.principal.id, team=request.principal.team)
        group_id = request.path["group_id"]
        if not ids.is_group(group_id):
            raise conversation_not_found()
        mark = request.query_as(CatchUpQuery).after
        if mark is None:
            mark = await self._memberships.read_seq(reader.principal, group_id)
        return ApiReply(body=await catch_up(self._deps, reader, group_id, mark))


def catch_up_dependencies(runtime: Runtime) -> CatchUpDependencies:
    """Return what catching up works with, of the process's clients."""
    return CatchUpDependencies(log=runtime.log, gate=runtime.gate, calls=runtime.side_calls)
