"""What the tools take and give: the schemas other MCP clients see."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.protocol.command_base import MAX_CONTENT_CHARACTERS
from shared.protocol.shapes import ToolStatus, TurnStatus

MAX_PAGE = 50

type Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.\-]+$")]
type State = Literal["answered", "running", "queued", "waiting_for_person"]


class Arguments(BaseModel):
    """Arguments of a tool: unknown ones are refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Result(BaseModel):
    """Structured content of a tool's result."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Ask(Arguments):
    question: Annotated[
        str, Field(min_length=1, max_length=MAX_CONTENT_CHARACTERS, description="The question, in plain words.")
    ]
    session_id: Annotated[
        Id | None, Field(description="The conversation to go on with; left out, a new one is begun.")
    ] = None


class GetAnswer(Arguments):
    session_id: Annotated[Id, Field(description="The conversation, as ask_coach named it.")]
    turn_id: Annotated[Id, Field(description="The turn, as ask_coach named it.")]


class ListConversations(Arguments):
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="How many to return at most.")] = 20
    before: Annotated[
        str | None, Field(min_length=1, max_length=200, description="`next` of the page before, for older ones.")
    ] = None


class ReadConversation(Arguments):
    session_id: Annotated[Id, Field(description="The conversation, as list_conversations named it.")]
    after: Annotated[
        int, Field(ge=0, le=2**53 - 1, description="Read on after this number: `through` of the page before.")
    ] = 0


class UsedTool(Result):
    """A tool the coach used for the answer."""

    server: str
    tool: str
    status: ToolStatus
    ms: int
    outcome: Annotated[str, Field(description="One short line.")]


class CoachAnswer(Result):
    """An answer, or where it stands."""

    session_id: str
    turn_id: str
    state: Annotated[
        State,
        Field(
            description="`answered`: `answer` is final. `running`, `queued`: get_answer tells later. "
            "`waiting_for_person`: somebody has to decide something in SalesCoach first."
        ),
    ]
    ended: Annotated[TurnStatus | None, Field(description="How the turn ended, once it has.")] = None
    answer: Annotated[str, Field(description="The coach's words, as Markdown; empty until there are any.")] = ""
    note: Annotated[str, Field(description="What to do next, if anything; what went wrong, if anything did.")] = ""
    tools: Annotated[tuple[UsedTool, ...], Field(description="What the coach looked up or did for it.")] = ()


class Conversation(Result):
    session_id: str
    title: str
    updated_at: Annotated[str, Field(description="UTC, ISO 8601.")]


class ConversationList(Result):
    """Conversations, last used first."""

    conversations: tuple[Conversation, ...]
    next: Annotated[str | None, Field(description="Hand it in as `before` for older ones; null: there are none.")]


class Entry(Result):
    """One message of a conversation."""

    seq: int
    at: Annotated[str, Field(description="UTC, ISO 8601.")]
    author: Annotated[Literal["person", "coach"], Field(description="Who wrote it.")]
    name: str
    turn_id: str | None
    text: Annotated[str, Field(description="Markdown.")]
    replaces_turn_id: Annotated[
        str | None, Field(description="The turn whose place this one takes: that one and all since count no more.")
    ] = None


class ConversationPart(Result):
    """Messages in order; what was replaced by an edit or a new answer is left out as far as this part shows it."""

    session_id: str
    title: str
    messages: tuple[Entry, ...]
    through: Annotated[int, Field(description="Hand it in as `after` to read on.")]
    more: Annotated[bool, Field(description="Whether there is more to read now.")]
