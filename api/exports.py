"""Exporting a conversation, as Markdown or JSON."""

from typing import Literal

from api.endpoint import ApiReply, ApiRequest
from api.inputs import Input
from chat.session_export import ExportedSession
from group_chat.export import ExportedGroup
from shared.export import markdown

MARKDOWN = "text/markdown; charset=utf-8"


class ExportQuery(Input):
    """The document's format."""

    format: Literal["markdown", "json"] = "markdown"


def export_reply(request: ApiRequest, conversation_id: str, exported: ExportedSession | ExportedGroup) -> ApiReply:
    """Return the document in the format that is asked for, named after the conversation."""
    as_json = request.query_as(ExportQuery).format == "json"
    headers = {"Content-Disposition": f'attachment; filename="{conversation_id}.{"json" if as_json else "md"}"'}
    if as_json:
        return ApiReply(body=exported, headers=headers)
    text = markdown(exported.title, exported.created_at, exported.messages)
    return ApiReply(body=text.encode(), media_type=MARKDOWN, headers=headers)
