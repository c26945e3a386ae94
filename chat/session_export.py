"""A session as a document to keep: what was said, and which tools were used for it."""

import re
from collections.abc import Iterable, Sequence

from chat.dependencies import ChatDependencies
from shared.access import access_session
from shared.answers import text_of
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.protocol.codes import ErrorCode
from shared.protocol.durable import MessageCompleted, MessageCreated, ToolCallCompleted, TurnStarted
from shared.protocol.events import StoredEvent
from shared.protocol.shapes import Shape, ToolCallPart, ToolStatus
from shared.superseded import superseded

FORMAT_VERSION = 1
_PAGE = 500
_MOST_EVENTS = 20_000


class ExportedCall(Shape):
    """A tool call; `result` is the beginning of what the tool said, None when it did not come to it."""

    server: str
    tool: str
    arguments: str
    status: ToolStatus | None
    result: str | None


class ExportedMessage(Shape):
    """A message as Markdown. `by` is the name of who wrote it; `coach` tells the coach's."""

    message_id: str
    at: str
    by: str
    coach: bool
    text: str
    calls: tuple[ExportedCall, ...]


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
    return exported(session_id, head, await _events(deps, session_id))


async def _events(deps: ChatDependencies, session_id: str) -> list[StoredEvent]:
    events: list[StoredEvent] = []
    while True:
        page = await deps.log.events_after(session_id, events[-1].seq if events else 0, _PAGE)
        events += page
        if len(page) < _PAGE:
            return events
        if len(events) >= _MOST_EVENTS:
            raise CommandRefused("The session is too long to export at once.", code=ErrorCode.CONTENT_TOO_LONG)


def exported(session_id: str, head: Head, events: Sequence[StoredEvent]) -> ExportedSession:
    """Fold the log into what a reader of the conversation sees."""
    starts = [event for event in events if isinstance(event, TurnStarted)]
    gone = superseded(starts)
    answered = {start.question_id for start in starts if start.turn_id not in gone}
    own = {start.turn_id for start in starts}
    results = {event.call_id: event for event in events if isinstance(event, ToolCallCompleted)}

    def told(event: MessageCreated | MessageCompleted) -> bool:
        if isinstance(event, MessageCreated) and event.steers and event.turn_id not in own:
            return event.steers not in gone
        return event.turn_id not in gone or event.message_id in answered

    said = (event for event in events if isinstance(event, MessageCreated | MessageCompleted) and told(event))
    return ExportedSession(
        version=FORMAT_VERSION,
        session_id=session_id,
        title=head.title,
        created_at=head.created_at,
        updated_at=head.updated_at,
        messages=tuple(_message(event, results) for event in said),
    )


def _message(event: MessageCreated | MessageCompleted, results: dict[str, ToolCallCompleted]) -> ExportedMessage:
    calls = (part for part in event.parts if isinstance(part, ToolCallPart))
    return ExportedMessage(
        message_id=event.message_id,
        at=event.at,
        by=event.author.name,
        coach=event.author.kind == "coach",
        text=text_of(event.parts),
        calls=tuple(_call(part, results.get(part.call_id)) for part in calls),
    )


def _call(part: ToolCallPart, result: ToolCallCompleted | None) -> ExportedCall:
    return ExportedCall(
        server=part.server,
        tool=part.tool,
        arguments=part.arguments,
        status=result.status if result else None,
        result=result.preview if result else None,
    )


def markdown(session: ExportedSession) -> str:
    """Return the session as a Markdown document. What people and the coach wrote is Markdown already."""
    lines = [f"# {_inline(session.title) or 'Conversation'}", "", f"Begun {session.created_at}.", ""]
    for message in session.messages:
        lines += [f"## {_inline(message.by)}, {message.at}", ""]
        if message.text:
            lines += [message.text, ""]
        for call in message.calls:
            lines += [*_call_lines(call), ""]
    return "\n".join(lines)


def _call_lines(call: ExportedCall) -> Iterable[str]:
    yield f"*{_inline(call.server)} / {_inline(call.tool)}: {call.status or 'not finished'}*"
    for text in (call.arguments, call.result):
        if text:
            yield from ("", *_fenced(text))


def _fenced(text: str) -> tuple[str, str, str]:
    """Return the text in a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return fence, text, fence


def _inline(text: str) -> str:
    """Return the text so that Markdown reads it as words."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))
