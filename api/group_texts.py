"""What was said in one's groups, as far as one may see it: exporting, searching."""

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.exports import MARKDOWN, ExportQuery, export_reply
from api.session_texts import SearchQuery
from group_chat.dependencies import GroupDependencies
from group_chat.export import ExportedGroup, export_group
from group_chat.finding import GroupSearchPage, search_groups
from shared.protocol.codes import ErrorCode

TAG = "groups"


class GroupTextsApi:
    """Endpoints over the text of groups."""

    def __init__(self, deps: GroupDependencies) -> None:
        self._deps = deps

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="export_group",
                method="GET",
                path="groups/{group_id}/export",
                summary="Export a group as Markdown or JSON",
                detail="What one may see of it, as it reads now: without what was taken back or whispered to others.",
                handle=self.export,
                tag=TAG,
                query=ExportQuery,
                reply=ExportedGroup,
                reply_media=(MARKDOWN,),
                codes=(ErrorCode.CONVERSATION_NOT_FOUND, ErrorCode.CONTENT_TOO_LONG),
            ),
            Endpoint(
                name="search_groups",
                method="GET",
                path="groups/search",
                summary="Search the groups one belongs to, the last active first",
                detail="Looks through a few groups for each request: a page may be empty and still have a `next`.",
                handle=self.search,
                tag=TAG,
                query=SearchQuery,
                reply=GroupSearchPage,
            ),
        )

    async def export(self, request: ApiRequest) -> ApiReply:
        group_id = request.path["group_id"]
        return export_reply(request, group_id, await export_group(self._deps, request.principal.id, group_id))

    async def search(self, request: ApiRequest) -> ApiReply:
        wanted = request.query_as(SearchQuery)
        found = await search_groups(self._deps, request.principal.id, wanted.q, before=wanted.before or None)
        return ApiReply(body=found)
