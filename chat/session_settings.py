"""What a person may set for one of their sessions."""

from pydantic import BaseModel, ConfigDict, ValidationError

from chat.dependencies import ChatDependencies
from shared import ids
from shared.access import access_session
from shared.errors import CommandRefused
from shared.event_log.head import Head
from shared.event_log.log import conversation_not_found
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import SettingsUpdated
from shared.protocol.shapes import Participant, WhileBusy


class SessionSettings(BaseModel):
    """`while_busy`: what happens to a question asked while a turn runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    while_busy: WhileBusy


def parse_settings(body: bytes) -> SessionSettings:
    """Read the body of `PATCH /api/sessions/{session_id}`.

    Raises:
        CommandRefused: naming the field at fault.

    """
    try:
        return SessionSettings.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(place) for place in problem["loc"]) or "body"
        raise CommandRefused(f"{field}: {problem['msg']}") from None


async def change_settings(
    deps: ChatDependencies, person: Participant, session_id: str, wanted: SessionSettings
) -> None:
    """Store the settings and tell the session's audience; setting what is set already changes nothing.

    Raises:
        CommandRefused: nothing was changed.
        Transient: try again. What was stored but not told yet, clients find by the gap in `seq`.

    """
    known = await access_session(deps.log, person.id, session_id)
    result = await deps.log.append(session_id, lambda head: _change(head, wanted, person), known=known)
    if isinstance(result, Appended):
        await deps.publisher.to_conversation(session_id, result.events)


def _change(head: Head, wanted: SessionSettings, actor: Participant) -> Draft | None:
    if head.owner != actor.id:
        raise conversation_not_found()
    if head.while_busy == wanted.while_busy:
        return None
    event = SettingsUpdated(actor=actor, while_busy=wanted.while_busy)
    return Draft(
        events=(NewEvent(id=ids.settings(head.seq + 1), event=event),),
        head=head.model_copy(update={"while_busy": wanted.while_busy}),
    )
