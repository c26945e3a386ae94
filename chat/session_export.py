"""A session as a document to keep: what was said, and which tools were used for it."""

from chat.dependencies import ChatDependencies
from shared.access import access_session
from shared.export import FORMAT_VERSION, ExportedMessage, exported
from shared.protocol.shapes import Shape
from shared.transcript import whole_log


class ExportedSession(Shape):
    """What was said in a session, without what an edited question or another answer took the place of."""

    version: int
    session_id: str
    title: str
    created_at: str
    updated_at: str
    messages: tuple[ExportedMessage, ...]


async def export_session(deps: ChatDependencies, principal: str, session_id: str) -> ExportedSession:
    """Return the person's session.

    Raises:
        CommandRefused: there is no such session of the person's, or it is too long for one document.

    """
    head = (await access_session(deps.log, principal, session_id)).head
    return ExportedSession(
        version=FORMAT_VERSION,
        session_id=session_id,
        title=head.title,
        created_at=head.created_at,
        updated_at=head.updated_at,
        messages=exported(await whole_log(deps.log, session_id)),
    )
