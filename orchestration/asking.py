"""What is put on a call's cards, and what a person's word on one means for the call."""

from dataclasses import dataclass
from typing import Self

from orchestration.call_cards import Card, Kept, cards_of
from orchestration.call_record import Result
from orchestration.dependencies import TurnDependencies
from orchestration.messages import CallRequest
from orchestration.open_cards import EXPIRY_S, INPUT_EXPIRY_S, SIGN_IN_EXPIRY_S, Ask
from shared import ids
from shared.cards.fence import schema_hash
from shared.cards.schema import problem_with
from shared.event_log.shapes import Record
from shared.protocol.shapes import ToolCallPart
from shared.tools.arguments import ArgumentsUnusable, parse_arguments
from shared.tools.catalog import ServerSpec
from shared.tools.outcome import InputNeeded, SignInNeeded

MAX_REQUESTS = 10
"""What a server may want to know at once."""
MAX_CARD_CHARACTERS = 32_000
"""What one card may show; it has to fit into a frame, and a person has to read it."""

BECAUSE = "It asks because the conversation holds text from {sources}, which strangers may have written."
DENIED = "This tool is not available to the person who asked. Tell them; do not try to get around it."
CHANGED = (
    "Not made: the tool is no longer what the person was asked about. Tell them, and ask again only if they want it."
)
DENIED_BY_PERSON = "Not made: the person said no. Do not call it again unless they ask for it."
WALKED_AWAY = "Not made: the person closed the question without an answer. Say so; do not call it again by yourself."
EXPIRED = "Not made: nobody answered the question in time, which is no yes. Say so; do not call it again by yourself."
EDITED = "[The person changed the arguments before they allowed the call. Made with: {arguments}]"
NOTE = "They noted: {note}"


class NotAsked(ValueError):  # noqa: N818 - reads as what happened
    """What would have to be asked cannot be put to a person; the message tells the model why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's word on a call: why it is not made (`refusal`), or the arguments to make it with if changed."""

    refusal: Result | None
    arguments: str | None
    note: str | None

    @classmethod
    def of(cls, card: Card) -> Self:
        closed = card.closed
        if closed is not None and closed.outcome == "approved":
            return cls(refusal=None, arguments=closed.arguments, note=closed.note)
        note = closed.note if closed else None
        match closed.outcome if closed else "expired":
            case "denied":
                refusal = Result(status="denied", text=_noted(DENIED_BY_PERSON, note))
            case "expired":
                refusal = Result(status="cancelled", text=EXPIRED)
            case _:
                refusal = Result(status="cancelled", text=_noted(WALKED_AWAY, note))
        return cls(refusal=refusal, arguments=None, note=note)

    def applied(self, part: ToolCallPart) -> ToolCallPart:
        """Return the call as it was allowed."""
        return part if self.arguments is None else part.model_copy(update={"arguments": self.arguments})

    def told(self, text: str) -> str:
        """Return the result's text, before it what the person changed or noted."""
        said = [] if self.arguments is None else [EDITED.format(arguments=self.arguments)]
        said += [f"[{NOTE.format(note=self.note)}]"] if self.note else []
        return "\n".join((*said, text))


def _noted(text: str, note: str | None) -> str:
    return f"{text} {NOTE.format(note=note)}" if note else text


