"""How ids are made: ASCII, at most 100 characters, `.` separates, so they fit Cosmos, Durable and Web PubSub alike.

Everything derived is derived deterministically, so that a retry, a redelivery or a replay names the same thing.
"""

import base64
import hashlib
from dataclasses import dataclass

from ulid import ULID

_SEPARATOR = "\x1f"
_DIGEST_CHARACTERS = 26
_ULID_BYTES = 16

HEAD = "head"
LIVE = "live"
SUMMARY = "summary"
MEMORY = "memory"


def _digest(*values: str) -> bytes:
    return hashlib.sha256(_SEPARATOR.join(values).encode()).digest()


def derived(*values: str) -> str:
    """Return what these values, in this order, are always named by."""
    return base64.b32encode(_digest(*values)).decode().lower()[:_DIGEST_CHARACTERS]


def session_id(principal: str, command_id: str) -> str:
    """Return `s_<ulid>`, the same for every delivery and every repetition of the command that made it."""
    return f"s_{ULID.from_bytes(_digest(principal, command_id)[:_ULID_BYTES])}"


def is_session(conversation_id: str) -> bool:
    """Tell whether the id is of a person's own conversation, not of a group's."""
    return conversation_id.startswith("s_")


def group_id(principal: str, key: str) -> str:
    """Return `g_<ulid>`, the same for every repetition of the request with this key that made it."""
    return f"g_{ULID.from_bytes(_digest(principal, key)[:_ULID_BYTES])}"


def is_group(conversation_id: str) -> bool:
    return conversation_id.startswith("g_")


def turn_id(conversation_id: str, principal: str, client_message_id: str) -> str:
    return f"t_{derived(conversation_id, principal, client_message_id)}"


def default_command_id(connection_id: str, event_id: str) -> str:
    """Return the id of a command that came without one: stable over redeliveries of its webhook."""
    return f"e_{derived(connection_id, event_id)}"


def question_message(turn: str) -> str:
    return f"{turn}.q"


def step_message(turn: str, step: int) -> str:
    return f"{turn}.{step}"


def call(turn: str, step: int, index: int) -> str:
    return f"{turn}.{step}.{index}"


@dataclass(frozen=True, slots=True)
class CallPlace:
    """Where a call id points: the turn, the model step that asked, the place among its calls."""

    turn_id: str
    step: int
    index: int


def parse_call(call_id: str) -> CallPlace:
    turn, step, index = call_id.rsplit(".", 2)
    return CallPlace(turn_id=turn, step=int(step), index=int(index))


def created(message: str) -> str:
    return f"{message}.created"


def started(thing: str) -> str:
    return f"{thing}.started"


def completed(thing: str) -> str:
    return f"{thing}.completed"


def card(call_id: str, number: int) -> str:
    """Return the id of a call's card; `number` counts from 1."""
    return f"{call_id}.q{number}"


def call_of(card_id: str) -> str:
    """Return the call a card belongs to."""
    return card_id.rpartition(".q")[0]


def opened(card_id: str) -> str:
    return f"{card_id}.opened"


def closed(card_id: str) -> str:
    return f"{card_id}.closed"


def parked(turn: str, parking: int) -> str:
    """Return the id of the event that says that the turn left the floor; `parking` counts from 1."""
    return f"{turn}.parked.{parking}"


def resumed(turn: str, parking: int) -> str:
    """Return the id of the event that says that the turn goes on after that parking."""
    return f"{turn}.resumed.{parking}"


def begun_again(call_id: str, number: int) -> str:
    """Return the id of the event that says that a call was made with a person's answers; `number` counts from 1."""
    return f"{call_id}.started.{number}"


def queued(turn: str) -> str:
    return f"{turn}.queued"


def taken(turn: str) -> str:
    """Return the id of the event that takes a waiting question into a running turn; that happens once."""
    return f"{turn}.taken"


def queued_again(turn: str) -> str:
    return f"{turn}.queued.again"


def stopping(turn: str) -> str:
    return f"{turn}.stopping"


def settings(seq: int) -> str:
    """Return the id of a change of settings: the state decides whether it is one, so its place names it."""
    return f"settings.{seq}"


def feedback(target: str, principal: str, command_id: str) -> str:
    """Return the id of what a person said of a call or message, the same for every delivery of the command."""
    return f"{target}.feedback.{derived(principal, command_id)}"


def edited(message: str, principal: str, command_id: str) -> str:
    """Return the id of a new wording of a message, the same for every delivery of the command."""
    return f"{message}.edited.{derived(principal, command_id)}"


def deleted(message: str) -> str:
    return f"{message}.deleted"


def shared(message: str) -> str:
    """Return the id of the event that shares a message of the coach with the group; there is one."""
    return f"{message}.shared"


def reaction(message: str, principal: str, command_id: str) -> str:
    """Return the id of a reaction given or taken back, the same for every delivery of the command."""
    return f"{message}.reaction.{derived(principal, command_id)}"


def memory_entry(principal: str, key: str) -> str:
    """Return the id of an entry of a person's memory, the same for every delivery of the request with this key."""
    return f"me_{derived(principal, key)}"


def approved_entry(call_id: str) -> str:
    """Return the id of the entry of a person's memory that a call of the coach stores, however often it runs."""
    return f"me_{derived(call_id)}"


def memory_version(version: int) -> str:
    """Return the id of what a person's memory told in that version."""
    return f"memory.{version}"


def vote(conversation_id: str, target: str, principal: str) -> str:
    """Return the id under which a person's vote on a call or message is counted; it tells neither."""
    return f"vote.{derived(conversation_id, target, principal)}"


def pseudonym(*values: str) -> str:
    """Return what stands for these values where they must not be told."""
    return derived("pseudonym", *values)


def title(seq: int) -> str:
    """Return the id of a title a person gave."""
    return f"title.{seq}"


def end(turn: str) -> str:
    """Return the id of the turn's only terminal event."""
    return f"{turn}.end"


def audience_group(conversation_id: str) -> str:
    """Return the Web PubSub group that receives a conversation's durable events."""
    return f"c-{conversation_id}"


def delta_group(conversation_id: str) -> str:
    """Return the Web PubSub group that receives a conversation's deltas."""
    return f"d-{conversation_id}"


def chart(turn: str) -> str:
    """Return the id of a turn's chart, and of the event that tells it."""
    return f"{turn}.chart"


def is_chart(name: str) -> bool:
    """Tell whether it may name a chart, and no other document of a conversation."""
    return name.endswith(".chart")


def checked(message: str) -> str:
    """Return the id of the event that tells what was found when an answer's figures were checked."""
    return f"{message}.checked"


def suggestions(turn: str) -> str:
    """Return the id of the document that keeps what was offered to ask next."""
    return f"{turn}.suggestions"