async def approval_ask(
    deps: TurnDependencies,
    request: CallRequest,
    part: ToolCallPart,
    server: ServerSpec,
    record: Record,
    because: tuple[str, ...],
) -> Ask:
    """Return the card that asks whether the call may be made, by the tool as the session's manifest has pinned it.

    `because` are the servers whose text is why it asks, if that is why.

    Raises:
        NotAsked: the call could not be made whatever the person says.
        ToolServerUnavailable: the tool is not in the manifest, and its server does not answer.

    """
    rules = server.tool_policy(part.tool)
    schema = await _pinned_schema(deps, request, part, record)
    if schema is None:
        schema = await _listed_schema(deps, server, part.tool, request.asker)
    if schema is None:
        raise NotAsked(f"The tool was not called: {server.name} has no tool {part.tool!r} to offer.")
    _check_arguments(schema, part.arguments)
    return Ask(
        question_id=ids.card(request.call_id, len(cards_of(record, request.call_id)) + 1),
        kind="approval",
        message=_question(part, server, because),
        expires_s=EXPIRY_S[rules.expires],
        kept=Kept(schema_hash=schema_hash(schema)),
        arguments=part.arguments,
        schema=schema if rules.editable and len(schema) <= MAX_CARD_CHARACTERS else None,
        because=because,
    )


def _check_arguments(schema: str, arguments: str) -> None:
    try:
        problem = problem_with(schema, parse_arguments(arguments))
    except ArgumentsUnusable as error:
        problem = str(error)
    if problem is not None:
        raise NotAsked(f"The tool was not called, and nobody was asked: {problem}")
    if len(arguments) > MAX_CARD_CHARACTERS:
        raise NotAsked(
            f"The tool was not called: a person has to read its arguments, and those have {len(arguments)} "
            f"characters. Call it with {MAX_CARD_CHARACTERS} at most."
        )


def _question(part: ToolCallPart, server: ServerSpec, because: tuple[str, ...]) -> str:
    question = f"May the coach use {part.tool} of {server.name}?"
    return f"{question} {BECAUSE.format(sources=', '.join(because))}" if because else question


async def schema_now(deps: TurnDependencies, server: ServerSpec, tool: str, asker: str) -> str | None:
    """Return the hash of the tool's argument schema as its server lists it now; None when it lists it no more.

    Raises:
        ToolServerUnavailable: the server does not answer.

    """
    schema = await _listed_schema(deps, server, tool, asker)
    return None if schema is None else schema_hash(schema)


def input_asks(request: CallRequest, needed: InputNeeded, cards: int, number: int) -> list[Ask]:
    """Return a card for each thing the server wants to know in round `number`; `cards` were opened before.

    Raises:
        NotAsked: the server wants too much.

    """
    if len(needed.requests) > MAX_REQUESTS:
        raise NotAsked(f"The tool wanted to know {len(needed.requests)} things at once and was given up.")
    if any(len(each.message) + len(each.schema or "") > MAX_CARD_CHARACTERS for each in needed.requests):
        raise NotAsked("The tool asked a question longer than anybody could read, and was given up.")
    return [
        Ask(
            question_id=ids.card(request.call_id, cards + place),
            kind=each.kind,
            message=each.message,
            expires_s=INPUT_EXPIRY_S,
            kept=Kept(round=number, key=each.key, state=needed.state if place == 1 else None),
            schema=each.schema,
            url=each.url,
        )
        for place, each in enumerate(needed.requests, start=1)
    ]


def sign_in_ask(needed: SignInNeeded, question_id: str, number: int, url: str | None) -> Ask:
    """Return the card that asks the person to sign in to a server."""
    return Ask(
        question_id=question_id,
        kind="sign_in",
        message=f"Sign in to {needed.server} so that the coach can use it for you.",
        expires_s=SIGN_IN_EXPIRY_S,
        kept=Kept(round=number),
        url=url,
    )


async def _pinned_schema(
    deps: TurnDependencies, request: CallRequest, part: ToolCallPart, record: Record
) -> str | None:
    manifest_id = record.head.head.manifest_id
    manifest = await deps.log.manifest(request.conversation_id, manifest_id) if manifest_id else None
    tools = manifest.tools if manifest else ()
    return next((tool.parameters for tool in tools if (tool.server, tool.tool) == (part.server, part.tool)), None)


async def _listed_schema(deps: TurnDependencies, server: ServerSpec, tool: str, asker: str) -> str | None:
    listed = await deps.tools.list_tools(server, asker)
    return next((each.schema for each in listed if each.tool == tool), None)
